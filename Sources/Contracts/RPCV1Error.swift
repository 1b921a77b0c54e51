package import Wire

/// proto/usher/rpc/v1: what every Usher service shares on the wire.
package enum RPCV1 {
    static let messages: [any Message.Type] = [
        ErrorDetail.self, ErrorReason.self, CheckRequest.self, CheckResponse.self,
        ListServicesRequest.self, ListServicesResponse.self, ServiceInfo.self, MethodInfo.self,
        GetDescriptorSetRequest.self, GetDescriptorSetResponse.self,
        HelloRequest.self, HelloResponse.self,
        FollowedFeed.self, ParkedEntry.self, ListParkedRequest.self, ListParkedResponse.self,
        ReleaseParkedRequest.self, ReleaseParkedResponse.self, DiscardParkedRequest.self,
        DiscardParkedResponse.self,
        FeedPosition.self, GetPositionRequest.self, GetPositionResponse.self,
        SetPositionRequest.self, SetPositionResponse.self,
    ]

    /// Travels as the one detail of a failed call's `google.rpc.Status`.
    package struct ErrorDetail: Message {
        package static let protoName = "usher.rpc.v1.ErrorDetail"
        /// Stable, machine-readable: lower_snake_case, at most 64 bytes, e.g. `hold_expired`.
        package var code = ""
        /// One per field, seat or area that is in the way; at most 200.
        package var reasons: [ErrorReason] = []
        /// Milliseconds after which trying again makes sense; 0 = not said.
        package var retryAfterMs: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "code", &code)
            v.field(2, "reasons", &reasons)
            v.field(3, "retry_after_ms", &retryAfterMs)
        }
    }

    /// Why one field, seat or area refuses.
    package struct ErrorReason: Message {
        package static let protoName = "usher.rpc.v1.ErrorReason"
        /// A field's path (`seats[2].seat_guid`), a seat's guid or an area's id; at most 512 bytes.
        package var subject = ""
        /// Stable, lower_snake_case, e.g. `held`, `booked`, `required`.
        package var code = ""
        /// For people, English, at most 1,000 bytes.
        package var message = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "subject", &subject)
            v.field(2, "code", &code)
            v.field(3, "message", &message)
        }
    }
}
