import Wire

/// A message with a field of every kind, label and wire form.
struct AllKinds: Message {
    enum Choice: Equatable, Sendable {
        case number(UInt32)
        case leaf(Leaf)
        case text(String)
        case colour(Colour)
    }

    static let protoName = "test.AllKinds"
    var int32: Int32 = 0
    var int64: Int64 = 0
    var uint32: UInt32 = 0
    var uint64: UInt64 = 0
    var sint32: Int32 = 0
    var sint64: Int64 = 0
    var fixed32: UInt32 = 0
    var fixed64: UInt64 = 0
    var sfixed32: Int32 = 0
    var sfixed64: Int64 = 0
    var float: Float = 0
    var double: Double = 0
    var bool = false
    var string = ""
    var bytes: [UInt8] = []
    var colour = Colour.unspecified
    var leaf: Leaf?
    var maybeInt32: Int32?
    var maybeString: String?
    var maybeColour: Colour?
    var packedInts: [Int32] = []
    var unpackedSints: [Int64] = []
    var strings: [String] = []
    var colours: [Colour] = []
    var doubles: [Double] = []
    var children: [AllKinds] = []
    var chunks: [[UInt8]] = []
    var bools: [Bool] = []
    var texts: [String: String] = [:]
    var leaves: [Int32: Leaf] = [:]
    var flags: [Bool: Colour] = [:]
    var choice: Choice?
    var time: Timestamp?
    var length: ProtoDuration?
    var any: AnyMessage?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "int32", &int32)
        v.field(2, "int64", &int64)
        v.field(3, "uint32", &uint32)
        v.field(4, "uint64", &uint64)
        v.field(5, "sint32", &sint32, as: SInt32.self)
        v.field(6, "sint64", &sint64, as: SInt64.self)
        v.field(7, "fixed32", &fixed32, as: Fixed32.self)
        v.field(8, "fixed64", &fixed64, as: Fixed64.self)
        v.field(9, "sfixed32", &sfixed32, as: SFixed32.self)
        v.field(10, "sfixed64", &sfixed64, as: SFixed64.self)
        v.field(11, "float", &float)
        v.field(12, "double", &double)
        v.field(13, "bool", &bool)
        v.field(14, "string", &string)
        v.field(15, "bytes", &bytes)
        v.field(16, "colour", &colour)
        v.field(17, "leaf", &leaf)
        v.field(21, "maybe_int32", &maybeInt32)
        v.field(22, "maybe_string", &maybeString)
        v.field(23, "maybe_colour", &maybeColour)
        v.field(31, "packed_ints", &packedInts)
        v.field(32, "unpacked_sints", &unpackedSints, as: SInt64.self, packed: false)
        v.field(33, "strings", &strings)
        v.field(34, "colours", &colours)
        v.field(35, "doubles", &doubles)
        v.field(36, "children", &children)
        v.field(37, "chunks", &chunks)
        v.field(38, "bools", &bools)
        v.map(41, "texts", &texts)
        v.map(42, "leaves", &leaves)
        v.map(43, "flags", &flags)
        v.member(51, "number", of: "choice", &choice, Choice.number) {
            if case .number(let value) = $0 { value } else { nil }
        }
        v.member(52, "choice_leaf", of: "choice", &choice, Choice.leaf) {
            if case .leaf(let value) = $0 { value } else { nil }
        }
        v.member(53, "text", of: "choice", &choice, Choice.text) {
            if case .text(let value) = $0 { value } else { nil }
        }
        v.member(54, "choice_colour", of: "choice", &choice, Choice.colour) {
            if case .colour(let value) = $0 { value } else { nil }
        }
        v.field(61, "time", &time)
        v.field(62, "length", &length)
        v.field(63, "any", &any)
    }
}

struct Leaf: Message {
    static let protoName = "test.Leaf"
    var number: Int32 = 0
    var names: [String] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "number", &number)
        v.field(2, "names", &names)
    }
}

struct Colour: ProtoEnum {
    static let protoName = "test.Colour"
    var rawValue: Int32

    static let unspecified = Colour(rawValue: 0)
    static let red = Colour(rawValue: 1)
    static let negative = Colour(rawValue: -1)
    static let cases: [(name: String, value: Int32)] = [
        ("COLOUR_UNSPECIFIED", 0), ("COLOUR_RED", 1), ("COLOUR_NEGATIVE", -1),
    ]
}
