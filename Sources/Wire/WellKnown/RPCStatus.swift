/// google.rpc.Status: how a call ended.
package struct RPCStatus: Message {
    package static let protoName = "google.rpc.Status"
    /// A number of google.rpc.Code; 0 = OK.
    package var code: Int32 = 0
    /// For developers, in English.
    package var message = ""
    /// What else there is to say; services here put one `usher.rpc.v1.ErrorDetail`.
    package var details: [AnyMessage] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "code", &code)
        v.field(2, "message", &message)
        v.field(3, "details", &details)
    }
}
