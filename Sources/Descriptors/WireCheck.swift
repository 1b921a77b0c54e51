/// Walks serialized bytes before libprotobuf-c sees them: bounds the depth, which it does not,
/// and refuses what it would read to something else without a word.
struct WireCheck {
    let layouts: [MessageLayout]

    /// Throws `.malformed`, `.tooDeep` or `.unsupported`.
    func check(_ bytes: [UInt8], typeIndex: Int) throws(DescriptorError) {
        try check(bytes[...], typeIndex: typeIndex, depth: 0)
    }

    private func check(
        _ bytes: ArraySlice<UInt8>, typeIndex: Int, depth: Int
    ) throws(DescriptorError) {
        guard depth <= DynamicSchema.depthMax else {
            throw DescriptorError(.tooDeep, "more than \(DynamicSchema.depthMax) levels")
        }
        let layout = layouts[typeIndex]
        var rest = bytes
        var submessages: Set<Int> = []
        while !rest.isEmpty {
            let tag = try varint(&rest)
            let number = Int(tag >> 3)
            guard MessageLayout.numbers.contains(number) else {
                throw DescriptorError(.malformed, "field number \(number)")
            }
            switch tag & 7 {
            case 0: _ = try varint(&rest)
            case 1: _ = try take(8, &rest)
            case 5: _ = try take(4, &rest)
            case 2:
                let length = try varint(&rest)
                let payload = try take(length, &rest)
                guard let field = layout.field(number: number) else { continue }
                if let index = field.typeIndex {
                    if !field.descriptor.isRepeated && !submessages.insert(number).inserted {
                        throw unsupported(
                            "occurs twice, which libprotobuf-c merges wrongly", field, layout)
                    }
                    try check(payload, typeIndex: index, depth: depth + 1)
                } else if field.descriptor.type == .string {
                    try check(string: payload, field, layout)
                }
            case 3, 4: throw DescriptorError(.unsupported, "group \(number)")
            default: throw DescriptorError(.malformed, "wire type \(tag & 7)")
            }
        }
    }

    private func check(
        string: ArraySlice<UInt8>, _ field: MessageLayout.Field, _ layout: MessageLayout
    ) throws(DescriptorError) {
        guard String(validating: string, as: UTF8.self) != nil else {
            throw DescriptorError(
                .malformed, "\(layout.descriptor.name).\(field.descriptor.name) is not UTF-8")
        }
        guard !string.contains(0) else { throw unsupported("has a NUL", field, layout) }
    }

    private func varint(_ rest: inout ArraySlice<UInt8>) throws(DescriptorError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, through: 63, by: 7) {
            guard let byte = rest.popFirst() else {
                throw DescriptorError(.malformed, "the bytes end within a varint")
            }
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw DescriptorError(.malformed, "a varint of more than 10 bytes")
    }

    private func take(
        _ count: UInt64, _ rest: inout ArraySlice<UInt8>
    ) throws(DescriptorError) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else {
            throw DescriptorError(.malformed, "\(count) bytes wanted, \(rest.count) left")
        }
        let taken = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return taken
    }

    private func unsupported(
        _ what: String, _ field: MessageLayout.Field, _ layout: MessageLayout
    ) -> DescriptorError {
        DescriptorError(
            .unsupported, "\(layout.descriptor.name).\(field.descriptor.name) \(what)")
    }
}

extension MessageLayout {
    /// The field of this number: binary search, the fields are sorted.
    func field(number: Int) -> Field? {
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            let found = fields[middle].descriptor.number
            if found == number { return fields[middle] }
            if found < number { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
