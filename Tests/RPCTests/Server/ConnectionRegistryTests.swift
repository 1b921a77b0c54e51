import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import RPC

@Suite("Connection registry", .timeLimit(.minutes(5)))
struct ConnectionRegistryTests {
    @Test("a connection that is closed before it became active gives its place back")
    func neverActive() async throws {
        let registry = ConnectionRegistry(connectionsMax: 1)
        let core = ServerCore(
            router: echoRouter(), limits: ServerLimits(), offersExtension: true,
            logger: Logger(label: "test") { _ in LogRecorder() })
        let group = MultiThreadedEventLoopGroup.singleton
        let added = CounterBox()
        // Nobody listens: the channel gets its handler, and is closed without having been active.
        await #expect(throws: (any Error).self) {
            try await ClientBootstrap(group: group)
                .channelInitializer { channel in
                    let link = ServerLink(
                        core: core, eventLoop: channel.eventLoop, registry: registry)
                    if registry.add(link) { added.add() }
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            ServerChannelHandler(link: link, peer: "nobody"))
                    }
                }
                .connect(unixDomainSocketPath: "/tmp/usher-nobody-\(UUID().uuidString).sock").get()
        }
        #expect(added.count == 1)
        while !registry.add(ServerLink(core: core, eventLoop: group.any(), registry: registry)) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
