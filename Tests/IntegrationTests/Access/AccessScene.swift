import Contracts
import Crypto
import Foundation
import JSON
import RPC
import ServiceKit
import Wire

/// People and what is theirs, for the table of P10.
struct AccessScene: Sendable {
    let platform: Platform
    /// Tokens of people.
    let tokens: [Caller: String]
    let event: TestEvent
    /// An event that nobody but its organiser knows of yet, and its plan.
    let draft: String
    let draftPlan: String
    /// A plan of the organiser's on its way in.
    let upload: String
    let hold: Hold
    /// To be released.
    let otherHold: Hold
    /// Of the organiser, at their own event.
    let organisersHold: Hold
    /// Of the buyer: waits for its payment.
    let pending: String
    /// Of the buyer: paid, with its payment and a ticket.
    let booking: String
    let payment: String
    let ticket: String
    let buyersEmail: String

    /// A hold.
    struct Hold: Sendable {
        let id: String
        let token: String
        let expiresAt: Timestamp

        init(_ answer: APIClient.Answer) throws {
            let hold = answer.json["hold"]
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            guard let id = hold?["holdId"]?.string, let time = hold?["expiresAt"]?.string else {
                throw People.Refused(description: "hold: \(answer.text)")
            }
            self.id = id
            token = answer.holdToken
            expiresAt = Timestamp(try format.parse(time))
        }
    }

    /// Makes all of it.
    init(_ platform: Platform) async throws {
        self.platform = platform
        let buyer = try await People.account(platform, [.buyer])
        buyersEmail = buyer.email
        let organiser = try await People.account(platform, [.organiser])
        tokens = [
            .buyer: buyer.client.token ?? "",
            .otherBuyer: try await People.account(platform, [.buyer]).client.token ?? "",
            .organiser: organiser.client.token ?? "",
            .otherOrganiser: try await People.account(platform, [.organiser]).client.token ?? "",
            .gate: try await People.account(platform, [.gate]).client.token ?? "",
            .admin: try await People.account(platform, [.admin]).client.token ?? "",
        ]
        event = try await TestEvent(
            platform, seats: 40, holdSeconds: 3_600, paySeconds: 86_400,
            settings: ["holdExtendSeconds": 3_600], organiser: organiser.client)
        (draft, draftPlan) = try await Self.draft(platform, organiser.client)
        upload = try await Self.upload(platform, organiser.client.token ?? "")
        hold = try await Hold(Self.hold(event, 0, buyer.client))
        otherHold = try await Hold(Self.hold(event, 1, buyer.client))
        organisersHold = try await Hold(Self.hold(event, 2, organiser.client))
        pending = try await Self.book(event, 3, buyer.client)
        booking = try await Self.book(event, 4, buyer.client)
        payment = try await Self.pay(booking, buyer.client)
        ticket = try await Self.ticket(booking, buyer.client)
    }

    private static func hold(
        _ event: TestEvent, _ place: Int, _ client: APIClient
    ) async throws -> APIClient.Answer {
        try await eventually("a hold of place \(place)") {
            let answer = try await event.hold([place], as: client)
            return answer.status == 201 ? answer : nil
        }
    }

    private static func book(
        _ event: TestEvent, _ place: Int, _ client: APIClient
    ) async throws -> String {
        let token = try await hold(event, place, client).holdToken
        return try await eventually("a booking of place \(place)") {
            let answer = try await client.book(token)
            return answer.bookingID.isEmpty ? nil : answer.bookingID
        }
    }

    private static func pay(_ booking: String, _ client: APIClient) async throws -> String {
        let payment = try await eventually("a payment") {
            let answer = try await client.pay(booking)
            return answer.json["payment"]?["paymentId"]?.string
        }
        try await client.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")
        return payment
    }

    private static func ticket(_ booking: String, _ client: APIClient) async throws -> String {
        try await eventually("a ticket") {
            let answer = try await client.get("/api/notifications/tickets?bookingId=\(booking)")
            return answer.json["tickets"]?.array?.first?["ticketId"]?.string
        }
    }

    private static func draft(
        _ platform: Platform, _ organiser: APIClient
    ) async throws -> (event: String, plan: String) {
        let plan = try await organiser.postPatiently(
            "/api/events/plans", TestEvent.plan(["seat-1"], standing: 0))
        let planID = plan.json["plan"]?["planId"]?.string ?? ""
        let event = try await organiser.postPatiently(
            "/api/events",
            [
                "title": "A draft", "venue": "Test hall", "startsAt": "2099-01-01T19:00:00Z",
                "timeZone": "Europe/Berlin", "currency": "EUR", "planId": .string(planID),
            ])
        guard let id = event.json["event"]?["eventId"]?.string else {
            throw People.Refused(description: "draft: \(event.text)")
        }
        return (id, planID)
    }

    /// One byte, of which the digest is not looked at before the end.
    private static func upload(_ platform: Platform, _ token: String) async throws -> String {
        try await People.withClient(platform, of: "event") { client in
            var metadata = Metadata()
            metadata.append("Bearer \(token)", for: "authorization")
            let started = try await client.call(
                EventV1.EventService.startPlanUpload,
                .with {
                    $0.sizeBytes = 1
                    $0.sha256 = Array(repeating: 1, count: 32)
                }, metadata: metadata, timeout: .seconds(60))
            return started.uploadID
        }
    }

    // MARK: Who somebody says they are

    /// What a caller sends to a service.
    func metadata(of caller: Caller, for line: AccessLine) throws -> Metadata {
        var metadata = Metadata()
        if let token = token(of: caller) {
            metadata.append("Bearer \(token)", for: "authorization")
        }
        if let credential = try credential(of: caller, for: line) {
            metadata.append(credential, for: ServiceCredential.metadataKey)
        }
        return metadata
    }

    /// The token that a caller sends; nil for none.
    func token(of caller: Caller) -> String? {
        switch caller {
        case .nonsense: return "nonsense"
        case .forged:
            let parts = (tokens[.buyer] ?? "").split(separator: ".").map(String.init)
            guard parts.count == 3, let claims = Data(base64URLEncoded: parts[1]) else {
                return "forged"
            }
            let altered = String(decoding: claims, as: UTF8.self)
                .replacing("\"buyer\"", with: "\"admin\"")
            return [parts[0], Data(altered.utf8).base64URLEncodedString(), parts[2]]
                .joined(separator: ".")
        default: return tokens[caller]
        }
    }

    private func credential(of caller: Caller, for line: AccessLine) throws -> String? {
        let key = try Secrets(folder: platform.ready.secretsFolder).key(.serviceCredential)
        // The name that would help most.
        let wanted = line.who.allowed.intersection(Caller.services).map(\.rawValue).min()
        switch caller {
        case .forgedService:
            return ServiceCredential(key: SymmetricKey(size: .bits256))
                .issue(as: wanted ?? operatorName)
        case .expiredService:
            return ServiceCredential(key: key)
                .issue(as: wanted ?? operatorName, now: Date() - 360)
        default:
            return Caller.services.contains(caller)
                ? ServiceCredential(key: key).issue(as: caller.rawValue) : nil
        }
    }
}
