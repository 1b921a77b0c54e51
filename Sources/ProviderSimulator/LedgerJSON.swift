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
            "status": .string(status.rawValue),
            "failureCode": failureCode.map { .string($0) } ?? .null,
            "amountMinor": .number(JSONNumber(amountMinor)),
            "currency": .string(currency),
            "reference": .string(reference),
            "createdAt": .string(createdAt),
        ]
    }

    init(json: JSONValue) throws(ProviderError) {
        guard let status = Status(rawValue: try json.text("status")) else {
            throw .invalid("status is unknown")
        }
        self.init(
            id: try json.text("id"), chargeID: try json.text("chargeId"), status: status,
            failureCode: json["failureCode"]?.string,
            amountMinor: try json.integer("amountMinor"), currency: try json.text("currency"),
            reference: json["reference"]?.string ?? "", createdAt: try json.text("createdAt"))
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
        try json.requireMembers(["amountMinor", "reference"])
        let isGiven = json["amountMinor"].map { $0 != .null } ?? false
        self.init(
            chargeID: chargeID, amountMinor: isGiven ? try json.integer("amountMinor") : nil,
            reference: json["reference"]?.string ?? "")
        guard amountMinor.map({ (1...ChargeRequest.amountMax).contains($0) }) ?? true else {
            throw .invalid("amountMinor must be 1 to \(ChargeRequest.amountMax)")
        }
        guard reference.utf8.count <= 200 else {
            throw .invalid("reference must have at most 200 bytes")
        }
    }
}

extension JSONValue {
    /// The one member of a request to cancel a reference.
    func cancelledReference() throws(ProviderError) -> String {
        try requireMembers(["reference"])
        let reference = try text("reference")
        guard (1...200).contains(reference.utf8.count) else {
            throw .invalid("reference must have 1 to 200 bytes")
        }
        return reference
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
        case .chargeSettled(let id, let status, let code):
            return Self.settled("charge_settled", id, status.rawValue, code)
        case .refundSettled(let id, let status, let code):
            return Self.settled("refund_settled", id, status.rawValue, code)
        case .cancellation(let reference):
            return ["type": "cancellation", "reference": .string(reference)]
        }
    }

    private static func settled(
        _ type: String, _ id: String, _ status: String, _ code: String?
    ) -> JSONValue {
        [
            "type": .string(type), "id": .string(id), "status": .string(status),
            "code": code.map { .string($0) } ?? .null,
        ]
    }

    /// For reconciliation: without idempotency keys and payment tokens.
    func publicJSON(position: Int) -> JSONValue {
        let number = JSONValue.number(JSONNumber(position))
        switch self {
        case .charge(let charge, _, _):
            return ["position": number, "type": "charge", "charge": charge.json]
        case .refund(let refund, _, _):
            return ["position": number, "type": "refund", "refund": refund.json]
        case .chargeSettled, .refundSettled, .cancellation:
            var members = json.object ?? []
            members.insert(JSONMember("position", number), at: 0)
            return .object(members)
        }
    }

    init(json: JSONValue) throws(ProviderError) {
        switch json["type"]?.string {
        case "charge":
            let charge = try Charge(json: json["charge"] ?? .null)
            let request = ChargeRequest(
                amountMinor: charge.amountMinor, currency: charge.currency,
                paymentToken: try json.text("paymentToken"), reference: charge.reference)
            self = .charge(charge, request, key: try json.text("key"))
        case "refund":
            let refund = try Refund(json: json["refund"] ?? .null)
            let asked = json["askedMinor"]?.number?.int64
            self = .refund(
                refund,
                RefundRequest(
                    chargeID: refund.chargeID, amountMinor: asked, reference: refund.reference),
                key: try json.text("key"))
        case "charge_settled":
            guard let status = Charge.Status(rawValue: try json.text("status")) else {
                throw .invalid("status is unknown")
            }
            self = .chargeSettled(
                id: try json.text("id"), status, declineCode: json["code"]?.string)
        case "refund_settled":
            guard let status = Refund.Status(rawValue: try json.text("status")) else {
                throw .invalid("status is unknown")
            }
            self = .refundSettled(
                id: try json.text("id"), status, failureCode: json["code"]?.string)
        case "cancellation":
            self = .cancellation(reference: try json.text("reference"))
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
