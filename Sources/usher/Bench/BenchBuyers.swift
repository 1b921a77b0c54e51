import Contracts
import RPC
import SeatingPlan
import ServiceKit
import Synchronization
import Wire

/// People with seats of the demo's stadium to hold.
final class BenchBuyers: Sendable {
    /// People at once, at most.
    static let countMax = 64

    let operations: Operations
    let sessions: [AuthV1.Session]
    let eventID: String
    /// Seats that anybody may hold alone.
    private let seats: [String]
    private let nextSeat: Mutex<Int>

    /// Logs everybody in, which may take a second each; makes their accounts where they are not there
    /// yet.
    ///
    /// - Throws: `StartError` where the demo's stadium is not on sale.
    init(_ operations: Operations, _ progress: inout BenchProgress) async throws {
        progress.begin("\(Self.countMax) buyers log in")
        self.operations = operations
        var sessions: [AuthV1.Session] = []
        for number in 0..<Self.countMax {
            let person = DemoPeople.Person(
                email: "bench-\(number)@example.org", password: "correct horse battery",
                name: "Bench \(number)", role: "buyer")
            try await operations.ensureAccount(person, roles: [.buyer])
            guard let session = try await operations.logIn(person).session else {
                throw StartError("\(person.email) cannot log in.")
            }
            sessions.append(session)
            progress.round("\(sessions.count) of \(Self.countMax) buyers are logged in")
        }
        self.sessions = sessions
        let list = try await operations.callEvent(
            EventV1.EventService.listEvents, as: sessions[0], .with { $0.pageSize = 100 })
        guard let event = list.events.first(where: { $0.title == "Cup final" }) else {
            throw StartError("The demo's stadium is not on sale.", advice: "Run usher up --demo.")
        }
        eventID = event.eventID
        let layout = try PlanLayout(DemoPlans.stadium())
        seats = (0..<layout.seatCount).filter { layout.accessibility(at: $0) == nil }
            .compactMap { layout.seatGUID(at: $0) }
        // Not where an earlier run has begun.
        nextSeat = Mutex(Int.random(in: 0..<max(seats.count, 1)))
    }

    /// Holds a seat that is free, for a buyer by their number.
    ///
    /// - Throws: `StartError` where a hundred in a row are not free.
    func hold(as buyer: Int) async throws -> EventV1.Hold {
        for _ in 0..<100 {
            let seat = nextSeat.withLock { next in
                // Not the next one, for events may refuse to leave a single seat alone.
                next = (next + 7) % seats.count
                return seats[next]
            }
            do {
                let reply = try await operations.callEvent(
                    EventV1.EventService.holdSeats, as: sessions[buyer],
                    .with {
                        $0.eventID = eventID
                        $0.seats = [.with { $0.seatGUID = seat }]
                    })
                if let hold = reply.hold { return hold }
            } catch let error as RPCError {
                guard error.code == .aborted || error.code == .failedPrecondition else {
                    throw error
                }
            }
        }
        throw StartError(
            "A hundred seats in a row are not free.",
            advice: "Wait until unpaid bookings have expired, or start with an empty folder.")
    }

    /// Holds `count` seats each for the first `buyers`, all buyers at once.
    func holds(buyers: Int, count: Int) async throws -> [[EventV1.Hold]] {
        try await each(buyers) { buyer in
            var holds: [EventV1.Hold] = []
            for _ in 0..<count { holds.append(try await self.hold(as: buyer)) }
            return holds
        }
    }

    /// Frees what is held.
    func release(_ holds: [[EventV1.Hold]]) async throws {
        _ = try await each(holds.count) { buyer in
            for hold in holds[buyer] {
                _ = try await self.operations.callEvent(
                    EventV1.EventService.releaseHold, as: self.sessions[buyer],
                    .with {
                        $0.eventID = self.eventID
                        $0.holdID = hold.holdID
                    })
            }
        }
    }

    /// Books what is held, all buyers at once, each one hold after the other.
    func book(_ holds: [[EventV1.Hold]]) async throws {
        _ = try await each(holds.count) { buyer in
            for hold in holds[buyer] {
                let reply = try await self.operations.callBooking(
                    BookingV1.BookingService.createBooking, as: self.sessions[buyer],
                    .with { $0.holdToken = hold.token })
                guard reply.booking != nil else {
                    throw StartError("A hold was booked, and there is no booking.")
                }
            }
        }
    }

    private func each<T: Sendable>(
        _ buyers: Int, _ work: @escaping @Sendable (Int) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: (Int, T).self) { group in
            for buyer in 0..<buyers {
                group.addTask { (buyer, try await work(buyer)) }
            }
            var results: [(Int, T)] = []
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
