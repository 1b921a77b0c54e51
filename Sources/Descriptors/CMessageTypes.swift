import CProtobufC
import Glibc

/// The ProtobufCMessageDescriptors of a schema, in the order of its layouts, with all that they
/// point to. They must outlive every message that is made with them.
// Unchecked: the memory is written in `init` only and freed in `deinit`; libprotobuf-c takes it
// as const.
@safe final class CMessageTypes: @unchecked Sendable {
    private let descriptors: UnsafeMutablePointer<ProtobufCMessageDescriptor>
    private let blocks: [UnsafeMutableRawPointer]

    init(_ layouts: [MessageLayout]) {
        var arena = unsafe CArena()
        unsafe descriptors = arena.allocate(ProtobufCMessageDescriptor.self, count: layouts.count)
        for (index, layout) in layouts.enumerated() {
            unsafe Self.fill(&descriptors[index], with: layout, all: descriptors, from: &arena)
        }
        unsafe blocks = arena.blocks
    }

    deinit {
        unsafe blocks.forEach { unsafe free($0) }
    }

    subscript(index: Int) -> UnsafePointer<ProtobufCMessageDescriptor> {
        unsafe UnsafePointer(descriptors + index)
    }

    private static func fill(
        _ descriptor: inout ProtobufCMessageDescriptor, with layout: MessageLayout,
        all descriptors: UnsafeMutablePointer<ProtobufCMessageDescriptor>, from arena: inout CArena
    ) {
        let name = layout.descriptor.name
        let dot = name.lastIndex(of: ".")
        unsafe descriptor.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
        unsafe descriptor.name = arena.string(name)
        unsafe descriptor.short_name = arena.string(
            dot.map { String(name[name.index(after: $0)...]) } ?? name)
        unsafe descriptor.c_name = descriptor.short_name
        unsafe descriptor.package_name = arena.string(dot.map { String(name[..<$0]) } ?? "")
        unsafe descriptor.sizeof_message = layout.size
        // The generic initialisation zeroes the message and sets its descriptor.
        unsafe descriptor.message_init = nil
        let count = layout.fields.count
        unsafe descriptor.n_fields = UInt32(count)
        guard count > 0 else { return }

        let fields = unsafe arena.allocate(ProtobufCFieldDescriptor.self, count: count)
        for (index, field) in layout.fields.enumerated() {
            unsafe fields[index] = cField(field, all: descriptors, from: &arena)
        }
        unsafe descriptor.fields = UnsafePointer(fields)

        let byName = unsafe arena.allocate(UInt32.self, count: count)
        let sorted = layout.fields.indices.sorted {
            // As strcmp orders them, which searches this table.
            layout.fields[$0].descriptor.name.utf8.lexicographicallyPrecedes(
                layout.fields[$1].descriptor.name.utf8)
        }
        for (position, index) in sorted.enumerated() {
            unsafe byName[position] = UInt32(index)
        }
        unsafe descriptor.fields_sorted_by_name = UnsafePointer(byName)

        let ranges = numberRanges(layout.fields.map(\.descriptor.number))
        let cRanges = unsafe arena.allocate(ProtobufCIntRange.self, count: ranges.count + 1)
        for (index, range) in ranges.enumerated() {
            unsafe cRanges[index] = ProtobufCIntRange(
                start_value: Int32(range.start), orig_index: UInt32(range.index))
        }
        unsafe cRanges[ranges.count] = ProtobufCIntRange(
            start_value: 0, orig_index: UInt32(count))
        unsafe descriptor.field_ranges = UnsafePointer(cRanges)
        unsafe descriptor.n_field_ranges = UInt32(ranges.count)
    }

    /// Runs of consecutive numbers: the first number of each and its index.
    private static func numberRanges(_ numbers: [Int]) -> [(start: Int, index: Int)] {
        var ranges: [(start: Int, index: Int)] = []
        for (index, number) in numbers.enumerated()
        where index == 0 || numbers[index - 1] + 1 != number {
            ranges.append((start: number, index: index))
        }
        return ranges
    }

