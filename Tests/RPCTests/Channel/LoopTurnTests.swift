import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import RPC

/// A loop that always has something to do looks after its sockets all the same.
@Suite("Loop turns", .timeLimit(.minutes(5)))
struct LoopTurnTests {
    /// Far more than a turn has.
    private static let many = 1_000_000

    @Test("what waits goes on in order, and whoever needs a whole turn lets the others have theirs")
    func order() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let turn = LoopTurn(eventLoop: loop)
        let order = try await loop.submit { () -> EventLoopFuture<[String]> in
            let done = loop.makePromise(of: [String].self)
            var order: [String] = []
            func greedy(_ count: Int) {
                order.append("greedy \(count)")
                turn.take(LoopTurn.stepsMax)
                if count < 3 { turn.later { greedy(count + 1) } }
            }
            turn.later { greedy(1) }
            turn.later { order.append("modest") }
            turn.later { greedy(3) }
            turn.later {
                order.append("last")
                done.succeed(order)
            }
            return done.futureResult
        }.flatMap { $0 }.get()
        #expect(order == ["greedy 1", "modest", "greedy 3", "last"])
    }

    @Test("mailboxes that are never empty, and jobs that never stop, let their loop read")
    func endless() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let path = "/tmp/usher-turn-\(UUID().uuidString.prefix(8)).sock"
        let (accepted, starved, ended) = (CounterBox(), CounterBox(), CounterBox())
        let listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                accepted.add()
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(unixDomainSocketPath: path).get()

        /// Whether the loop has still not looked; `count` is how often this was asked.
        @Sendable func mustGoOn(_ count: Int) -> Bool {
            if accepted.count == 0 {
                if count < Self.many { return true }
                starved.add()
            }
            ended.add()
            return false
        }
        let mailboxes = (0..<2).map { _ in LoopMailbox<Int>(eventLoop: loop) }
        let executor = HandlerExecutor(eventLoop: loop)
        let client = try await loop.submit { () -> EventLoopFuture<any Channel> in
            for mailbox in mailboxes {
                mailbox.setReceiver { numbers in
                    for number in numbers where mustGoOn(number) { mailbox.post(number + 1) }
                }
                mailbox.post(0)
            }
            Task(executorPreference: executor) {
                var count = 0
                while mustGoOn(count) {
                    count += 1
                    await Task.yield()
                }
            }
            // Made at once; that it is accepted takes a look at the listening socket.
            return ClientBootstrap(group: loop).connect(unixDomainSocketPath: path)
        }.flatMap { $0 }.get()

        while ended.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(starved.count == 0)
        #expect(accepted.count == 1)
        try await loop.submit { for mailbox in mailboxes { mailbox.setReceiver(nil) } }.get()
        try await client.close()
        try await listener.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Runs jobs where they become ready: who waits for the loop goes on there and then.
    private final class Inline: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    @Test("a writer that is always as quick as its connection hears that its stream is over")
    func quickWriter() async throws {
        var limits = RPCServerConfiguration()
        limits.limits.stream.messagesMax = 16
        try await withEchoServer(configuration: limits) { server in
            var configuration = RPCClientConfiguration()
            configuration.timeout = .seconds(120)
            configuration.connectWait = .seconds(60)
            configuration.asksForExtension = false
            // Room for all that is written here.
            configuration.outboundSizeMax = 64 << 20
            let client = RPCClient(address: server.address, configuration: configuration)
            let written = CounterBox()
            let error = await #expect(throws: RPCError.self) {
                try await withTaskExecutorPreference(Inline()) {
                    _ = try await client.withClientStream(EchoService.deaf) { requests in
                        while written.add() < Self.many {
                            try await requests.write(StringValue("x"))
                        }
                    }
                }
            }
            #expect(error?.code == .resourceExhausted)
            #expect(written.count < Self.many)
            await client.close()
        }
    }
}
