import JSON

/// Charges, refunds and ledger entries as JSON, for the API and for the ledger's file.
extension Charge {
    var json: JSONValue {
        [
            "id": .string(id),
            "status": .string(status.rawValue),
            "declineCode": declineCode.map { .string($0) } ?? .null,
            "amountMinor": .number(JSONNumber(amountMinor)),
            "currency": .string(currency),
            "reference": .string(reference),
            "refundedMinor": .number(JSONNumber(refundedMinor)),
            "refunds": .array(refunds.map(\.json)),
            "createdAt": .string(createdAt),
        ]
    }

    /// Reads `json`, without its refunds: those are entries of their own.
    init(json: JSONValue) throws(ProviderError) {
        guard let status = Status(rawValue: try json.text("status")) else {
            throw .invalid("status is unknown")
        }
        self.init(
            id: try json.text("id"), status: status, declineCode: json["declineCode"]?.string,
            amountMinor: try json.integer("amountMinor"), currency: try json.text("currency"),
            reference: try json.text("reference"), createdAt: try json.text("createdAt"))
    }
}

extension Refund {
    var json: JSONValue {
        [
            "id": .string(id),
            "chargeId": .string(chargeID),
            "status": "succeeded",
            "amountMinor": .number(JSONNumber(amountMinor)),
            "currency": .string(currency),
            "createdAt": .string(createdAt),
        ]
    }

    init(json: JSONValue) throws(ProviderError) {
        self.init(
            id: try json.text("id"), chargeID: try json.text("chargeId"),
            amountMinor: try json.integer("amountMinor"), currency: try json.text("currency"),
            createdAt: try json.text("createdAt"))
    }
}

extension ChargeRequest {
    /// Reads and checks a merchant's request.
    init(json: JSONValue) throws(ProviderError) {
        try json.requireMembers(["amountMinor", "currency", "paymentToken", "reference"])
        self.init(
            amountMinor: try json.integer("amountMinor"), currency: try json.text("currency"),
            paymentToken: try json.text("paymentToken"), reference: try json.text("reference"))
        guard (1...Self.amountMax).contains(amountMinor) else {
            throw .invalid("amountMinor must be 1 to \(Self.amountMax)")
        }
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard currency.utf8.count == 3, currency.utf8.allSatisfy(letters.contains) else {
            throw .invalid("currency must be three capital letters")
        }
        guard (1...200).contains(reference.utf8.count) else {
            throw .invalid("reference must have 1 to 200 bytes")
        }
        guard (1...200).contains(paymentToken.utf8.count) else {
            throw .invalid("paymentToken must have 1 to 200 bytes")
        }
    }
}

extension RefundRequest {
    /// Reads and checks a merchant's request.
    init(chargeID: String, json: JSONValue) throws(ProviderError) {
        try json.requireMembers(["amountMinor"])
        let isGiven = json["amountMinor"].map { $0 != .null } ?? false
        self.init(
            chargeID: chargeID, amountMinor: isGiven ? try json.integer("amountMinor") : nil)
        guard amountMinor.map({ (1...ChargeRequest.amountMax).contains($0) }) ?? true else {
            throw .invalid("amountMinor must be 1 to \(ChargeRequest.amountMax)")
        }
    }
}

extension LedgerState.Entry {
    /// One line of the ledger's file.
    var json: JSONValue {
        switch self {
        case .charge(let charge, let request, let key):
            return [
                "type": "charge", "key": .string(key),
                "paymentToken": .string(request.paymentToken), "charge": charge.json,
            ]
        case .refund(let refund, let request, let key):
            return [
                "type": "refund", "key": .string(key),
                "askedMinor": request.amountMinor.map { .number(JSONNumber($0)) } ?? .null,
                "refund": refund.json,
            ]
        }
    }

    /// For reconciliation: without idempotency keys and payment tokens.
    func publicJSON(position: Int) -> JSONValue {
        let number = JSONValue.number(JSONNumber(position))
        switch self {
        case .charge(let charge, _, _):
            return ["position": number, "type": "charge", "charge": charge.json]
        case .refund(let refund, _, _):
            return ["position": number, "type": "refund", "refund": refund.json]
        }
    }

    init(json: JSONValue) throws(ProviderError) {
        let key = try json.text("key")
        switch json["type"]?.string {
        case "charge":
            let charge = try Charge(json: json["charge"] ?? .null)
            let request = ChargeRequest(
                amountMinor: charge.amountMinor, currency: charge.currency,
                paymentToken: try json.text("paymentToken"), reference: charge.reference)
            self = .charge(charge, request, key: key)
        case "refund":
            let refund = try Refund(json: json["refund"] ?? .null)
            let asked = json["askedMinor"]?.number?.int64
            self = .refund(
                refund, RefundRequest(chargeID: refund.chargeID, amountMinor: asked), key: key)
        default:
            throw .invalid("type is unknown")
        }
    }
}

extension JSONValue {
    fileprivate func text(_ name: String) throws(ProviderError) -> String {
        guard let text = self[name]?.string else { throw .invalid("\(name) must be a string") }
        return text
    }

    fileprivate func integer(_ name: String) throws(ProviderError) -> Int64 {
        guard let number = self[name]?.number?.int64 else {
            throw .invalid("\(name) must be an integer")
        }
        return number
    }

    fileprivate func requireMembers(_ names: Set<String>) throws(ProviderError) {
        guard let members = object else { throw .invalid("the body must be an object") }
        if let stranger = members.first(where: { !names.contains($0.name) }) {
            throw .invalid("\(stranger.name) is unknown")
        }
    }
}
