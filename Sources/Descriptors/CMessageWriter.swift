import CProtobufC

/// Writes a value tree into libprotobuf-c's memory.
///
/// Each allocation is hung into the message before it is filled, so whoever owns the message
/// frees everything, also when writing fails half-way.
struct CMessageWriter {
    let schema: DynamicSchema

    func write(
        _ message: DynamicMessage, typeIndex: Int, to owned: borrowing CMessage
    ) throws(DescriptorError) {
        unsafe try write(message, typeIndex: typeIndex, to: owned.memory, depth: 0)
    }

    private func write(
        _ message: DynamicMessage, typeIndex: Int, to memory: UnsafeMutableRawPointer, depth: Int
    ) throws(DescriptorError) {
        guard depth <= DynamicSchema.depthMax else {
            throw DescriptorError(.tooDeep, "more than \(DynamicSchema.depthMax) levels")
        }
        let layout = schema.layouts[typeIndex]
        guard message.typeName == layout.descriptor.name else {
            throw DescriptorError(
                .mismatch, "\(message.typeName) where a \(layout.descriptor.name) belongs")
        }
        var known = 0
        var oneofs: Set<String> = []
        for field in layout.fields {
            guard let value = message.fields[field.descriptor.number] else { continue }
            known += 1
            if let oneof = field.descriptor.oneof, !oneofs.insert(oneof).inserted {
                throw DescriptorError(
                    .mismatch, "\(message.typeName).\(oneof): more than one member is set")
            }
            unsafe try write(value, field: field, in: layout, to: memory, depth: depth)
        }
        guard known == message.fields.count else {
            let numbers = Set(layout.fields.map(\.descriptor.number))
            let unknown = message.fields.keys.filter { !numbers.contains($0) }.sorted()
            throw DescriptorError(.unknownType, "\(message.typeName) has no field \(unknown)")
        }
        unsafe try writeUnknown(
            message.unknownFields, to: memory.assumingMemoryBound(to: ProtobufCMessage.self))
    }

    private func write(
        _ value: DynamicValue, field: MessageLayout.Field, in layout: MessageLayout,
        to memory: UnsafeMutableRawPointer, depth: Int
    ) throws(DescriptorError) {
        let member = unsafe memory + field.offset
        if field.descriptor.isRepeated {
            guard case .list(let elements) = value, let countOffset = field.quantifierOffset else {
                throw mismatch(value, field, layout)
            }
            guard !elements.isEmpty else { return }
            let size = field.descriptor.type.memorySize
            let array = unsafe try CMessage.allocate(count: elements.count, size: size)
            unsafe member.storeBytes(of: array, as: UnsafeMutableRawPointer.self)
            unsafe memory.storeBytes(of: elements.count, toByteOffset: countOffset, as: Int.self)
            for (index, element) in elements.enumerated() {
                unsafe try writeOne(
                    element, field: field, in: layout, to: array + index * size, depth: depth)
            }
            return
        }
        if let offset = field.quantifierOffset {
            // The case word of a oneof holds the number, a `has` word 1.
            let mark = field.descriptor.oneof == nil ? 1 : UInt32(field.descriptor.number)
            unsafe memory.storeBytes(of: mark, toByteOffset: offset, as: UInt32.self)
        }
        unsafe try writeOne(value, field: field, in: layout, to: member, depth: depth)
    }

