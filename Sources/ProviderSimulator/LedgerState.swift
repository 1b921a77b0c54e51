/// Everything the ledger's entries say, and the rules for new ones. Pure: ids and times come in.
struct LedgerState: Sendable {
    /// A new charge or refund under the idempotency key it was asked with.
    enum Entry: Equatable, Sendable {
        case charge(Charge, ChargeRequest, key: String)
        case refund(Refund, RefundRequest, key: String)

        var key: String {
            switch self {
            case .charge(_, _, let key), .refund(_, _, let key): key
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
    private var chargesByID: [String: Charge] = [:]
    private var idsByReference: [String: [String]] = [:]
    private var positionsByKey: [String: Int] = [:]

    func charge(id: String) -> Charge? {
        chargesByID[id]
    }

    func charges(reference: String) -> [Charge] {
        (idsByReference[reference] ?? []).compactMap { chargesByID[$0] }
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
            return .known(charge)
        }
        try requireRoom()
        let declineCode = TestCard.declineCode(of: request.paymentToken)
        let charge = Charge(
            id: id, status: declineCode == nil ? .captured : .declined, declineCode: declineCode,
            amountMinor: request.amountMinor, currency: request.currency,
            reference: request.reference, createdAt: now)
        return .new(charge, .charge(charge, request, key: key))
    }

    func decide(
        _ request: RefundRequest, key: String, id: String, now: String
    ) throws(ProviderError) -> Decision<Refund> {
        if let known = entry(key: key) {
            guard case .refund(let refund, request, _) = known else { throw .keyReused }
            return .known(refund)
        }
        try requireRoom()
        guard let charge = chargesByID[request.chargeID] else { throw .noSuchCharge }
        guard charge.status == .captured else { throw .notCaptured }
        let left = charge.amountMinor - charge.refundedMinor
        let amount = request.amountMinor ?? left
        guard amount > 0, amount <= left else { throw .refundTooLarge }
        let refund = Refund(
            id: id, chargeID: charge.id, amountMinor: amount, currency: charge.currency,
            createdAt: now)
        return .new(refund, .refund(refund, request, key: key))
    }

    mutating func apply(_ entry: Entry) {
        entries.append(entry)
        positionsByKey[entry.key] = entries.count
        switch entry {
        case .charge(let charge, _, _):
            chargesByID[charge.id] = charge
            idsByReference[charge.reference, default: []].append(charge.id)
        case .refund(let refund, _, _):
            chargesByID[refund.chargeID]?.refunds.append(refund)
        }
    }

    private func entry(key: String) -> Entry? {
        positionsByKey[key].map { entries[$0 - 1] }
    }

    private func requireRoom() throws(ProviderError) {
        guard entries.count < Self.entriesMax else { throw .full }
    }
}
