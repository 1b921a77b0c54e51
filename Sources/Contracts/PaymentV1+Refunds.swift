package import Wire

/// Refunds, and the provider's webhooks.
extension PaymentV1 {
    /// Where a refund stands.
    package struct RefundState: ProtoEnum {
        package static let protoName = "usher.payment.v1.RefundState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = RefundState(rawValue: 0)
        /// The provider has been, or is about to be, asked and has not answered for good.
        package static let pending = RefundState(rawValue: 1)
        /// The money went back.
        package static let succeeded = RefundState(rawValue: 2)
        /// The provider refused, and is asked again; the money is still owed.
        package static let owed = RefundState(rawValue: 3)

        package static let cases: [(name: String, value: Int32)] = [
            ("REFUND_STATE_UNSPECIFIED", 0),
            ("REFUND_STATE_PENDING", 1),
            ("REFUND_STATE_SUCCEEDED", 2),
            ("REFUND_STATE_OWED", 3),
        ]
    }

    /// Money of one payment on its way back.
    package struct Refund: Message {
        package static let protoName = "usher.payment.v1.Refund"
        /// `rfd_…`
        package var refundID = ""
        /// `pay_…`
        package var paymentID = ""
        /// `bkg_…`
        package var bookingID = ""
        /// `usr_…`
        package var payerID = ""
        /// Where it stands.
        package var state = RefundState.unspecified
        /// Minor units.
        package var amountMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// Stable code of why, as in `BookingV1.RefundDue`.
        package var reason = ""
        /// Stable code of the provider's last refusal; empty where there was none.
        package var failureCode = ""
        /// Times that the provider has refused.
        package var refusals: UInt32 = 0
        /// When it became due.
        package var createdAt: Timestamp?
        /// When the money was back; absent before.
        package var settledAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "refund_id", &refundID)
            v.field(2, "payment_id", &paymentID)
            v.field(3, "booking_id", &bookingID)
            v.field(4, "payer_id", &payerID)
            v.field(5, "state", &state)
            v.field(6, "amount_minor", &amountMinor)
            v.field(7, "currency", &currency)
            v.field(8, "reason", &reason)
            v.field(9, "failure_code", &failureCode)
            v.field(10, "refusals", &refusals)
            v.field(11, "created_at", &createdAt)
            v.field(12, "settled_at", &settledAt)
        }
    }

    /// Asks for the refunds of a payment.
    package struct ListRefundsRequest: Message {
        package static let protoName = "usher.payment.v1.ListRefundsRequest"
        /// `pay_…`
        package var paymentID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment_id", &paymentID)
        }
    }

    /// The refunds of a payment.
    package struct ListRefundsResponse: Message {
        package static let protoName = "usher.payment.v1.ListRefundsResponse"
        /// Oldest first.
        package var refunds: [Refund] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "refunds", &refunds)
        }
    }

    /// Asks for the refunds that the provider refuses.
    package struct ListOwedRefundsRequest: Message {
        package static let protoName = "usher.payment.v1.ListOwedRefundsRequest"
        /// 1 to 100; 0 = 20.
        package var pageSize: UInt32 = 0
        /// From the page before; empty = the first.
        package var pageToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "page_size", &pageSize)
            v.field(2, "page_token", &pageToken)
        }
    }

    /// Refunds that the provider refuses.
    package struct ListOwedRefundsResponse: Message {
        package static let protoName = "usher.payment.v1.ListOwedRefundsResponse"
        /// Oldest first.
        package var refunds: [Refund] = []
        /// Empty = that was the last page.
        package var nextPageToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "refunds", &refunds)
            v.field(2, "next_page_token", &nextPageToken)
        }
    }

    /// Hands on what a provider has sent.
    package struct HandleWebhookRequest: Message {
        package static let protoName = "usher.payment.v1.HandleWebhookRequest"
        /// Name of the provider: `simulated`.
        package var provider = ""
        /// As it was sent, byte for byte; at most 64 KiB.
        package var body: [UInt8] = []
        /// `t=<unix seconds>,v1=<hexadecimal>`: HMAC-SHA-256 over the time, a full stop and the
        /// body.
        package var signature = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "provider", &provider)
            v.field(2, "body", &body)
            v.field(3, "signature", &signature)
        }
    }

    /// It is taken.
    package struct HandleWebhookResponse: Message {
        package static let protoName = "usher.payment.v1.HandleWebhookResponse"
        /// The event was here before.
        package var alreadyKnown = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "already_known", &alreadyKnown)
        }
    }

    /// The provider refuses a refund; it is asked again.
    package struct PaymentRefundOwed: Message {
        package static let protoName = "usher.payment.v1.PaymentRefundOwed"
        /// As it is then.
        package var payment: Payment?
        /// The refund refused.
        package var refund: Refund?
        /// What it is for, as in `BookingV1.RefundDue`.
        package var eventTitle = ""
        /// Labels of the places that the money was for.
        package var places: [String] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment", &payment)
            v.field(2, "refund", &refund)
            v.field(3, "event_title", &eventTitle)
            v.field(4, "places", &places)
        }
    }
}
