import NIOCore
import Testing

@testable import RPC

@Suite("Client link")
struct ClientLinkStateTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func waiting(
        _ call: String, deadline: TimeAmount = .seconds(10), connect: TimeAmount = .seconds(2)
    ) -> ClientLinkState<String>.Waiting {
        .init(call: call, deadline: now + deadline, connectDeadline: now + connect)
    }

    private func link(waitingMax: Int = 10) -> ClientLinkState<String> {
        ClientLinkState(waitingMax: waitingMax, backoff: Backoff())
    }

    /// The name of a submission's case.
    private func name(_ submission: ClientLinkState<String>.Submission) -> String {
        switch submission {
        case .send: "send"
        case .wait: "wait"
        case .connect: "connect"
        case .refuse(let error): error.code.name
        }
    }

    @Test("the first call connects, the next wait, then they go in order")
    func connecting() {
        var link = link()
        #expect(name(link.submit(waiting("a"), hasRoom: false)) == "connect")
        #expect(name(link.submit(waiting("b"), hasRoom: false)) == "wait")
        #expect(link.takeWaiting() == nil)
        link.connected()
        #expect(name(link.submit(waiting("c"), hasRoom: true)) == "wait")
        #expect(link.takeWaiting() == "a")
        #expect(link.takeWaiting() == "b")
        #expect(link.takeWaiting() == "c")
        #expect(link.takeWaiting() == nil)
        #expect(name(link.submit(waiting("d"), hasRoom: true)) == "send")
        #expect(name(link.submit(waiting("e"), hasRoom: false)) == "wait")
    }

    @Test("failures pause longer and longer, up to the limit; success starts over")
    func backoff() throws {
        var link = link()
        _ = link.submit(waiting("a", deadline: .hours(1), connect: .hours(1)), hasRoom: false)
        var pauses: [TimeAmount] = []
        for _ in 0..<12 {
            let until = link.failed(now: now, random: 1)
            pauses.append(try #require(until) - now)
            #expect(link.pauseEnded() == true)
        }
        #expect(
            pauses.prefix(4) == [
                .milliseconds(20), .milliseconds(40), .milliseconds(80), .milliseconds(160),
            ])
        #expect(pauses.last == .seconds(2))
        link.connected()
        link.succeeded()
        #expect(link.failed(now: now, random: 0) == now + .milliseconds(10))
    }

    @Test("without a waiting call nothing is connected after a pause")
    func idle() {
        var link = link()
        _ = link.submit(waiting("a"), hasRoom: false)
        _ = link.failed(now: now, random: 0)
        #expect(link.expire(now: now + .seconds(2)).map(\.error.code) == [.unavailable])
        #expect(link.pauseEnded() == false)
        #expect(link.phase == .idle)
    }

    @Test("a lost connection is replaced at once if somebody waits")
    func lost() {
        var link = link()
        _ = link.submit(waiting("a"), hasRoom: false)
        link.connected()
        #expect(link.ended() == true)
        #expect(link.phase == .connecting)
    }

    @Test("waiting ends at the deadline, or earlier without a connection")
    func expiry() {
        var link = link()
        _ = link.submit(waiting("short", deadline: .seconds(1)), hasRoom: false)
        _ = link.submit(waiting("long"), hasRoom: false)
        #expect(link.nextDeadline == now + .seconds(1))
        #expect(link.expire(now: now + .seconds(1)).map(\.error.code) == [.deadlineExceeded])
        link.connected()
        #expect(link.expire(now: now + .seconds(5)).isEmpty == true)
        #expect(link.nextDeadline == now + .seconds(10))
        #expect(link.expire(now: now + .seconds(10)).map(\.error.code) == [.deadlineExceeded])
    }

    @Test("the queue is bounded, and closed for good")
    func limits() {
        var link = link(waitingMax: 1)
        _ = link.submit(waiting("a"), hasRoom: false)
        #expect(name(link.submit(waiting("b"), hasRoom: false)) == "ResourceExhausted")
        link.cancel { $0 == "a" }
        #expect(name(link.submit(waiting("c"), hasRoom: false)) == "wait")
        #expect(link.close() == ["c"])
        #expect(name(link.submit(waiting("d"), hasRoom: false)) == "Unavailable")
        link.connected()
        #expect(link.phase == .closed)
        #expect(link.failed(now: now, random: 0) == nil)
    }
}
