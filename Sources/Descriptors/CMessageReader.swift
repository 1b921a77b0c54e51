import CProtobufC

/// Reads libprotobuf-c's memory into a value tree in normal form.
struct CMessageReader {
    let schema: DynamicSchema

    func read(
        _ owned: borrowing CMessage, typeIndex: Int
    ) throws(DescriptorError) -> DynamicMessage {
        unsafe try read(owned.memory, typeIndex: typeIndex)
    }

    // As deep as the bytes, which `WireCheck` bounded.
    private func read(
        _ memory: UnsafeMutableRawPointer, typeIndex: Int
    ) throws(DescriptorError) -> DynamicMessage {
        let layout = schema.layouts[typeIndex]
        var message = DynamicMessage(layout.descriptor.name)
        for field in layout.fields {
            let place = unsafe memory + field.offset
            let value: DynamicValue?
            if field.descriptor.isRepeated {
                value = unsafe try readList(field, memory)
            } else if let offset = field.quantifierOffset {
                let mark = unsafe memory.load(fromByteOffset: offset, as: UInt32.self)
                let present: UInt32 =
                    field.descriptor.oneof == nil ? 1 : UInt32(field.descriptor.number)
                value = mark == present ? unsafe try readOne(field, place) : nil
            } else {
                value = unsafe try readWithoutMark(field, place)
            }
            message.fields[field.descriptor.number] = value
        }
        let base = unsafe memory.assumingMemoryBound(to: ProtobufCMessage.self)
        message.unknownFields = unsafe readUnknown(base)
        return message
    }

    /// A pointer that says by itself whether it is there, or a value without presence.
    private func readWithoutMark(
        _ field: MessageLayout.Field, _ place: UnsafeMutableRawPointer
    ) throws(DescriptorError) -> DynamicValue? {
        if field.descriptor.type.isPointer {
            guard unsafe place.load(as: UnsafeMutableRawPointer?.self) != nil else { return nil }
        }
        let value = unsafe try readOne(field, place)
        return field.descriptor.hasPresence || !value.isDefault ? value : nil
    }

    private func readList(
        _ field: MessageLayout.Field, _ memory: UnsafeMutableRawPointer
    ) throws(DescriptorError) -> DynamicValue? {
        guard let countOffset = field.quantifierOffset else { return nil }
        let count = unsafe memory.load(fromByteOffset: countOffset, as: Int.self)
        let array = unsafe memory.load(
            fromByteOffset: field.offset, as: UnsafeMutableRawPointer?.self)
        guard count > 0, let array = unsafe array else { return nil }
        var elements: [DynamicValue] = []
        elements.reserveCapacity(count)
        for index in 0..<count {
            let place = unsafe array + index * field.descriptor.type.memorySize
            elements.append(unsafe try readOne(field, place))
        }
        return .list(elements)
    }

    private func readOne(
        _ field: MessageLayout.Field, _ place: UnsafeMutableRawPointer
    ) throws(DescriptorError) -> DynamicValue {
        switch field.descriptor.type {
        case .int32, .sint32, .sfixed32: return .int32(unsafe place.load(as: Int32.self))
        case .int64, .sint64, .sfixed64: return .int64(unsafe place.load(as: Int64.self))
        case .uint32, .fixed32: return .uint32(unsafe place.load(as: UInt32.self))
        case .uint64, .fixed64: return .uint64(unsafe place.load(as: UInt64.self))
        case .float: return .float(unsafe place.load(as: Float.self))
        case .double: return .double(unsafe place.load(as: Double.self))
        case .bool: return .bool(unsafe place.load(as: protobuf_c_boolean.self) != 0)
        case .enumeration: return .enumeration(unsafe place.load(as: Int32.self))
        case .string:
            guard let start = unsafe place.load(as: UnsafePointer<CChar>?.self) else {
                return .string("")
            }
            guard let text = unsafe String(validatingCString: start) else {
                throw DescriptorError(.malformed, "\(field.descriptor.name) is not UTF-8")
            }
            return .string(text)
        case .bytes:
            let data = unsafe place.load(as: ProtobufCBinaryData.self)
            return unsafe .bytes(
                [UInt8](UnsafeBufferPointer(start: data.data, count: data.len)))
        case .message:
            guard let child = unsafe place.load(as: UnsafeMutableRawPointer?.self),
                let index = field.typeIndex
            else { throw DescriptorError(.malformed, "\(field.descriptor.name) is missing") }
            return .message(unsafe try read(child, typeIndex: index))
        }
    }

    private func readUnknown(
        _ base: UnsafeMutablePointer<ProtobufCMessage>
    ) -> [DynamicUnknownField] {
        let fields = unsafe UnsafeBufferPointer(
            start: base.pointee.unknown_fields, count: Int(base.pointee.n_unknown_fields))
        return unsafe fields.map { field in
            unsafe DynamicUnknownField(
                number: field.tag, wireType: field.wire_type.rawValue,
                payload: [UInt8](UnsafeBufferPointer(start: field.data, count: field.len)))
        }
    }
}

extension DynamicValue {
    /// Whether a field without presence leaves it out.
    fileprivate var isDefault: Bool {
        switch self {
        case .int32(let number), .enumeration(let number): number == 0
        case .int64(let number): number == 0
        case .uint32(let number): number == 0
        case .uint64(let number): number == 0
        case .float(let number): number.bitPattern == 0
        case .double(let number): number.bitPattern == 0
        case .bool(let flag): !flag
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .message: false
        }
    }
}
