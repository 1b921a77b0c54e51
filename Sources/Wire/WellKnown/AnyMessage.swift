/// google.protobuf.Any: a message of a type that is told with it.
package struct AnyMessage: Message {
    package static let protoName = "google.protobuf.Any"
    /// `type.googleapis.com/` and the full name; what is before the last slash is not looked at.
    package var typeURL = ""
    /// The message in wire format.
    package var value: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    /// Packs a message.
    package init(packing message: some Message) {
        typeURL = "type.googleapis.com/" + type(of: message).protoName
        value = message.serialized()
    }

    /// Full name of the message inside; empty where there is none.
    package var messageName: String {
        guard let slash = typeURL.lastIndex(of: "/") else { return "" }
        return String(typeURL[typeURL.index(after: slash)...])
    }

    /// The message inside; nil where it is of another type. Throws where its bytes are malformed.
    package func unpacked<M: Message>(as type: M.Type) throws(WireError) -> M? {
        guard messageName == M.protoName else { return nil }
        return try M(serialized: value)
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "type_url", &typeURL)
        v.field(2, "value", &value)
    }
}
