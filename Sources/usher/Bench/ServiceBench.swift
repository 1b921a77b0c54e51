import Contracts
import Foundation
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// Holds by the event service's RPC, as the gateway makes them.
struct ServiceBench {
    /// People who hold at once.
    private static let buyers = 64
    /// Seats that each of them holds before all are freed again.
    private static let holdsEach = 10

    let report: ReadyReport

    /// Holds so many seats and prints how long it took.
    func run(holds: Int) async throws {
        let secrets = try Secrets(folder: report.secretsFolder)
        try await Operations.with(runFolder: report.runFolder, secrets: secrets) { operations in
            let sessions = try await sessions(operations)
            let list = try await operations.callEvent(
                EventV1.EventService.listEvents, as: sessions[0], .with { $0.pageSize = 100 })
            guard let event = list.events.first(where: { $0.title == "Cup final" }) else {
                throw StartError(
                    "The demo's stadium is not on sale.", advice: "Run usher up --demo.")
            }
            let layout = try PlanLayout(DemoPlans.stadium())
            // Seats that anybody may hold alone.
            let seats = (0..<layout.seatCount).filter { layout.accessibility(at: $0) == nil }
                .compactMap { layout.seatGUID(at: $0) }
            var time = Duration.zero
            let rounds = max(holds / (Self.buyers * Self.holdsEach), 1)
            for _ in 0..<rounds {
                let start = ContinuousClock.now
                let held = try await round(operations, sessions, event.eventID, seats)
                time += ContinuousClock.now - start
                try await release(operations, held, event.eventID)
            }
            let count = rounds * Self.buyers * Self.holdsEach
            print(
                "service, \(Self.buyers) in flight: "
                    + "\(Int(Double(count) / (time / .seconds(1)))) holds/s")
        }
    }

    private func sessions(_ operations: Operations) async throws -> [AuthV1.Session] {
        var sessions: [AuthV1.Session] = []
        for number in 0..<Self.buyers {
            let person = DemoPeople.Person(
                email: "bench-\(number)@example.org", password: "correct horse battery",
                name: "Bench \(number)", role: "buyer")
            try await operations.ensureAccount(person, roles: [.buyer])
            guard let session = try await operations.logIn(person).session else {
                throw StartError("\(person.email) cannot log in.")
            }
            sessions.append(session)
        }
        return sessions
    }

    private func round(
        _ operations: Operations, _ sessions: [AuthV1.Session], _ event: String,
        _ seats: [String]
    ) async throws -> [(AuthV1.Session, String)] {
        try await withThrowingTaskGroup(of: [(AuthV1.Session, String)].self) { group in
            for (number, session) in sessions.enumerated() {
                group.addTask {
                    var held: [(AuthV1.Session, String)] = []
                    for index in 0..<Self.holdsEach {
                        let place = (number * Self.holdsEach + index) * 64
                        let reply = try await operations.callEvent(
                            EventV1.EventService.holdSeats, as: session,
                            .with {
                                $0.eventID = event
                                $0.seats = [.with { $0.seatGUID = seats[place] }]
                            })
                        held.append((session, reply.hold?.holdID ?? ""))
                    }
                    return held
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func release(
        _ operations: Operations, _ holds: [(AuthV1.Session, String)], _ event: String
    ) async throws {
        for (session, hold) in holds {
            _ = try await operations.callEvent(
                EventV1.EventService.releaseHold, as: session,
                .with {
                    $0.eventID = event
                    $0.holdID = hold
                })
        }
    }
}
