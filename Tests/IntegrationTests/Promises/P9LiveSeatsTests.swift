import Contracts
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import RPC
import Testing
import Wire

/// P9: readers of the seat map get a snapshot with a version and numbered changes; a gap is seen
/// and repaired; from commit to a reader p99 ≤ 1 s.
@Suite("P9: live seats", .serialized)
struct P9LiveSeatsTests {
    @Test("without a look at the numbers, a lost change is never noticed")
    func breach() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 40)
        let buyer = try await People.buyer(platform)
        var naive = SeatListener.Manner(checksNumbers: false, losesEvery: 3)
        let blind = try await SeatListener(
            platform, event: event.id, address: Self.address(1), manner: naive)
        naive.checksNumbers = true
        let careful = try await SeatListener(
            platform, event: event.id, address: Self.address(2), manner: naive)
        let sound = try await SeatListener(platform, event: event.id, address: Self.address(3))
        for listener in [blind, careful, sound] {
            _ = try await eventually("a first state") { listener.hasLetters ? true : nil }
        }
        for place in 0..<8 {
            let hold = try await event.hold([place], as: buyer)
            #expect(hold.status == 201, "\(hold.text)")
            // Far enough apart to be told one by one.
            let number = try #require(hold.version)
            _ = try await eventually("the change") { sound.number >= number ? true : nil }
        }
        let states = try await event.states()
        #expect(String(decoding: sound.heard.letters, as: UTF8.self) == states)
        #expect(sound.heard.gaps == 0)
        // The breach: it believes what is not so.
        #expect(String(decoding: blind.heard.letters, as: UTF8.self) != states)
        // With the numbers it is seen, and a new snapshot repairs it.
        #expect(careful.heard.gaps > 0)
        let again = try await SeatListener(platform, event: event.id, address: Self.address(2))
        _ = try await eventually("the repair") { again.hasLetters ? true : nil }
        #expect(String(decoding: again.heard.letters, as: UTF8.self) == states)
        for listener in [blind, careful, sound, again] { await listener.close() }
    }

    @Test("1,000 listeners during 300 holds a second: all end at the snapshot, some cut on the way")
    func crowd() async throws {
        let platform = try await Platform.shared()
        let (count, rate, seconds) = (1_000, 300, 10)
        let event = try await TestEvent(
            platform, seats: rate * seconds, placesPerHold: 100)
        let buyers = try await People.buyers(60, platform)
        let listeners = try await Self.listeners(count, to: event)
        for listener in listeners {
            _ = try await eventually("everybody's first state") {
                listener.hasLetters ? true : nil
            }
        }
        async let holds = Self.hold(event, buyers, rate: rate)
        try await Task.sleep(for: .seconds(seconds / 2))
        let resumed = try await Self.cut(listeners.prefix(20).map { $0 }, event)
        let (made, time) = try await holds
        #expect(made == rate * seconds)

        let snapshot = try await APIClient(platform).get("/api/events/\(event.id)/seats")
        let last = UInt64(snapshot.json["version"]?["number"]?.string ?? "") ?? 0
        let states = Array((snapshot.json["states"]?.string ?? "").utf8)
        #expect(last > UInt64(made))
        let rest = listeners.dropFirst(20) + resumed
        for listener in rest {
            _ = try await eventually("everybody at version \(last)") {
                listener.number == last ? true : nil
            }
        }
        var latencies: [Int64] = []
        for listener in rest {
            let heard = listener.heard
            #expect(heard.letters == states)
            #expect(heard.gaps == 0)
            latencies += heard.latencies
        }
        // Who was cut went on where it was: no second snapshot.
        #expect(resumed.map(\.heard.snapshots).reduce(0, +) == 0)
        #expect(resumed.allSatisfy { $0.heard.changes > 0 })
        latencies.sort()
        let p99 = latencies[latencies.count * 99 / 100]
        let p50 = latencies[latencies.count / 2]
        print(
            "live seats: \(count) listeners, \(made) holds in \(time) "
                + "(\(Int(Double(made) / (time / .seconds(1))))/s), \(latencies.count) events; "
                + "commit to listener p50 \(p50) ms, p99 \(p99) ms, "
                + "max \(latencies.last ?? 0) ms")
        #expect(p99 <= 4_000)
        for listener in rest { await listener.close() }
    }

    @Test("a snapshot comes as JSON or in half a byte a place, and only when it has changed")
    func snapshots() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 5)
        let buyer = try await People.buyer(platform)
        _ = try await event.hold([1], as: buyer)
        let path = "/api/events/\(event.id)/seats"
        let json = try await buyer.get(path)
        let tag = json.headers.first(name: "etag") ?? ""
        let version = json.json["version"]
        #expect(
            tag == "\"\(version?["generation"]?.string ?? "").\(version?["number"]?.string ?? "")\""
        )
        let same = try await buyer.send(.GET, path, headers: [("if-none-match", tag)])
        #expect(same.status == 304)
        #expect(same.bytes.isEmpty)
        let binary = try await buyer.send(
            .GET, path, headers: [("accept", "application/octet-stream")])
        #expect(binary.headers.first(name: "content-type") == "application/octet-stream")
        #expect(binary.bytes.prefix(4) == Array("USM1".utf8)[...])
        #expect(binary.bytes.suffix(3) == [0x21, 0x11, 0x01])
        _ = try await event.hold([2], as: buyer)
        let other = try await buyer.send(.GET, path, headers: [("if-none-match", tag)])
        #expect(other.status == 200)
    }

    @Test("there is nothing to listen to where there is no event")
    func unknown() async throws {
        let client = APIClient(try await Platform.shared())
        for id in ["evt_nothing", "evt_01jd0000000000000000000000"] {
            let answer = try await client.get("/api/events/\(id)/seats/live")
            #expect(answer.status == 404, "\(answer.text)")
        }
    }
}

