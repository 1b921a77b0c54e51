extension BinaryEncoder: FieldVisitor {
    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        if !S.isDefault(value) {
            writeTag(number, S.wireType)
            S.write(value, &self)
        }
    }

    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        if let value {
            writeTag(number, S.wireType)
            S.write(value, &self)
        }
    }

    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        if !value.isEmpty { writeRepeated(number, value, as: scalar, packed: packed) }
    }

    @inlinable
    mutating func writeRepeated<S: Scalar>(
        _ number: UInt32, _ value: [S.Value], as scalar: S.Type, packed: Bool
    ) {
        if packed && S.isPackable {
            writeTag(number, .lengthDelimited)
            let begin = beginDelimited()
            for element in value { S.write(element, &self) }
            endDelimited(begin)
        } else {
            for element in value {
                writeTag(number, S.wireType)
                S.write(element, &self)
            }
        }
    }

    @inlinable @inline(__always)
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        // Not `!= nil`, which copies the message.
        if case .some = value {
            writeTag(number, .lengthDelimited)
            let begin = beginDelimited()
            value?.encode(to: &self)
            endDelimited(begin)
        }
    }

    @inlinable @inline(__always)
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        value.withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            for index in elements.indices {
                writeTag(number, .lengthDelimited)
                let begin = beginDelimited()
                // In place, as in `withSerialized`.
                UnsafeMutablePointer(mutating: base + index).pointee.encode(to: &self)
                endDelimited(begin)
            }
        }
    }

    @inlinable
    package mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        if value.isEmpty { return }
        for (key, value) in value.sorted(by: { K.precedes($0.key, $1.key) }) {
            writeTag(number, .lengthDelimited)
            let begin = beginDelimited()
            writeTag(1, K.wireType)
            K.write(key, &self)
            writeTag(2, S.wireType)
            S.write(value, &self)
            endDelimited(begin)
        }
    }

    @inlinable
    package mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        if value.isEmpty { return }
        for (key, message) in value.sorted(by: { K.precedes($0.key, $1.key) }) {
            var message = message
            writeTag(number, .lengthDelimited)
            let begin = beginDelimited()
            writeTag(1, K.wireType)
            K.write(key, &self)
            writeTag(2, .lengthDelimited)
            writeMessage(&message)
            endDelimited(begin)
        }
    }

    @inlinable @inline(__always)
    package mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        if let value, let member = unwrap(value) {
            writeTag(number, S.wireType)
            S.write(member, &self)
        }
    }

    @inlinable @inline(__always)
    package mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        if let value, var member = unwrap(value) {
            writeTag(number, .lengthDelimited)
            writeMessage(&member)
        }
    }
}
