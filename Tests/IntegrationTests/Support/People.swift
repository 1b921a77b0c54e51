import Contracts
import Foundation
import JSON
import Logging
import RPC
import ServiceKit
import Synchronization
import Wire

/// Makes people and events to test with.
enum People {
    /// Everybody's.
    static let password = "correct horse battery"

    /// Somebody's account is not there.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// A buyer who has just registered.
    static func buyer(_ platform: Platform) async throws -> APIClient {
        var client = APIClient(platform)
        let answer = try await client.postPatiently(
            "/api/auth/register",
            [
                "email": .string(email()), "password": .string(password),
                "displayName": "Test Buyer",
            ])
        guard let token = answer.json["session"]?["accessToken"]?.string else {
            throw Refused(description: "register: \(answer.text)")
        }
        client.token = token
        return client
    }

    /// Many buyers, a few at a time.
    static func buyers(_ count: Int, _ platform: Platform) async throws -> [APIClient] {
        try await withThrowingTaskGroup(of: APIClient.self) { group in
            var buyers: [APIClient] = []
            for index in 0..<count {
                if index >= 8, let buyer = try await group.next() {
                    buyers.append(buyer)
                }
                group.addTask { try await buyer(platform) }
            }
            for try await buyer in group {
                buyers.append(buyer)
            }
            return buyers
        }
    }

    /// An organiser.
    static func organiser(_ platform: Platform) async throws -> APIClient {
        try await account(platform, [.organiser]).client
    }

    /// An account with any roles, made with the operator's credential, and logged in.
    static func account(
        _ platform: Platform, _ roles: [AuthV1.Role]
    ) async throws -> (client: APIClient, email: String) {
        let email = email()
        try await withClient(platform, of: "auth") { client in
            let key = try Secrets(folder: platform.ready.secretsFolder).key(.serviceCredential)
            var metadata = Metadata()
            metadata.append(
                ServiceCredential(key: key).issue(as: operatorName),
                for: ServiceCredential.metadataKey)
            _ = try await client.call(
                AuthV1.AuthService.createAccount,
                .with {
                    $0.email = email
                    $0.password = password
                    $0.displayName = "Test Person"
                    $0.roles = roles
                }, metadata: metadata, timeout: .seconds(60))
        }
        return (try await logIn(platform, email), email)
    }

    /// Somebody with an account, logged in.
    static func logIn(_ platform: Platform, _ email: String) async throws -> APIClient {
        try await eventually("a log-in of \(email)") {
            var client = APIClient(platform)
            let answer = try await client.post(
                "/api/auth/login", ["email": .string(email), "password": .string(password)])
            client.token = answer.json["session"]?["accessToken"]?.string
            return client.token == nil ? nil : client
        }
    }

    /// Calls a service directly, as another program on this machine can.
    static func withClient<Result>(
        _ platform: Platform, of service: String, _ body: (RPCClient) async throws -> Result
    ) async throws -> Result {
        let client = RPCClient(
            address: .unix(platform.ready.sockets[service] ?? ""))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            return try await body(client)
        }
    }

    /// An address that nobody has.
    static func email() -> String {
        "it-\(UUID().uuidString.lowercased())@example.org"
    }
}

/// An event made for one test.
struct TestEvent: Sendable {
    let platform: Platform
    let organiser: APIClient
    let id: String
    /// The guids of its seats, in the order of their places.
    let seats: [String]