extension P9LiveSeatsTests {
    private static func address(_ number: Int) -> String {
        "127.\(220 + number / 62_500).\(number / 250 % 250).\(1 + number % 250)"
    }

    private static func listeners(
        _ count: Int, to event: TestEvent
    ) async throws -> [SeatListener] {
        try await withThrowingTaskGroup(of: SeatListener.self) { group in
            var listeners: [SeatListener] = []
            for number in 0..<count {
                if number >= 32, let listener = try await group.next() {
                    listeners.append(listener)
                }
                group.addTask {
                    try await SeatListener(
                        event.platform, event: event.id, address: address(100 + number))
                }
            }
            for try await listener in group { listeners.append(listener) }
            return listeners
        }
    }

    /// Cuts connections and comes back with what was heard on them.
    private static func cut(
        _ listeners: [SeatListener], _ event: TestEvent
    ) async throws -> [SeatListener] {
        var resumed: [SeatListener] = []
        for (number, listener) in listeners.enumerated() {
            await listener.close()
            resumed.append(
                try await SeatListener(
                    event.platform, event: event.id, address: address(2_000 + number),
                    before: listener.heard))
        }
        return resumed
    }

    /// Holds every seat of an event, one by one, at a rate; how many, and in what time.
    private static func hold(
        _ event: TestEvent, _ buyers: [APIClient], rate: Int
    ) async throws -> (Int, Duration) {
        try await People.withClient(event.platform, of: "event") { client in
            let start = ContinuousClock.now
            let held = try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, buyer) in buyers.enumerated() {
                    group.addTask {
                        var metadata = Metadata()
                        metadata.append("Bearer \(buyer.token ?? "")", for: "authorization")
                        var held = 0
                        for place in stride(from: index, to: event.seats.count, by: buyers.count) {
                            try await Task.sleep(
                                until: start + .seconds(Double(place) / Double(rate)))
                            let reply = try await client.call(
                                EventV1.EventService.holdSeats,
                                .with {
                                    $0.eventID = event.id
                                    $0.seats = [.with { $0.seatGUID = event.seats[place] }]
                                }, metadata: metadata, timeout: .seconds(60))
                            held += reply.hold == nil ? 0 : 1
                        }
                        return held
                    }
                }
                return try await group.reduce(0, +)
            }
            return (held, ContinuousClock.now - start)
        }
    }
}

extension APIClient.Answer {
    /// Number of the seat state right after the hold that was answered.
    fileprivate var version: UInt64? {
        (json["hold"]?["version"]?["number"]?.string).flatMap { UInt64($0) }
    }
}
