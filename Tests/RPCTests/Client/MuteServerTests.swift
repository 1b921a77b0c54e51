import Glibc
import NIOCore
import Testing

@testable import RPC

/// Servers that take connections and then say nothing, over real sockets.
@Suite("Mute servers", .timeLimit(.minutes(5)))
struct MuteServerTests {
    private static let patience = Duration.seconds(120)

    private func client(
        _ server: FrameServer, outboundSizeMax: Int = 1 << 20, asksForExtension: Bool = true
    ) -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.connectWait = .seconds(60)
        configuration.silence = SilenceSettings(callsMax: 3, timeMin: .milliseconds(1))
        configuration.outboundSizeMax = outboundSizeMax
        configuration.asksForExtension = asksForExtension
        return RPCClient(address: .unix(server.path), configuration: configuration)
    }

    /// Calls with growing deadlines, half a minute in all, until one is answered; how many were not.
    private func callsInVain(_ client: RPCClient, _ value: String = "") async throws -> Int {
        for attempt in 0..<35 {
            do {
                _ = try await client.call(
                    EchoService.yielding, StringValue(value),
                    timeout: .milliseconds(50 * (attempt + 1)))
                return attempt
            } catch {
                #expect(error.code == .deadlineExceeded)
            }
        }
        throw RPCError(.deadlineExceeded, "the working server was never reached")
    }

    @Test(
        "one that answers nothing is given up after three calls; what may be sent again is",
        arguments: [true, false])
    func mute(asksForExtension: Bool) async throws {
        let (toMute, connections) = (CounterBox(), CounterBox())
        let server = try await FrameServer.start { frame, connection in
            if connection > connections.count { connections.add() }
            guard connection > 1 else {
                if frame.type == .request, !frame.isHello { toMute.add() }
                return []
            }
            return frame.type == .request ? [frame.emptyReply()] : []
        }
        let client = client(server, asksForExtension: asksForExtension)
        func code(_ body: @Sendable @escaping () async throws -> Void) -> Task<RPCCode, Never> {
            Task {
                do {
                    try await body()
                    return .ok
                } catch {
                    return (error as? RPCError)?.code ?? .unknown
                }
            }
        }
        let patient = [EchoService.unary, EchoService.yielding].map { method in
            code { _ = try await client.call(method, StringValue(), timeout: Self.patience) }
        }
        let stream = code {
            try await client.withServerStream(
                EchoService.flood, StringValue(), timeout: Self.patience
            ) { messages in
                for try await _ in messages {}
            }
        }
        while toMute.count < 3 { try await Task.sleep(for: .milliseconds(1)) }
        let inVain = try await callsInVain(client)
        #expect(inVain >= 3)
        #expect(toMute.count >= 6)
        #expect(connections.count >= 2)
        // The first is idempotent.
        #expect(await patient[0].value == .ok)
        #expect(await patient[1].value == .unavailable)
        #expect(await stream.value == .unavailable)
        await client.close()
        try await server.stop()
    }

    @Test("one that does not even read is given up, though most calls were never sent")
    func deaf() async throws {
        let connections = CounterBox()
        let server = try await FrameServer.start(deafConnections: 1) { frame, connection in
            if connection > connections.count + 1 { connections.add() }
            return frame.type == .request ? [frame.emptyReply()] : []
        }
        let client = client(server, outboundSizeMax: 64 << 10)
        let long = String(repeating: "x", count: 2 << 20)
        #expect(try await callsInVain(client, long) >= 3)
        #expect(connections.count >= 1)
        await client.close()
        try await server.stop()
    }

    @Test("TCP looks after connections that stand still, on both sides")
    func tcpKeepAlive() async throws {
        try await withEchoServer { server in
            guard case .tcp(_, let port) = server.addresses[1] else {
                Issue.record("no TCP address")
                return
            }
            let client = patientClient(server.addresses[1])
            _ = try await client.call(EchoService.unary, StringValue("a"))
            let flags = Self.keepAliveFlags(port: UInt16(port))
            #expect(flags.count >= 2)
            #expect(flags.allSatisfy { $0 != 0 }, "\(flags)")
            await client.close()
        }
    }

    /// SO_KEEPALIVE of this process' connections that have the port on one end, 0 for off.
    private static func keepAliveFlags(port: UInt16) -> [CInt] {
        typealias NameOf = (CInt, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?)
            -> CInt
        func end(_ descriptor: CInt, _ name: NameOf) -> UInt16? {
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    name(descriptor, $0, &size)
                }
            }
            guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
            return UInt16(bigEndian: address.sin_port)
        }
        return (0..<4096).compactMap { (descriptor: CInt) -> CInt? in
            guard let local = end(descriptor, getsockname), let peer = end(descriptor, getpeername),
                local == port || peer == port
            else { return nil }
            var flag: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &flag, &size) == 0 else {
                return nil
            }
            return flag
        }
    }
}