    private func writeOne(
        _ value: DynamicValue, field: MessageLayout.Field, in layout: MessageLayout,
        to place: UnsafeMutableRawPointer, depth: Int
    ) throws(DescriptorError) {
        switch (value, field.descriptor.type) {
        case (.int32(let number), .int32), (.int32(let number), .sint32),
            (.int32(let number), .sfixed32), (.enumeration(let number), .enumeration):
            unsafe place.storeBytes(of: number, as: Int32.self)
        case (.int64(let number), .int64), (.int64(let number), .sint64),
            (.int64(let number), .sfixed64):
            unsafe place.storeBytes(of: number, as: Int64.self)
        case (.uint32(let number), .uint32), (.uint32(let number), .fixed32):
            unsafe place.storeBytes(of: number, as: UInt32.self)
        case (.uint64(let number), .uint64), (.uint64(let number), .fixed64):
            unsafe place.storeBytes(of: number, as: UInt64.self)
        case (.float(let number), .float):
            unsafe place.storeBytes(of: number, as: Float.self)
        case (.double(let number), .double):
            unsafe place.storeBytes(of: number, as: Double.self)
        case (.bool(let flag), .bool):
            unsafe place.storeBytes(of: flag ? 1 : 0, as: protobuf_c_boolean.self)
        case (.string(let text), .string):
            guard !text.utf8.contains(0) else {
                throw DescriptorError(
                    .unsupported, "\(layout.descriptor.name).\(field.descriptor.name) has a NUL")
            }
            // The zeroed byte after the text ends it.
            let copy = unsafe try copied(Array(text.utf8), room: text.utf8.count + 1)
            unsafe place.storeBytes(of: copy, as: UnsafeMutableRawPointer.self)
        case (.bytes(let bytes), .bytes):
            let copy = unsafe try copied(bytes, room: bytes.count)
            let data = unsafe copy.assumingMemoryBound(to: UInt8.self)
            unsafe place.storeBytes(
                of: ProtobufCBinaryData(len: bytes.count, data: data), as: ProtobufCBinaryData.self)
        case (.message(let message), .message):
            guard let index = field.typeIndex else { throw mismatch(value, field, layout) }
            let child = unsafe try CMessage.allocate(
                schema.types[index], size: schema.layouts[index].size)
            unsafe place.storeBytes(of: child, as: UnsafeMutablePointer<ProtobufCMessage>.self)
            unsafe try write(
                message, typeIndex: index, to: UnsafeMutableRawPointer(child), depth: depth + 1)
        default:
            throw mismatch(value, field, layout)
        }
    }

    private func writeUnknown(
        _ fields: [DynamicUnknownField], to base: UnsafeMutablePointer<ProtobufCMessage>
    ) throws(DescriptorError) {
        guard !fields.isEmpty else { return }
        let memory = unsafe try CMessage.allocate(
            count: fields.count, size: MemoryLayout<ProtobufCMessageUnknownField>.stride)
        let array = unsafe memory.bindMemory(
            to: ProtobufCMessageUnknownField.self, capacity: fields.count)
        unsafe base.pointee.unknown_fields = array
        unsafe base.pointee.n_unknown_fields = UInt32(fields.count)
        for (index, field) in fields.enumerated() {
            let data = unsafe try copied(field.payload, room: field.payload.count)
            unsafe array[index] = ProtobufCMessageUnknownField(
                tag: field.number, wire_type: ProtobufCWireType(rawValue: field.wireType),
                len: field.payload.count, data: data.assumingMemoryBound(to: UInt8.self))
        }
    }

    private func copied(
        _ bytes: [UInt8], room: Int
    ) throws(DescriptorError) -> UnsafeMutableRawPointer {
        let copy = unsafe try CMessage.allocate(count: room, size: 1)
        unsafe copy.copyBytes(from: bytes)
        return unsafe copy
    }

    private func mismatch(
        _ value: DynamicValue, _ field: MessageLayout.Field, _ layout: MessageLayout
    ) -> DescriptorError {
        let type = (field.descriptor.isRepeated ? "repeated " : "") + "\(field.descriptor.type)"
        return DescriptorError(
            .mismatch,
            "\(layout.descriptor.name).\(field.descriptor.name) is \(type), the value \(value.kind)"
        )
    }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyBytes(from bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        unsafe UnsafeMutableRawBufferPointer(start: self, count: bytes.count)
            .copyBytes(from: bytes)
    }
}

extension DynamicValue {
    fileprivate var kind: String {
        switch self {
        case .int32: "int32"
        case .int64: "int64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float: "float"
        case .double: "double"
        case .bool: "bool"
        case .string: "string"
        case .bytes: "bytes"
        case .enumeration: "an enum"
        case .message(let message): message.typeName
        case .list: "a list"
        }
    }
}
