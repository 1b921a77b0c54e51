/// Everything the ledger's entries say, and the rules for new ones. Pure: ids and times come in.
struct LedgerState: Sendable {
    /// Something that happened, under the idempotency key it was asked with.
    enum Entry: Equatable, Sendable {
        case charge(Charge, ChargeRequest, key: String)
        case refund(Refund, RefundRequest, key: String)
        /// A pending charge has come to its end.
        case chargeSettled(id: String, Charge.Status, declineCode: String?)
        /// A pending refund has come to its end.
        case refundSettled(id: String, Refund.Status, failureCode: String?)
        /// A reference that must never be charged.
        case cancellation(reference: String)

        var key: String? {
            switch self {
            case .charge(_, _, let key), .refund(_, _, let key): key
            case .chargeSettled, .refundSettled, .cancellation: nil
            }
        }
    }

    /// A decision: what was answered before, or an entry to write.
    enum Decision<Value: Sendable>: Sendable {
        case known(Value)
        case new(Value, Entry)
    }

    static let entriesMax = 2_000_000

    private(set) var entries: [Entry] = []
    /// Charges and refunds that are pending.
    private(set) var pending: Set<String> = []
    private var chargesByID: [String: Charge] = [:]
    private var tokensByCharge: [String: String] = [:]
    private var chargesByRefund: [String: String] = [:]
    private var idsByReference: [String: [String]] = [:]
    private var positionsByKey: [String: Int] = [:]
    private var cancelled: Set<String> = []

    func charge(id: String) -> Charge? {
        chargesByID[id]
    }

    func charges(reference: String) -> [Charge] {
        (idsByReference[reference] ?? []).compactMap { chargesByID[$0] }
    }

    func refund(id: String) -> Refund? {
        chargesByRefund[id].flatMap { chargesByID[$0] }?.refunds.first { $0.id == id }
    }

    /// The card that a charge, or the charge of a refund, was made with.
    func card(of id: String) -> TestCard {
        TestCard(tokensByCharge[chargesByRefund[id] ?? id] ?? "")
    }

    /// The entries after `position`, at most `limit`; positions count from 1.
    func entries(after position: Int, limit: Int) -> [(position: Int, entry: Entry)] {
        guard position < entries.count else { return [] }
        let end = min(position + limit, entries.count)
        return (position..<end).map { ($0 + 1, entries[$0]) }
    }

    func decide(
        _ request: ChargeRequest, key: String, id: String, now: String
    ) throws(ProviderError) -> Decision<Charge> {
        if let known = entry(key: key) {
            guard case .charge(let charge, request, _) = known else { throw .keyReused }
            // As it is now, without its refunds: they are none of this answer's business.
            var current = chargesByID[charge.id] ?? charge
            current.refunds = []
            return .known(current)
        }
        guard !cancelled.contains(request.reference) else { throw .cancelled }
        try requireRoom()
        let card = TestCard(request.paymentToken)
        let isPending = card.settlement != .atOnce
        let charge = Charge(
            id: id,
            status: isPending ? .pending : card.declineCode == nil ? .captured : .declined,
            declineCode: isPending ? nil : card.declineCode,
            amountMinor: request.amountMinor, currency: request.currency,
            reference: request.reference, createdAt: now)
        return .new(charge, .charge(charge, request, key: key))
    }

    func decide(
        _ request: RefundRequest, key: String, id: String, now: String
    ) throws(ProviderError) -> Decision<Refund> {
        if let known = entry(key: key) {
            guard case .refund(let refund, request, _) = known else { throw .keyReused }
            return .known(self.refund(id: refund.id) ?? refund)
        }
        try requireRoom()
        guard let charge = chargesByID[request.chargeID] else { throw .noSuchCharge }
        guard charge.status == .captured else { throw .notCaptured }
        let left = charge.amountMinor - charge.refundedMinor
        let amount = request.amountMinor ?? left
        guard amount > 0, amount <= left else { throw .refundTooLarge }
        let status: Refund.Status
        switch card(of: charge.id).refunds {
        case .slow, .fail: status = .pending
        case .failTwice where charge.refunds.count < 2: status = .failed
        case .prompt, .failTwice, .hang, .cut, .errorFirst: status = .succeeded
        }
        let refund = Refund(
            id: id, chargeID: charge.id, status: status,
            failureCode: status == .failed ? Self.refundFailure : nil, amountMinor: amount,
            currency: charge.currency, reference: request.reference, createdAt: now)
        return .new(refund, .refund(refund, request, key: key))
    }

    private static let refundFailure = "refund_declined"

    /// How a pending charge or refund ends.
    func settlement(of id: String) -> Entry? {
        guard pending.contains(id) else { return nil }
        let card = card(of: id)
        if chargesByRefund[id] != nil {
            return card.refunds == .fail
                ? .refundSettled(id: id, .failed, failureCode: Self.refundFailure)
                : .refundSettled(id: id, .succeeded, failureCode: nil)
        }
        return .chargeSettled(
            id: id, card.declineCode == nil ? .captured : .declined,
            declineCode: card.declineCode)
    }

    /// Makes sure that a reference is never charged; nil where it has been, or is so already.
    func cancellation(reference: String) throws(ProviderError) -> Entry? {
        guard charges(reference: reference).isEmpty, !cancelled.contains(reference) else {
            return nil
        }
        try requireRoom()
        return .cancellation(reference: reference)
    }

    mutating func apply(_ entry: Entry) {
        entries.append(entry)
        if let key = entry.key { positionsByKey[key] = entries.count }
        switch entry {
        case .charge(let charge, let request, _):
            chargesByID[charge.id] = charge
            tokensByCharge[charge.id] = request.paymentToken
            idsByReference[charge.reference, default: []].append(charge.id)
            if charge.status == .pending { pending.insert(charge.id) }
        case .refund(let refund, _, _):
            chargesByID[refund.chargeID]?.refunds.append(refund)
            chargesByRefund[refund.id] = refund.chargeID
            if refund.status == .pending { pending.insert(refund.id) }
        case .chargeSettled(let id, let status, let code):
            chargesByID[id]?.status = status
            chargesByID[id]?.declineCode = code
            pending.remove(id)
        case .refundSettled(let id, let status, let code):
            settleRefund(id, status, code)
        case .cancellation(let reference):
            cancelled.insert(reference)
        }
    }

    private mutating func settleRefund(_ id: String, _ status: Refund.Status, _ code: String?) {
        pending.remove(id)
        guard let charge = chargesByRefund[id],
            let index = chargesByID[charge]?.refunds.firstIndex(where: { $0.id == id })
        else { return }
        chargesByID[charge]?.refunds[index].status = status
        chargesByID[charge]?.refunds[index].failureCode = code
    }

    private func entry(key: String) -> Entry? {
        positionsByKey[key].map { entries[$0 - 1] }
    }

    private func requireRoom() throws(ProviderError) {
        guard entries.count < Self.entriesMax else { throw .full }
    }
}
