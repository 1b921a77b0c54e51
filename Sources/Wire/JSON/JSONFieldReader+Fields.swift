extension JSONFieldReader: FieldVisitor {
    @usableFromInline
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        guard takesValue(number, name, of: S.self) else { return }
        if let read = S.readJSON(&self) { value = read }
        nextName()
    }

    @usableFromInline
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        guard takesValue(number, name, of: S.self) else { return }
        if let read = S.readJSON(&self) { value = read }
        nextName()
    }

    @usableFromInline
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        guard takesValue(number, name) else { return }
        elements { if let read = S.readJSON(&$0) { value.append(read) } }
        nextName()
    }

    @usableFromInline
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        guard takesValue(number, name, of: M.self) else { return }
        value = M()
        nested { value?.decodeJSON(from: &$0) }
        nextName()
    }

    @usableFromInline
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout Boxed<M>
    ) {
        guard takesValue(number, name, of: M.self) else { return }
        guard takeElement(M.self) else { return }
        value.content = [M()]
        nested { value.content[0].decodeJSON(from: &$0) }
        nextName()
    }

    @usableFromInline
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        guard takesValue(number, name) else { return }
        elements { reader in
            guard reader.takeElement(M.self) else { return }
            value.append(M())
            reader.nested { value[value.count - 1].decodeJSON(from: &$0) }
        }
        nextName()
    }

    @usableFromInline
    package mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        guard takesValue(number, name) else { return }
        entries(K.self) { reader, key in
            if value[key] != nil { reader.fail(.duplicateField, "the key comes twice") }
            if let read = S.readJSON(&reader) { value[key] = read }
        }
        nextName()
    }

    @usableFromInline
    package mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        guard takesValue(number, name) else { return }
        entries(K.self) { reader, key in
            if value[key] != nil { reader.fail(.duplicateField, "the key comes twice") }
            guard reader.takeElement(M.self) else { return }
            reader.nested { value[key, default: M()].decodeJSON(from: &$0) }
        }
        nextName()
    }

    @usableFromInline
    package mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        guard takesValue(number, name, of: S.self) else { return }
        guard value == nil else { return failSecond(of: oneof) }
        if let read = S.readJSON(&self) { value = wrap(read) }
        nextName()
    }

    @usableFromInline
    package mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        guard takesValue(number, name, of: M.self) else { return }
        guard value == nil else { return failSecond(of: oneof) }
        var message = M()
        nested { message.decodeJSON(from: &$0) }
        value = wrap(message)
        nextName()
    }

    private mutating func failSecond(of oneof: StaticString) {
        fail(.duplicateField, "only one field of \(oneof) can be there")
    }
}
