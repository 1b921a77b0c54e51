import Configuration
import Logging
import RPC
import ServiceKit
import Testing

@Suite("TLS settings")
struct TLSSettingsTests {
    private let tcp = RPCAddress.tcp(host: "event.internal", port: 7000)

    private func settings(_ values: [AbsoluteConfigKey: String]) -> TLSSettings {
        TLSSettings(
            ConfigReader(
                provider: InMemoryProvider(
                    values: values.mapValues { .init(.string($0), isSecret: false) })),
            logger: Logger(label: "test"))
    }

    @Test("without a variable tcp is plain, and unix sockets always are")
    func plain() throws {
        #expect(try settings([:]).server(on: tcp) == nil)
        #expect(try settings([:]).client(of: tcp) == nil)
        let some = settings(["usher.tls.roots": "/nowhere"])
        #expect(try some.server(on: .unix("/tmp/a.sock")) == nil)
        #expect(try some.client(of: .unix("/tmp/a.sock")) == nil)
    }

    @Test(
        "with one variable nothing is plain: what is missing is named",
        arguments: [
            (["usher.tls.roots": "/nowhere"], true, "USHER_TLS_CERTIFICATE"),
            (["usher.tls.client.roots": "/nowhere"], true, "USHER_TLS_CERTIFICATE"),
            (["usher.tls.certificate": "/nowhere"], true, "USHER_TLS_KEY"),
            (["usher.tls.certificate": "/nowhere"], false, "USHER_TLS_ROOTS"),
            (
                ["usher.tls.roots": "/nowhere", "usher.tls.key": "/nowhere"], false,
                "belong together"
            ),
            (["usher.tls.roots": "/nowhere/roots.pem"], false, "/nowhere/roots.pem"),
            (
                ["usher.tls.certificate": "/nowhere/c.pem", "usher.tls.key": "/nowhere"], true,
                "/nowhere/c.pem"
            ),
        ])
    func missing(values: [AbsoluteConfigKey: String], isServer: Bool, text: String) throws {
        let error = try #require(throws: ServiceStartError.self) {
            if isServer {
                _ = try settings(values).server(on: tcp)
            } else {
                _ = try settings(values).client(of: tcp)
            }
        }
        #expect(error.description.contains(text), "\(error)")
    }
}
