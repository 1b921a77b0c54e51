import Wire

/// The bytes of a message whose type is not known when the program is built: all of its fields are
/// unknown ones, which are kept as they come.
struct RawMessage: Message {
    static let protoName = ""
    var unknownFields = UnknownFields()

    init() {}

    init(_ bytes: [UInt8]) {
        unknownFields.bytes = bytes
    }

    var bytes: [UInt8] { unknownFields.bytes }

    mutating func visit<V: FieldVisitor>(_ v: inout V) {}
}
