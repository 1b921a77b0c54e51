/// Every named place where a debug build can be made to fail: the steps of pay and confirm, and
/// of refunds. `docs/operating.md` says how. In release builds reaching one is nothing at all.
package enum FailPoint: String, CaseIterable, Sendable {
    // Paying. The subject is the booking's id.
    /// Nothing is written yet.
    case paymentBeforeAttempt = "payment.before_attempt"
    /// The attempt is committed; the provider has not been asked.
    case paymentAfterAttempt = "payment.after_attempt"
    /// The provider has answered, or not in time; nothing of that is written.
    case paymentAfterProvider = "payment.after_provider"
    /// The answer is committed, with its fact; the buyer has not been told.
    case paymentAfterRecording = "payment.after_recording"

    // Webhooks. The subject is what they are about: a payment's id or a refund's key.
    /// The signature is good; nothing is written.
    case webhookBeforeRecording = "payment.webhook_before_recording"
    /// It is committed; the provider has not been told that it is taken.
    case webhookAfterRecording = "payment.webhook_after_recording"

    // Asking about attempts without a verdict. The subject is the booking's id.
    /// It is put off until later; the provider has not been asked.
    case reconcileBeforeProvider = "payment.reconcile_before_provider"
    /// The provider has answered; nothing of that is written.
    case reconcileAfterProvider = "payment.reconcile_after_provider"

    // Giving back. The subject is the booking's id.
    /// The refund is committed; the provider has not been asked.
    case refundBeforeProvider = "payment.refund_before_provider"
    /// The provider has answered, or not in time; nothing of that is written.
    case refundAfterProvider = "payment.refund_after_provider"
    /// The answer is committed, with its fact.
    case refundAfterRecording = "payment.refund_after_recording"

    // Confirming. The subject is the booking's id.
    /// A captured payment is read from the feed; nothing is written.
    case bookingBeforeCapture = "booking.before_capture"
    /// The booking has moved, in a transaction that is not committed.
    case bookingAfterCapture = "booking.after_capture"
    /// The tickets are written, in a transaction that is not committed.
    case notificationAfterTickets = "notification.after_tickets"

    // Every consumer of a feed. The subject is the name of the feed's service.
    /// The effects of some entries are written, and not committed.
    case feedBeforeCommit = "feed.before_commit"
    /// The effects of some entries are committed, with the position.
    case feedAfterCommit = "feed.after_commit"

    #if DEBUG
        /// Fails here if it is told to: see `FailPoints`.
        ///
        /// - Parameter subject: what the step is about.
        /// - Throws: `InjectedFailure`; `CancellationError` while it waits.
        package func reach(_ subject: @autoclosure () -> String = "") async throws {
            try await FailPoints.shared?.reach(self, subject())
        }
    #else
        /// Nothing, in a release build.
        @inlinable @inline(__always)
        package func reach(_ subject: @autoclosure () -> String = "") async throws {}
    #endif
}

/// A failure that somebody has asked for at a fail point.
package struct InjectedFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ point: FailPoint) {
        description = "fail point \(point.rawValue)"
    }
}
