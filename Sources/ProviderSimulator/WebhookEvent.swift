import JSON

/// News of a charge or a refund, as a webhook tells it.
struct WebhookEvent: Sendable, Equatable {
    /// The same however often it is sent.
    let id: String
    /// "charge." or "refund." and the status that it came to.
    let type: String
    /// RFC 3339.
    let createdAt: String
    /// The charge or refund as it was then.
    let object: JSONValue

    /// The body of the webhook.
    var bytes: [UInt8] {
        let json: JSONValue = [
            "id": .string(id), "type": .string(type), "createdAt": .string(createdAt),
            "data": object,
        ]
        return json.bytes
    }
}

extension TestCard {
    /// When the news of a charge or refund are sent: an element for each time.
    ///
    /// - Parameter isPending: these are not its last news.
    func deliveries(isPending: Bool, _ delays: SimulatorDelays) -> [Duration] {
        switch webhooks {
        case .once: [.zero]
        case .twice: [.zero, .zero]
        // The news after it comes `settle` later: this comes after those.
        case .reordered: [isPending ? delays.settle * 2 : .zero]
        case .late: [delays.late]
        case .lost: []
        }
    }
}

extension LedgerState.Entry {
    /// The charge or refund that it is about.
    var subject: String? {
        switch self {
        case .charge(let charge, _, _): charge.id
        case .refund(let refund, _, _): refund.id
        case .chargeSettled(let id, _, _), .refundSettled(let id, _, _): id
        case .cancellation: nil
        }
    }
}