    private static func cField(
        _ field: MessageLayout.Field,
        all descriptors: UnsafeMutablePointer<ProtobufCMessageDescriptor>,
        from arena: inout CArena
    ) -> ProtobufCFieldDescriptor {
        let descriptor = field.descriptor
        var cField = unsafe ProtobufCFieldDescriptor()
        unsafe cField.name = arena.string(descriptor.name)
        unsafe cField.id = UInt32(descriptor.number)
        unsafe cField.type = descriptor.type.cType
        unsafe cField.offset = UInt32(field.offset)
        unsafe cField.quantifier_offset = UInt32(field.quantifierOffset ?? 0)
        if let typeIndex = field.typeIndex {
            unsafe cField.descriptor = UnsafeRawPointer(descriptors + typeIndex)
        }
        if descriptor.isRepeated {
            unsafe cField.label = PROTOBUF_C_LABEL_REPEATED
        } else if descriptor.hasPresence && descriptor.oneof == nil {
            unsafe cField.label = PROTOBUF_C_LABEL_OPTIONAL
        } else {
            unsafe cField.label = PROTOBUF_C_LABEL_NONE
        }
        // No default values: the generic initialisation would write a string's default into a
        // oneof's union, and the empty string's into an `optional` that is absent.
        var flags: UInt32 = 0
        if descriptor.isPacked { flags |= PROTOBUF_C_FIELD_FLAG_PACKED.rawValue }
        if descriptor.oneof != nil { flags |= PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue }
        unsafe cField.flags = flags
        return unsafe cField
    }
}

extension FieldType {
    fileprivate var cType: ProtobufCType {
        switch self {
        case .double: PROTOBUF_C_TYPE_DOUBLE
        case .float: PROTOBUF_C_TYPE_FLOAT
        case .int32: PROTOBUF_C_TYPE_INT32
        case .int64: PROTOBUF_C_TYPE_INT64
        case .uint32: PROTOBUF_C_TYPE_UINT32
        case .uint64: PROTOBUF_C_TYPE_UINT64
        case .sint32: PROTOBUF_C_TYPE_SINT32
        case .sint64: PROTOBUF_C_TYPE_SINT64
        case .fixed32: PROTOBUF_C_TYPE_FIXED32
        case .fixed64: PROTOBUF_C_TYPE_FIXED64
        case .sfixed32: PROTOBUF_C_TYPE_SFIXED32
        case .sfixed64: PROTOBUF_C_TYPE_SFIXED64
        case .bool: PROTOBUF_C_TYPE_BOOL
        case .string: PROTOBUF_C_TYPE_STRING
        case .bytes: PROTOBUF_C_TYPE_BYTES
        case .enumeration: PROTOBUF_C_TYPE_ENUM
        case .message: PROTOBUF_C_TYPE_MESSAGE
        }
    }
}

/// Zeroed C memory of descriptors that is freed in one go.
@unsafe private struct CArena {
    private(set) var blocks: [UnsafeMutableRawPointer] = unsafe []

    mutating func allocate<T: BitwiseCopyable>(
        _ type: T.Type, count: Int
    ) -> UnsafeMutablePointer<T> {
        // A process that has no memory for its descriptors at start has nothing to go on with.
        guard let block = unsafe calloc(max(count, 1), MemoryLayout<T>.stride) else { abort() }
        unsafe blocks.append(block)
        return unsafe block.bindMemory(to: type, capacity: count)
    }

    mutating func string(_ text: String) -> UnsafePointer<CChar> {
        let utf8 = Array(text.utf8)
        let copy = unsafe allocate(CChar.self, count: utf8.count + 1)
        for (index, byte) in utf8.enumerated() { unsafe copy[index] = CChar(bitPattern: byte) }
        return unsafe UnsafePointer(copy)
    }
}
