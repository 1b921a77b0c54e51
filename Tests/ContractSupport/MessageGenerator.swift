package import Descriptors
import RandomSupport

/// Random messages of any type, in normal form. The same seed gives the same messages.
///
/// They keep clear of what libprotobuf-c gets wrong (NUL in strings, -0.0 without presence), of
/// NaN, which equals nothing, and of maps with more than one entry, which have no order.
package struct MessageGenerator {
    /// Submessages within submessages.
    private static let depthMax = 4
    private static let texts = [
        "", "a", "hld_01h455vb4pex5vsknk084sn02q", "Zoë Müller", "座席 12", "🎟️ row G",
        "line\nbreak \"quoted\" \\ \t", "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10ffff}",
    ]

    private let messages: [String: MessageDescriptor]
    private let enums: [String: EnumDescriptor]
    private var random: SplitMix64

    /// Messages of the set's types.
    package init(_ set: DescriptorSet, seed: UInt64) {
        messages = Dictionary(set.messages.map { ($0.name, $0) }) { first, _ in first }
        enums = Dictionary(set.enums.map { ($0.name, $0) }) { first, _ in first }
        random = SplitMix64(state: seed)
    }

    /// A message of this type, with some of its fields.
    package mutating func message(_ name: String) -> DynamicMessage {
        message(name, depth: 0)
    }

    /// A message with this one field, which holds something else than its default.
    package mutating func message(_ name: String, withOnly field: FieldDescriptor) -> DynamicMessage
    {
        DynamicMessage(name, fields: [field.number: present(field, depth: Self.depthMax)])
    }

    private mutating func message(_ name: String, depth: Int) -> DynamicMessage {
        var message = DynamicMessage(name)
        guard let descriptor = messages[name] else { return message }
        var oneofs: [String: [FieldDescriptor]] = [:]
        for field in descriptor.fields {
            if let oneof = field.oneof {
                oneofs[oneof, default: []].append(field)
            } else if descriptor.isMapEntry || Int.random(in: 0..<4, using: &random) > 0 {
                message.fields[field.number] = value(field, depth: depth)
            }
        }
        for (_, members) in oneofs.sorted(by: { $0.key < $1.key }) {
            if Int.random(in: 0..<4, using: &random) > 0,
                let member = members.randomElement(using: &random)
            {
                message.fields[member.number] = value(member, depth: depth)
            }
        }
        return message
    }

    /// nil where the field is left out: too deep, an empty list, a default without presence.
    private mutating func value(_ field: FieldDescriptor, depth: Int) -> DynamicValue? {
        if case .message(let name) = field.type, depth >= Self.depthMax {
            // An entry of a map always has its value.
            return messages[name]?.isMapEntry == false && !field.isRepeated
                ? .message(DynamicMessage(name)) : nil
        }
        if field.isRepeated {
            let isMap =
                if case .message(let name) = field.type {
                    messages[name]?.isMapEntry == true
                } else { false }
            let count = Int.random(in: 0...(isMap ? 1 : 4), using: &random)
            let elements = (0..<count).map { _ in one(field.type, depth: depth) }
            return elements.isEmpty ? nil : .list(elements)
        }
        let value = one(field.type, depth: depth)
        return field.hasPresence || !value.isZero ? value : nil
    }

    private mutating func present(_ field: FieldDescriptor, depth: Int) -> DynamicValue {
        var value = one(field.type, depth: depth)
        while value.isZero { value = one(field.type, depth: depth) }
        return field.isRepeated ? .list([value]) : value
    }

    private mutating func one(_ type: FieldType, depth: Int) -> DynamicValue {
        switch type {
        case .int32, .sint32, .sfixed32: .int32(integer())
        case .int64, .sint64, .sfixed64: .int64(integer())
        case .uint32, .fixed32: .uint32(integer())
        case .uint64, .fixed64: .uint64(integer())
        case .float: .float(Float(number()))
        case .double: .double(number())
        case .bool: .bool(Bool.random(using: &random))
        case .string: .string(text())
        case .bytes:
            .bytes(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                })
        case .enumeration(let name):
            // Enums are open: sometimes a number that has no name.
            if Int.random(in: 0..<8, using: &random) > 0,
                let value = enums[name]?.values.randomElement(using: &random)
            {
                .enumeration(value.number)
            } else {
                .enumeration(integer())
            }
        case .message(let name): .message(message(name, depth: depth + 1))
        }
    }

    /// Any width of varint is about as likely, and the ends of the range are among them.
    private mutating func integer<I: FixedWidthInteger>() -> I {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .min
        case 1: .max
        default:
            I(truncatingIfNeeded: random.next())
                >> I(Int.random(in: 0..<I.bitWidth, using: &random))
        }
    }

    private mutating func number() -> Double {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .infinity
        case 1: -.infinity
        case 2: 0
        default: Double(Int32.random(in: .min ... .max, using: &random)) / 8 + 0.5
        }
    }

    private mutating func text() -> String {
        let count = Int.random(in: 0..<20, using: &random) == 0 ? 60 : 2
        return (0..<count).map { _ in Self.texts.randomElement(using: &random) ?? "" }.joined()
    }
}

extension DynamicValue {
    fileprivate var isZero: Bool {
        switch self {
        case .int32(let number), .enumeration(let number): number == 0
        case .int64(let number): number == 0
        case .uint32(let number): number == 0
        case .uint64(let number): number == 0
        case .float(let number): number == 0
        case .double(let number): number == 0
        case .bool(let flag): !flag
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .message, .list: false
        }
    }
}
