import JSON

/// Writes a message as proto3 JSON.
@usableFromInline
package struct JSONFieldWriter {
    var json = JSONWriter(reservingCapacity: 256)
    let options: JSONEncodingOptions
    /// What JSON cannot say, if there was anything.
    private(set) var failure: WireError?
    /// Levels that may still be entered, as for the reader: an Any within an Any is bytes to the
    /// decoder, which therefore does not limit how deep they go.
    private var depthLeft = Limits.depthMax

    init(_ options: JSONEncodingOptions) {
        self.options = options
    }

    mutating func fail(_ detail: String) {
        fail(.notRepresentable, detail)
    }

    private mutating func fail(_ code: WireError.Code, _ detail: String) {
        if failure == nil { failure = WireError(code, detail: detail) }
    }

    /// Writes something one level deeper; fails at the limit.
    mutating func nested(_ write: (inout JSONFieldWriter) -> Void) {
        guard depthLeft > 0 else {
            return fail(.tooDeep, "more than \(Limits.depthMax) levels of messages")
        }
        depthLeft -= 1
        write(&self)
        depthLeft += 1
    }

    /// Writes an object of a map's entries, in the order of the keys.
    mutating func entries<K: MapKey, Value>(
        _ entries: [K.Value: Value], key: K.Type,
        _ write: (inout JSONFieldWriter, Value) -> Void
    ) {
        json.beginObject()
        for (key, value) in entries.sorted(by: { K.precedes($0.key, $1.key) }) {
            json.name(K.text(of: key))
            nested { write(&$0, value) }
        }
        json.endObject()
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
            nested { value?.encodeJSON(to: &$0) }
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
            nested { element.encodeJSON(to: &$0) }
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
        entries(value, key: K.self) { S.writeJSON($1, &$0) }
    }

    @usableFromInline
    package mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        if value.isEmpty && !options.writesZeroValues { return }
        self.name(name)
        entries(value, key: K.self) { writer, message in
            var message = message
            writer.nested { message.encodeJSON(to: &$0) }
        }
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
            nested { member.encodeJSON(to: &$0) }
        }
    }
}
