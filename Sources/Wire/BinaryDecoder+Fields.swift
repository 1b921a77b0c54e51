extension BinaryDecoder: FieldVisitor {
    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        if tag == number << 3 | S.wireType.rawValue {
            S.read(into: &value, &self)
            nextTag()
        }
    }

    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        if tag == number << 3 | S.wireType.rawValue {
            let present = S.read(&self)
            if case .none = value {
                // Absent, there is nothing to release.
                withUnsafeMutablePointer(to: &value) { $0.initialize(to: present) }
            } else {
                value = present
            }
            nextTag()
        }
    }

    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        if tag >> 3 == number { readRepeated(number, &value, as: scalar) }
    }

    @inlinable
    mutating func readRepeated<S: Scalar>(
        _ number: UInt32, _ value: inout [S.Value], as scalar: S.Type
    ) {
        while true {
            if tag == number << 3 | S.wireType.rawValue {
                let element = S.read(&self)
                if failed { return }
                value.append(element)
            } else if S.isPackable, tag == number << 3 | WireType.lengthDelimited.rawValue {
                readPacked(&value, as: scalar)
            } else {
                return
            }
            nextTag()
        }
    }

    @inlinable
    mutating func readPacked<S: Scalar>(_ value: inout [S.Value], as scalar: S.Type) {
        let length = readLength()
        let outer = end
        end = cursor + length
        while cursor < end {
            let element = S.read(&self)
            if failed { break }
            value.append(element)
        }
        end = outer
        if failed { cursor = end }
    }

    @inlinable @inline(__always)
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        if tag == number << 3 | WireType.lengthDelimited.rawValue {
            if value == nil { value = M() }
            value?.merge(fromDelimited: &self)
            nextTag()
        }
    }

    @inlinable @inline(__always)
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        if tag == number << 3 | WireType.lengthDelimited.rawValue {
            readRepeated(number, &value)
        }
    }

    @inlinable
    mutating func readRepeated<M: Message>(_ number: UInt32, _ value: inout [M]) {
        // Room once for the run at hand; runs that come later grow the array as usual.
        if value.isEmpty {
            value.reserveCapacity(min(countRun(), elementBytesLeft / MemoryLayout<M>.stride))
        }
        repeat {
            guard takeElement(M.self) else { return }
            value.append(M())
            // Decoded where it stays: a copy would retain every string.
            readMessage(into: &value[value.count - 1])
            nextTag()
        } while tag == number << 3 | WireType.lengthDelimited.rawValue
    }

    @inlinable
    package mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        while tag == number << 3 | WireType.lengthDelimited.rawValue {
            var entry = (key: K.defaultValue, value: S.defaultValue)
            readEntry { decoder in
                decoder.field(1, "key", &entry.key, as: K.self)
                decoder.field(2, "value", &entry.value, as: S.self)
            }
            if failed { return }
            value[entry.key] = entry.value
            nextTag()
        }
    }

    @inlinable
    package mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        while tag == number << 3 | WireType.lengthDelimited.rawValue {
            var entry = (key: K.defaultValue, value: M?.none)
            readEntry { decoder in
                decoder.field(1, "key", &entry.key, as: K.self)
                decoder.field(2, "value", &entry.value)
            }
            guard !failed, takeElement(M.self) else { return }
            value[entry.key] = entry.value ?? M()
            nextTag()
        }
    }

    /// Reads a map's entry, a message of two fields; what else it holds is dropped.
    @inlinable @inline(__always)
    mutating func readEntry(_ fields: (inout BinaryDecoder) -> Void) {
        guard let outer = enter() else { return }
        nextTag()
        var ignored = UnknownFields()
        while tag != 0 {
            let first = tagStart
            fields(&self)
            if tagStart == first { keepUnknown(&ignored) }
        }
        finishMessage()
        leave(outer)
    }

    @inlinable @inline(__always)
    package mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        if tag == number << 3 | S.wireType.rawValue {
            value = wrap(S.read(&self))
            nextTag()
        }
    }

    @inlinable @inline(__always)
    package mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        if tag == number << 3 | WireType.lengthDelimited.rawValue {
            var message = M()
            if let present = value, let same = unwrap(present) { message = same }
            // Held once, so that what is merged into grows in place.
            value = nil
            readMessage(into: &message)
            value = wrap(message)
            nextTag()
        }
    }
}

extension Message {
    @inlinable @inline(__always)
    mutating func merge(fromDelimited decoder: inout BinaryDecoder) {
        decoder.readMessage(into: &self)
    }
}
