import Foundation

/// An authority with a folder of its own, which issues certificates with `openssl` at run time.
final class TestAuthority: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A certificate and its key, as files.
    struct Pair: Sendable {
        let certificate: String
        let key: String
    }

    private let folder: URL

    /// File with the authority's own certificate.
    var roots: String { path("roots.pem") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "usher-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try Data("[req]\ndistinguished_name = dn\n[dn]\n".utf8).write(
            to: folder.appending(path: "openssl.cnf"))
        try openssl(
            "req", "-x509", "-config", path("openssl.cnf"), "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=authority",
            "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", path("roots.key"), "-out",
            roots)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// A path in its folder.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Issues a certificate that is good from now on for two days.
    ///
    /// - Parameter names: as openssl writes them, "DNS:localhost,IP:127.0.0.1".
    func issue(_ names: String, file: String = UUID().uuidString) throws -> Pair {
        let pair = Pair(certificate: path(file + ".pem"), key: path(file + ".key"))
        try openssl(
            "req", "-x509", "-config", path("openssl.cnf"), "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=somebody",
            "-addext", "subjectAltName=\(names)", "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", roots, "-CAkey", path("roots.key"), "-keyout", pair.key, "-out",
            pair.certificate)
        return pair
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: text, as: UTF8.self))
        }
    }
}

/// Two authorities and what most tests need of them.
struct TestCertificates: Sendable {
    let authority: TestAuthority
    let stranger: TestAuthority
    /// For "localhost" and 127.0.0.1.
    let server: TestAuthority.Pair
    /// A service's.
    let client: TestAuthority.Pair
    /// Made by the other authority.
    let strangers: TestAuthority.Pair

    static let shared = Result { try TestCertificates() }

    private init() throws {
        authority = try TestAuthority()
        stranger = try TestAuthority()
        server = try authority.issue("DNS:localhost,IP:127.0.0.1")
        client = try authority.issue(
            "DNS:booking.usher.test,URI:spiffe://usher/booking,IP:10.0.0.7")
        strangers = try stranger.issue("DNS:localhost,DNS:booking.usher.test,IP:127.0.0.1")
    }
}
