package import Wire

/// proto/usher/payment/v1: money. One open attempt per booking, and every capture ends in a ticket
/// or a refund.
package enum PaymentV1 {
    static let messages: [any Message.Type] = [
        Payment.self,
        CreatePaymentRequest.self, CreatePaymentResponse.self,
        GetPaymentRequest.self, GetPaymentResponse.self,
        ListPaymentsRequest.self, ListPaymentsResponse.self,
        Refund.self, ListRefundsRequest.self, ListRefundsResponse.self,
        ListOwedRefundsRequest.self, ListOwedRefundsResponse.self,
        HandleWebhookRequest.self, HandleWebhookResponse.self,
        ReadFeedRequest.self, ReadFeedResponse.self, FollowFeedRequest.self,
        FollowFeedResponse.self, FeedEntry.self,
        PaymentCaptured.self, PaymentDeclined.self, PaymentRefunded.self, PaymentRefundOwed.self,
    ]

    /// Takes money for bookings and gives it back.
    package enum PaymentService: ServiceContract {
        package static let name = "usher.payment.v1.PaymentService"
        /// The booking's buyer. Pays the whole booking. While an attempt is open, and once one has
        /// succeeded, the answer is that attempt.
        package static let createPayment = Method<CreatePaymentRequest, CreatePaymentResponse>(
            name, "CreatePayment", access: .byHandler)
        /// The payer.
        package static let getPayment = Method<GetPaymentRequest, GetPaymentResponse>(
            name, "GetPayment", isIdempotent: true, access: .byHandler)
        /// The payer. Every attempt for a booking, oldest first.
        package static let listPayments = Method<ListPaymentsRequest, ListPaymentsResponse>(
            name, "ListPayments", isIdempotent: true, access: .byHandler)
        /// The payer, or an admin. The refunds of a payment, oldest first.
        package static let listRefunds = Method<ListRefundsRequest, ListRefundsResponse>(
            name, "ListRefunds", isIdempotent: true, access: .byHandler)
        /// Admin. Refunds that the provider refuses, oldest first.
        package static let listOwedRefunds =
            Method<ListOwedRefundsRequest, ListOwedRefundsResponse>(
                name, "ListOwedRefunds", isIdempotent: true, access: .byHandler)
        /// Anyone who can sign for the provider. An event that was here before has no effect.
        package static let handleWebhook = Method<HandleWebhookRequest, HandleWebhookResponse>(
            name, "HandleWebhook", isIdempotent: true, access: .byHandler)
        /// Service. The facts of this service in order.
        package static let readFeed = Method<ReadFeedRequest, ReadFeedResponse>(
            name, "ReadFeed", isIdempotent: true, access: .services(["booking", "notification"]))
        /// Service (booking, notification). The facts of this service in order, and each new
        /// one as it comes.
        package static let followFeed = Method<FollowFeedRequest, FollowFeedResponse>(
            name, "FollowFeed", kind: .serverStream, isIdempotent: true,
            access: .services(["booking", "notification"]))

        package static let methods: [any AnyMethod] = [
            createPayment, getPayment, listPayments, listRefunds, listOwedRefunds, handleWebhook,
            readFeed, followFeed,
        ]
    }

    /// Where an attempt to pay stands.
    package struct PaymentState: ProtoEnum {
        package static let protoName = "usher.payment.v1.PaymentState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = PaymentState(rawValue: 0)
        /// The provider has been, or is about to be, asked and has not answered for good.
        package static let open = PaymentState(rawValue: 1)
        /// The money is here. While the booking is still pending: "payment received, confirming".
        /// Part of it may have gone back, see `Payment.refundedMinor`.
        package static let captured = PaymentState(rawValue: 2)
        /// The provider refused.
        package static let declined = PaymentState(rawValue: 3)
        /// A refund is under way.
        package static let refunding = PaymentState(rawValue: 4)
        /// All of it went back.
        package static let refunded = PaymentState(rawValue: 5)
        /// The provider refuses the refund; the money is still owed.
        package static let refundOwed = PaymentState(rawValue: 6)

        package static let cases: [(name: String, value: Int32)] = [
            ("PAYMENT_STATE_UNSPECIFIED", 0),
            ("PAYMENT_STATE_OPEN", 1),
            ("PAYMENT_STATE_CAPTURED", 2),
            ("PAYMENT_STATE_DECLINED", 3),
            ("PAYMENT_STATE_REFUNDING", 4),
            ("PAYMENT_STATE_REFUNDED", 5),
            ("PAYMENT_STATE_REFUND_OWED", 6),
        ]
    }

    /// An attempt to pay a booking.
    package struct Payment: Message {
        package static let protoName = "usher.payment.v1.Payment"
        /// `pay_…`
        package var paymentID = ""
        /// `bkg_…`
        package var bookingID = ""
        /// `usr_…`
        package var payerID = ""
        /// Where it stands.
        package var state = PaymentState.unspecified
        /// Minor units.
        package var amountMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// The provider's own id; empty until it has answered.
        package var providerReference = ""
        /// Stable code of a refusal, e.g. `card_declined`; empty otherwise.
        package var declineCode = ""
        /// When it was begun.
        package var createdAt: Timestamp?
        /// When the provider answered for good; absent before.
        package var settledAt: Timestamp?
        /// Captured and given back, minor units.
        package var refundedMinor: Int64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment_id", &paymentID)
            v.field(2, "booking_id", &bookingID)
            v.field(3, "payer_id", &payerID)
            v.field(4, "state", &state)
            v.field(5, "amount_minor", &amountMinor)
            v.field(6, "currency", &currency)
            v.field(7, "provider_reference", &providerReference)
            v.field(8, "decline_code", &declineCode)
            v.field(9, "created_at", &createdAt)
            v.field(10, "settled_at", &settledAt)
            v.field(11, "refunded_minor", &refundedMinor)
        }
    }

    /// Asks to pay a booking.
    package struct CreatePaymentRequest: Message {
        package static let protoName = "usher.payment.v1.CreatePaymentRequest"
        /// `bkg_…`
        package var bookingID = ""
        /// The provider's token for a means of payment, made by the provider's own page; card
        /// numbers never come here. The simulated provider takes the numbers of its test cards.
        package var paymentToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
            v.field(2, "payment_token", &paymentToken)
        }
    }

    /// The attempt.
    package struct CreatePaymentResponse: Message {
        package static let protoName = "usher.payment.v1.CreatePaymentResponse"
        /// Open, captured or declined.
        package var payment: Payment?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment", &payment)
        }
    }

    /// Asks for an attempt.
    package struct GetPaymentRequest: Message {
        package static let protoName = "usher.payment.v1.GetPaymentRequest"
        /// `pay_…`
        package var paymentID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment_id", &paymentID)
        }
    }

    /// The attempt asked for.
    package struct GetPaymentResponse: Message {
        package static let protoName = "usher.payment.v1.GetPaymentResponse"
        /// As it is now.
        package var payment: Payment?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment", &payment)
        }
    }

    /// Asks for the attempts to pay a booking.
    package struct ListPaymentsRequest: Message {
        package static let protoName = "usher.payment.v1.ListPaymentsRequest"
        /// `bkg_…`
        package var bookingID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
        }
    }

    /// The attempts to pay a booking.
    package struct ListPaymentsResponse: Message {
        package static let protoName = "usher.payment.v1.ListPaymentsResponse"
        /// Oldest first.
        package var payments: [Payment] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payments", &payments)
        }
    }

    /// Asks for what happened after a position.
    package struct ReadFeedRequest: Message {
        package static let protoName = "usher.payment.v1.ReadFeedRequest"
        /// Position of the last entry that the reader has; 0 = from the start.
        package var after: UInt64 = 0
        /// At most this many entries, 1 to 1,000; 0 = 100.
        package var limit: UInt32 = 0
        /// How long to wait for a first entry, milliseconds, at most 30,000.
        package var waitMs: UInt32 = 0
        /// `recordedAt` of the entry at `after`, by which it is known again; absent = unchecked.
        package var afterRecordedAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "after", &after)
            v.field(2, "limit", &limit)
            v.field(3, "wait_ms", &waitMs)
            v.field(4, "after_recorded_at", &afterRecordedAt)
        }
    }

    /// What happened, in order.
    package struct ReadFeedResponse: Message {
        package static let protoName = "usher.payment.v1.ReadFeedResponse"
        /// Oldest first.
        package var entries: [FeedEntry] = []
        /// Position of the newest entry when this was read.
        package var lastPosition: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
            v.field(2, "last_position", &lastPosition)
        }
    }

    /// One fact and its place in the feed.
    package struct FeedEntry: Message {
        /// The facts that this service tells.
        package enum Fact: Equatable, Sendable {
            /// The money is here.
            case paymentCaptured(PaymentCaptured)
            /// The provider refused.
            case paymentDeclined(PaymentDeclined)
            /// The money went back.
            case paymentRefunded(PaymentRefunded)
            /// The provider refuses a refund; it is asked again.
            case paymentRefundOwed(PaymentRefundOwed)
        }

        package static let protoName = "usher.payment.v1.FeedEntry"
        /// 1, 2, 3 … without gaps.
        package var position: UInt64 = 0
        /// What the fact is about (a booking id); facts of one key are applied in order.
        package var key = ""
        /// When it was recorded.
        package var recordedAt: Timestamp?
        /// What happened; nil where this version does not know the fact.
        package var fact: Fact?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "position", &position)
            v.field(2, "key", &key)
            v.field(3, "recorded_at", &recordedAt)
            v.member(10, "payment_captured", of: "fact", &fact, Fact.paymentCaptured) {
                if case .paymentCaptured(let value) = $0 { value } else { nil }
            }
            v.member(11, "payment_declined", of: "fact", &fact, Fact.paymentDeclined) {
                if case .paymentDeclined(let value) = $0 { value } else { nil }
            }
            v.member(12, "payment_refunded", of: "fact", &fact, Fact.paymentRefunded) {
                if case .paymentRefunded(let value) = $0 { value } else { nil }
            }
            v.member(13, "payment_refund_owed", of: "fact", &fact, Fact.paymentRefundOwed) {
                if case .paymentRefundOwed(let value) = $0 { value } else { nil }
            }
        }
    }

    /// The money is here.
    package struct PaymentCaptured: Message {
        package static let protoName = "usher.payment.v1.PaymentCaptured"
        /// As it is then.
        package var payment: Payment?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment", &payment)
        }
    }

    /// The provider refused.
    package struct PaymentDeclined: Message {
        package static let protoName = "usher.payment.v1.PaymentDeclined"
        /// As it is then.
        package var payment: Payment?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment", &payment)
        }
    }

    /// The money went back.
    package struct PaymentRefunded: Message {
        package static let protoName = "usher.payment.v1.PaymentRefunded"
        /// As it is then.
        package var payment: Payment?
        /// Stable code of why, as in `BookingV1.RefundDue`.
        package var reason = ""
        /// `rfd_…`
        package var refundID = ""
        /// What went back with this refund, minor units.
        package var amountMinor: Int64 = 0
        /// What it is for, as in `BookingV1.RefundDue`.
        package var eventTitle = ""
        /// Labels of the places that the money was for.
        package var places: [String] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "payment", &payment)
            v.field(2, "reason", &reason)
            v.field(3, "refund_id", &refundID)
            v.field(4, "amount_minor", &amountMinor)
            v.field(5, "event_title", &eventTitle)
            v.field(6, "places", &places)
        }
    }
}