    /// An event on sale, with one row of seats at 20.00 EUR.
    ///
    /// - Parameters:
    ///   - seats: how many.
    ///   - standing: capacity of its standing area; 0 = none.
    ///   - settings: further fields of the event.
    ///   - organiser: whose it is; nil makes somebody.
    init(
        _ platform: Platform, seats: Int, standing: Int = 0, holdSeconds: Int = 600,
        paySeconds: Int = 900, placesPerHold: Int = 10, settings: [String: JSONValue] = [:],
        organiser: APIClient? = nil
    ) async throws {
        self.platform = platform
        if let organiser {
            self.organiser = organiser
        } else {
            self.organiser = try await People.organiser(platform)
        }
        let organiser = self.organiser
        let guids = (1...seats).map { "seat-\($0)" }
        self.seats = guids
        let plan = try await organiser.postPatiently(
            "/api/events/plans", Self.plan(guids, standing: standing))
        guard let planID = plan.json["plan"]?["planId"]?.string else {
            throw People.Refused(description: "plan: \(plan.text)")
        }
        let details: JSONValue = [
            "title": "A test", "venue": "Test hall", "startsAt": "2099-01-01T19:00:00Z",
            "timeZone": "Europe/Berlin", "currency": "EUR", "planId": .string(planID),
            "holdSeconds": .number(JSONNumber(holdSeconds)),
            "paySeconds": .number(JSONNumber(paySeconds)),
            "maxPlacesPerHold": .number(JSONNumber(placesPerHold)),
        ]
        let event = try await organiser.postPatiently(
            "/api/events",
            .object((details.object ?? []) + settings.map { JSONMember($0.key, $0.value) }))
        guard let id = event.json["event"]?["eventId"]?.string else {
            throw People.Refused(description: "event: \(event.text)")
        }
        self.id = id
        let published = try await organiser.postPatiently("/api/events/\(id)/publish", [:])
        guard published.status == 200 else {
            throw People.Refused(description: "publish: \(published.text)")
        }
        // Known to bookings, and with a seat state, a moment later.
        _ = try await eventually("seat state of \(id)") {
            try await states() == "" ? nil : true
        }
        _ = try await eventually("\(id) known to bookings") {
            try await organiser.get("/api/bookings/events/\(id)").status == 200 ? true : nil
        }
    }

    static func plan(_ guids: [String], standing: Int) -> JSONValue {
        let seats = guids.enumerated().map { index, guid -> JSONValue in
            [
                "seat_guid": .string(guid), "seat_number": .string("\(index + 1)"),
                "category": "Parkett",
                "position": ["x": .number(JSONNumber(index * 25)), "y": 0],
            ]
        }
        var zone: [JSONMember] = [
            JSONMember("name", "Saal"), JSONMember("position", ["x": 0, "y": 0]),
            JSONMember(
                "rows",
                .array([
                    ["row_number": "1", "position": ["x": 0, "y": 0], "seats": .array(seats)]
                ])),
        ]
        if standing > 0 {
            zone.append(
                JSONMember(
                    "areas",
                    [
                        [
                            "shape": "rectangle", "position": ["x": 0, "y": 100],
                            "rectangle": ["width": 100, "height": 50],
                            "x-usher": [
                                "capacity": .number(JSONNumber(standing)), "category": "Parkett",
                            ],
                        ]
                    ]))
        }
        return [
            "name": "Test hall", "size": ["width": 1000, "height": 500],
            "categories": [
                [
                    "name": "Parkett", "color": "#336699",
                    "x-usher": ["price_minor": 2000, "currency": "EUR"],
                ]
            ],
            "zones": [.object(zone)],
        ]
    }

    /// A letter per place; empty while there is no seat state.
    func states() async throws -> String {
        let answer = try await APIClient(platform).get("/api/events/\(id)/seats")
        return answer.status == 200 ? answer.json["states"]?.string ?? "" : ""
    }

    /// Holds seats by their places.
    func hold(_ places: [Int], as buyer: APIClient) async throws -> APIClient.Answer {
        let choices = places.map { place -> JSONValue in ["seatGuid": .string(seats[place])] }
        return try await buyer.post("/api/events/\(id)/holds", ["seats": .array(choices)])
    }
}

extension APIClient.Answer {
    /// The token of the hold that was answered.
    var holdToken: String {
        json["hold"]?["token"]?.string ?? ""
    }

    /// The id of the booking that was answered.
    var bookingID: String {
        json["booking"]?["bookingId"]?.string ?? ""
    }
}

extension APIClient {
    /// Books a hold.
    func book(_ token: String) async throws -> Answer {
        try await post("/api/bookings", ["holdToken": .string(token)])
    }

    /// Pays a booking with a test card.
    func pay(_ booking: String, card: String = "4242424242424242") async throws -> Answer {
        try await post(
            "/api/payments", ["bookingId": .string(booking), "paymentToken": .string(card)])
    }

    /// The booking's state, once it is the one waited for.
    func waitForBooking(_ id: String, _ state: String) async throws {
        _ = try await eventually("booking \(id) \(state)") {
            let answer = try await get("/api/bookings/\(id)")
            return answer.json["booking"]?["state"]?.string == state ? true : nil
        }
    }
}
