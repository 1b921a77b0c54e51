import JSON

/// Writes a message as proto3 JSON.
@usableFromInline
package struct JSONFieldWriter {
    var json = JSONWriter(reservingCapacity: 256)
    let options: JSONEncodingOptions
    /// What JSON cannot say, if there was anything.
    private(set) var failure: WireError?

    init(_ options: JSONEncodingOptions) {
        self.options = options
    }

    mutating func fail(_ detail: String) {
        if failure == nil { failure = WireError(.notRepresentable, detail: detail) }
    }

    private mutating func name(_ name: StaticString) {
        json.name(jsonName(of: name))
    }
}

extension JSONFieldWriter: FieldVisitor {
    @usableFromInline
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        if options.writesZeroValues || !S.isDefault(value) {
            self.name(name)
            S.writeJSON(value, &self)
        }
    }

    @usableFromInline
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        if let value {
            self.name(name)
            S.writeJSON(value, &self)
        }
    }

    @usableFromInline
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        if value.isEmpty && !options.writesZeroValues { return }
        self.name(name)
        json.beginArray()
        for element in value { S.writeJSON(element, &self) }
        json.endArray()
    }

    @usableFromInline
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        if value != nil {
            self.name(name)
            value?.encodeJSON(to: &self)
        }
    }

    @usableFromInline
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        if value.isEmpty && !options.writesZeroValues { return }
        self.name(name)
        json.beginArray()
        for element in value {
            var element = element
            element.encodeJSON(to: &self)
        }
        json.endArray()
    }

    @usableFromInline
    package mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        if value.isEmpty && !options.writesZeroValues { return }
        self.name(name)
        json.beginObject()
        for (key, value) in value.sorted(by: { K.precedes($0.key, $1.key) }) {
            json.name(K.text(of: key))
            S.writeJSON(value, &self)
        }
        json.endObject()
    }

    @usableFromInline
    package mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        if value.isEmpty && !options.writesZeroValues { return }
        self.name(name)
        json.beginObject()
        for (key, message) in value.sorted(by: { K.precedes($0.key, $1.key) }) {
            var message = message
            json.name(K.text(of: key))
            message.encodeJSON(to: &self)
        }
        json.endObject()
    }

    @usableFromInline
    package mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        if let value, let member = unwrap(value) {
            self.name(name)
            S.writeJSON(member, &self)
        }
    }

    @usableFromInline
    package mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        if let value, var member = unwrap(value) {
            self.name(name)
            member.encodeJSON(to: &self)
        }
    }
}
