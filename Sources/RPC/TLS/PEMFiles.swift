import NIOSSL
import SystemPackage

/// Where one side of TLS has its PEM files.
struct PEMFiles: Sendable {
    /// The own certificate, then those between it and its authority.
    var certificate: String?
    /// The certificate's private key.
    var key: String?
    /// Certificates of the authorities that the other side's may come from.
    var roots: String?

    /// Reads all of them. Blocks.
    func read() throws(TLSError) -> Contents {
        Contents(
            certificate: try Self.read(certificate), key: try Self.read(key),
            roots: try Self.read(roots))
    }

    /// Bytes of one file.
    private static let sizeMax = 1 << 20

    private static func read(_ path: String?) throws(TLSError) -> [UInt8]? {
        guard let path else { return nil }
        var bytes: [UInt8] = []
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            try file.closeAfter {
                var isAtEnd = false
                while !isAtEnd, bytes.count <= sizeMax {
                    let chunk = try [UInt8](unsafeUninitializedCapacity: 16 << 10) {
                        $1 = try file.read(into: UnsafeMutableRawBufferPointer($0))
                    }
                    bytes += chunk
                    isAtEnd = chunk.isEmpty
                }
            }
        } catch {
            throw TLSError(code: .unreadable, description: "cannot read \(path): \(error)")
        }
        guard bytes.count <= sizeMax else {
            throw TLSError(
                code: .unreadable, description: "\(path) has more than \(sizeMax >> 20) MiB")
        }
        return bytes
    }

    /// What the files say: a change of any byte is a change.
    struct Contents: Equatable, Sendable {
        var certificate: [UInt8]?
        var key: [UInt8]?
        var roots: [UInt8]?
    }
}

extension PEMFiles {
    /// The certificate chain of the contents.
    func chain(_ contents: Contents) throws(TLSError) -> [NIOSSLCertificate] {
        try Self.certificates(contents.certificate, certificate)
    }

    /// The authorities of the contents.
    func authorities(_ contents: Contents) throws(TLSError) -> [NIOSSLCertificate] {
        try Self.certificates(contents.roots, roots)
    }

    private static func certificates(
        _ bytes: [UInt8]?, _ path: String?
    ) throws(TLSError) -> [NIOSSLCertificate] {
        guard let bytes, let path else { return [] }
        // NIOSSL says in several ways that there is none; none of them says where.
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
        guard !certificates.isEmpty else {
            throw TLSError(
                code: .noCertificate,
                description: "\(path) holds no certificate; it must be PEM, whole, and begin with "
                    + "-----BEGIN CERTIFICATE-----")
        }
        return certificates
    }

    /// The private key of the contents; nil without a key file.
    func privateKey(_ contents: Contents) throws(TLSError) -> NIOSSLPrivateKey? {
        guard let bytes = contents.key, let path = key else { return nil }
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw TLSError(
                code: .noKey,
                description: "\(path) holds no private key; it must be PEM and have no passphrase")
        }
        return key
    }
}
