import Logging
import NIOCore
import NIOPosix
import PeerSupport
import Testing

@testable import RPC

/// TLS and mTLS below the framing, over real sockets.
@Suite("TLS", .timeLimit(.minutes(3)))
struct TLSTests {
    private let certificates: TestCertificates
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        certificates = try TestCertificates.shared.get()
    }

    private func serving(
        asksForCertificate: Bool = false, handshakeTimeout: TimeAmount = .seconds(60)
    ) throws -> RPCServerConfiguration {
        var configuration = RPCServerConfiguration()
        configuration.tls = try ServerTLS(
            certificate: certificates.server.certificate, key: certificates.server.key,
            clientRoots: asksForCertificate ? certificates.authority.roots : nil,
            handshakeTimeout: handshakeTimeout, logger: logger)
        return configuration
    }

    /// Calls once on TCP; the client tries for as long as a slow machine needs, which is spent in
    /// full where there is to be no connection.
    private func call(
        _ server: EchoServer, _ tls: ClientTLS?, within wait: TimeAmount = .seconds(60)
    ) async throws -> String {
        var configuration = RPCClientConfiguration()
        configuration.tls = tls
        configuration.connectTimeout = .seconds(30)
        configuration.connectWait = wait
        configuration.timeout = .seconds(120)
        let client = RPCClient(address: server.addresses[1], configuration: configuration)
        do {
            let reply = try await client.call(EchoService.identity, StringValue("x"))
            await client.close()
            return reply.value
        } catch {
            await client.close()
            throw error
        }
    }

    private func expectUnavailable(
        _ text: String, _ body: () async throws -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        do {
            let reply = try await body()
            Issue.record("answered: \(reply)", sourceLocation: sourceLocation)
        } catch {
            let error = error as? RPCError
            #expect(error?.code == .unavailable, sourceLocation: sourceLocation)
            #expect(
                error?.message.contains(text) == true, "\(String(describing: error))",
                sourceLocation: sourceLocation)
        }
    }

    @Test("calls, streams and large messages go through, on unix sockets plainly")
    func works() async throws {
        try await withEchoServer(configuration: try serving()) { server in
            var configuration = RPCClientConfiguration()
            configuration.timeout = .seconds(120)
            configuration.connectTimeout = .seconds(30)
            configuration.connectWait = .seconds(60)
            configuration.tls = try ClientTLS(roots: certificates.authority.roots, logger: logger)
            for address in server.addresses {
                let client = RPCClient(address: address, configuration: configuration)
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for index in 0..<300 {
                        group.addTask {
                            try await client.call(EchoService.unary, StringValue("\(index)")).value
                                == "\(index)"
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
                let long = StringValue(String(repeating: "ü", count: 1_000_000))
                #expect(try await client.call(EchoService.unary, long).value == long.value)
                let count = try await client.withBidirectionalStream(EchoService.bidi) {
                    writer, replies in
                    for _ in 0..<20 { try await writer.write(StringValue("x")) }
                    writer.finish()
                    return try await replies.reduce(into: 0) { count, _ in count += 1 }
                }
                #expect(count == 20)
                await client.close()
            }
        }
    }

    @Test("the server's certificate must have the name that is connected to")
    func names() async throws {
        let roots = certificates.authority.roots
        try await withEchoServer(configuration: try serving()) { server in
            let named = try ClientTLS(roots: roots, serverName: "localhost", logger: logger)
            #expect(try await call(server, named) == "nobody")
            let address = try ClientTLS(roots: roots, logger: logger)
            #expect(try await call(server, address) == "nobody")
            let wrong = try ClientTLS(roots: roots, serverName: "other.example", logger: logger)
            // Though the certificate is good for the address that was connected to.
            await expectUnavailable("does not have the name") {
                try await call(server, wrong, within: .seconds(20))
            }
        }
    }

    @Test(
        "names of certificates stand for hosts",
        arguments: [
            ("localhost", "localhost", true), ("a.example", "A.Example.", true),
            ("a.example", "b.example", false), ("a.example", "a.example.org", false),
            ("*.example.org", "a.example.org", true), ("*.example.org", "example.org", false),
            ("*.example.org", "a.b.example.org", false), ("a.*.org", "a.b.org", false),
            ("*", "localhost", false), ("*.org", "example.org", false), ("", "", true),
            ("a.example", "", false),
        ])
    func hostNames(name: String, host: String, isGood: Bool) {
        var identity = PeerIdentity()
        identity.dnsNames = ["other.example", name]
        #expect(identity.hasName(host) == isGood)
    }

    @Test("a server of an authority that nobody knows is not called")
    func untrusted() async throws {
        try await withEchoServer(configuration: try serving()) { server in
            let foreign = try ClientTLS(roots: certificates.stranger.roots, logger: logger)
            await expectUnavailable("no authority in our roots") {
                try await call(server, foreign, within: .seconds(20))
            }
            // Nor is it one of those that the machine trusts.
            let machine = try ClientTLS(logger: logger)
            await expectUnavailable("no authority in our roots") {
                try await call(server, machine, within: .seconds(20))
            }
        }
    }

    @Test("mTLS: the handler sees who calls; without a certificate of the authority nobody does")
    func mutual() async throws {
        let roots = certificates.authority.roots
        try await withEchoServer(configuration: try serving(asksForCertificate: true)) { server in
            let good = try ClientTLS(
                roots: roots, certificate: certificates.client.certificate,
                key: certificates.client.key, logger: logger)
            #expect(
                try await call(server, good)
                    == "booking.usher.test spiffe://usher/booking 10.0.0.7")
            let anonymous = try ClientTLS(roots: roots, logger: logger)
            await expectUnavailable("give this client one") { try await call(server, anonymous) }
            let foreign = try ClientTLS(
                roots: roots, certificate: certificates.strangers.certificate,
                key: certificates.strangers.key, logger: logger)
            await expectUnavailable("look at its file of roots") {
                try await call(server, foreign)
            }
        }
    }

    @Test("a plain client at a TLS port and a TLS client at a plain one are turned away")
    func mixedUp() async throws {
        try await withEchoServer(configuration: try serving()) { server in
            await expectUnavailable("the connection was closed") { try await call(server, nil) }
            let tls = try ClientTLS(roots: certificates.authority.roots, logger: logger)
            #expect(try await call(server, tls) == "nobody")
        }
        try await withEchoServer { server in
            let tls = try ClientTLS(roots: certificates.authority.roots, logger: logger)
            await expectUnavailable("") { try await call(server, tls, within: .seconds(20)) }
            #expect(try await call(server, nil) == "nobody")
        }
    }

    @Test("a peer that does not shake hands is closed")
    func silent() async throws {
        let configuration = try serving(handshakeTimeout: .milliseconds(50))
        try await withEchoServer(configuration: configuration) { server in
            guard case .tcp(let host, let port) = server.addresses[1] else { return }
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: host, port: port).get()
            try await channel.closeFuture.get()
        }
    }

    @Test("Go calls by TLS, and by mTLS")
    func go() async throws {
        let peer = try await TtrpcPeer.go()
        let roots = ["-roots", certificates.authority.roots]
        let pair = [
            "-certificate", certificates.client.certificate, "-key", certificates.client.key,
        ]
        try await withEchoServer(configuration: try serving(asksForCertificate: true)) { server in
            let address = server.addresses[1]
            let echo = try await peer.call(
                address, EchoService.name, "Unary", "0a0161", options: roots + pair)
            #expect(echo == TtrpcPeer.Result(status: 0, output: "0a0161"))
            let anonymous = try await peer.call(
                address, EchoService.name, "Unary", "0a0161", options: roots)
            #expect(anonymous.status != 0)
        }
    }
}
