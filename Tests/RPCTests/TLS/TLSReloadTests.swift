import Foundation
import Logging
import NIOCore
import Testing

@testable import RPC

/// Certificates change while calls go on.
@Suite("TLS reload", .timeLimit(.minutes(3)))
struct TLSReloadTests {
    private let certificates: TestCertificates
    private let files: TestAuthority
    private let log = LogRecorder()

    init() throws {
        certificates = try TestCertificates.shared.get()
        files = try TestAuthority()
        try put(certificates.server)
    }

    private var certificate: String { files.path("current.pem") }
    private var key: String { files.path("current.key") }

    private func put(_ pair: TestAuthority.Pair) throws {
        try Data(contentsOf: URL(filePath: pair.key)).write(to: URL(filePath: key))
        try Data(contentsOf: URL(filePath: pair.certificate)).write(
            to: URL(filePath: certificate))
    }

    private func serverTLS(lookInterval: TimeAmount) throws -> ServerTLS {
        try ServerTLS(
            certificate: certificate, key: key, lookInterval: lookInterval,
            logger: Logger(label: "test") { _ in log })
    }

    private func client(
        _ server: EchoServer, trusting authority: TestAuthority, connectWait: TimeAmount
    ) throws -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.connectTimeout = .seconds(30)
        configuration.connectWait = connectWait
        configuration.timeout = .seconds(60)
        configuration.tls = try ClientTLS(
            roots: authority.roots, logger: Logger(label: "test") { _ in log })
        return RPCClient(address: server.addresses[1], configuration: configuration)
    }

    /// Whether a new connection finds a server of that authority.
    private func isAnswered(
        _ server: EchoServer, trusting authority: TestAuthority,
        within wait: TimeAmount = .minutes(1)
    ) async throws -> Bool {
        let client = try client(server, trusting: authority, connectWait: wait)
        let reply = try? await client.call(EchoService.unary, StringValue("a"))
        await client.close()
        return reply?.value == "a"
    }

    @Test("a call to reload: new connections get the new certificate, those that are open go on")
    func reload() async throws {
        let tls = try serverTLS(lookInterval: .hours(1))
        var configuration = RPCServerConfiguration()
        configuration.tls = tls
        try await withEchoServer(configuration: configuration) { server in
            let old = try client(
                server, trusting: certificates.authority, connectWait: .minutes(1))
            try await old.withBidirectionalStream(EchoService.bidi) { writer, replies in
                var replies = replies.makeAsyncIterator()
                try await writer.write(StringValue("before"))
                #expect(try await replies.next()?.value == "before")

                #expect(try tls.reload() == false)
                try put(certificates.strangers)
                #expect(try tls.reload())
                #expect(try await isAnswered(server, trusting: certificates.stranger))
                #expect(
                    try await !isAnswered(
                        server, trusting: certificates.authority, within: .seconds(2)))

                try await writer.write(StringValue("after"))
                #expect(try await replies.next()?.value == "after")
                writer.finish()
            }
            #expect(try await old.call(EchoService.unary, StringValue("b")).value == "b")
            await old.close()
        }
    }

    @Test("changed files are seen without a call, under traffic that loses nothing")
    func looks() async throws {
        var configuration = RPCServerConfiguration()
        configuration.tls = try serverTLS(lookInterval: .zero)
        try await withEchoServer(configuration: configuration) { server in
            let old = try client(
                server, trusting: certificates.authority, connectWait: .minutes(1))
            #expect(try await old.call(EchoService.unary, StringValue("a")).value == "a")
            try await withThrowingTaskGroup(of: Int.self) { group in
                let isOver = CounterBox()
                group.addTask {
                    var count = 0
                    while isOver.count == 0 {
                        _ = try await old.call(EchoService.yielding, StringValue("\(count)"))
                        count += 1
                    }
                    return count
                }
                try put(certificates.strangers)
                var isSeen = false
                let end = ContinuousClock.now + .seconds(60)
                while !isSeen, .now < end {
                    isSeen = try await isAnswered(
                        server, trusting: certificates.stranger, within: .seconds(2))
                }
                #expect(isSeen)
                isOver.add()
                for try await count in group { #expect(count > 0) }
            }
            await old.close()
        }
    }

    @Test("a client takes its changed roots, then its changed certificate, without a call")
    func clientLooks() async throws {
        func copy(_ from: String, _ name: String) throws -> String {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: files.path(name)))
            return files.path(name)
        }
        let logger = Logger(label: "test") { _ in log }
        var serving = RPCServerConfiguration()
        serving.tls = try ServerTLS(
            certificate: certificate, key: key, clientRoots: certificates.authority.roots,
            lookInterval: .hours(1), handshakeTimeout: .seconds(60), logger: logger)
        try await withEchoServer(configuration: serving) { server in
            var configuration = RPCClientConfiguration()
            configuration.connectTimeout = .seconds(30)
            configuration.connectWait = .seconds(2)
            configuration.timeout = .seconds(60)
            configuration.tls = try ClientTLS(
                roots: copy(certificates.stranger.roots, "client-roots.pem"),
                certificate: copy(certificates.strangers.certificate, "client.pem"),
                key: copy(certificates.strangers.key, "client.key"), lookInterval: .zero,
                logger: logger)
            let client = RPCClient(address: server.addresses[1], configuration: configuration)
            /// Calls until the answer, or the reason why there is none, has that text.
            func until(_ text: String) async throws -> Bool {
                let end = ContinuousClock.now + .seconds(60)
                repeat {
                    do throws(RPCError) {
                        let reply = try await client.call(EchoService.identity, StringValue("x"))
                        if reply.value.contains(text) { return true }
                    } catch {
                        if error.message.contains(text) { return true }
                    }
                } while .now < end
                return false
            }
            #expect(try await until("no authority in our roots"))
            _ = try copy(certificates.authority.roots, "client-roots.pem")
            #expect(try await until("look at its file of roots"))
            _ = try copy(certificates.client.key, "client.key")
            _ = try copy(certificates.client.certificate, "client.pem")
            #expect(try await until("booking.usher.test"))
            await client.close()
        }
    }

    @Test("files that cannot be used leave those before in use, and are told once")
    func broken() async throws {
        let tls = try serverTLS(lookInterval: .hours(1))
        var configuration = RPCServerConfiguration()
        configuration.tls = tls
        try await withEchoServer(configuration: configuration) { server in
            try Data("-----BEGIN CERTIFICATE-----\nhalf".utf8).write(
                to: URL(filePath: certificate))
            for _ in 0..<3 {
                #expect(throws: TLSError.self) { try tls.reload() }
            }
            #expect(log.lines.filter { $0.hasPrefix("error TLS files refused") }.count == 1)
            #expect(try await isAnswered(server, trusting: certificates.authority))

            try FileManager.default.removeItem(atPath: certificate)
            for _ in 0..<3 {
                #expect(throws: TLSError.self) { try tls.reload() }
            }
            #expect(log.lines.filter { $0.hasPrefix("error TLS files refused") }.count == 2)
            #expect(try await isAnswered(server, trusting: certificates.authority))

            try put(certificates.strangers)
            #expect(try tls.reload())
            #expect(try await isAnswered(server, trusting: certificates.stranger))
        }
    }

    @Test("a start with wrong files says which one and what to do")
    func faults() throws {
        let logger = Logger(label: "test") { _ in log }
        func fault(_ certificate: String, _ key: String, _ roots: String? = nil) -> TLSError? {
            do throws(TLSError) {
                _ = try ServerTLS(
                    certificate: certificate, key: key, clientRoots: roots, logger: logger)
                return nil
            } catch {
                return error
            }
        }
        let missing = try #require(fault("/nowhere/a.pem", key))
        #expect(missing.code == .unreadable)
        #expect(missing.description.contains("/nowhere/a.pem"), "\(missing)")
        let noCertificate = try #require(fault(key, key))
        #expect(noCertificate.code == .noCertificate)
        #expect(noCertificate.description.contains("BEGIN CERTIFICATE"), "\(noCertificate)")
        let noKey = try #require(fault(certificate, certificate))
        #expect(noKey.code == .noKey)
        #expect(noKey.description.contains("passphrase"), "\(noKey)")
        let other = try #require(fault(certificate, certificates.client.key))
        #expect(other.code == .unusable)
        #expect(other.description.contains("the certificate's own"), "\(other)")
        #expect(fault(certificate, key, key)?.code == .noCertificate)
        #expect(fault(certificate, key, certificates.authority.roots) == nil)
    }
}
