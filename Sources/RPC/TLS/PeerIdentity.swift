import NIOCore
import NIOSSL

/// Who the other side of a connection has proved to be, by a certificate of an authority that we
/// know: the subject alternative names of it. (The subject itself is for people, and not read.)
package struct PeerIdentity: Equatable, Sendable {
    /// Host or service names, e.g. `booking.usher.internal`.
    package var dnsNames: [String] = []
    /// e.g. SPIFFE ids, `spiffe://usher/booking`.
    package var uris: [String] = []
    /// Mail addresses.
    package var emails: [String] = []
    /// IP addresses.
    package var ipAddresses: [String] = []
    /// Of the certificate, in hexadecimal; unique for its authority.
    package var serialNumber = ""

    /// Nobody.
    package init() {}

    init(_ certificate: NIOSSLCertificate) {
        for name in certificate._subjectAlternativeNames() {
            // A name that is no text names nobody.
            let text = String(validating: name.contents, as: UTF8.self)
            switch name.nameType {
            case .dnsName: dnsNames += [text].compactMap { $0 }
            case .uri: uris += [text].compactMap { $0 }
            case .email: emails += [text].compactMap { $0 }
            case .ipAddress:
                let packed = ByteBuffer(bytes: name.contents)
                let address = try? SocketAddress(packedIPAddress: packed, port: 0)
                ipAddresses += [address?.ipAddress].compactMap { $0 }
            default: break
            }
        }
        serialNumber = certificate.serialNumber.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension PeerIdentity {
    /// Whether a certificate of these names is good for a host (RFC 6125, 6.4): in any case of
    /// letters; `*` stands for the whole first label and nothing else.
    func hasName(_ host: String) -> Bool {
        let host = Self.labels(host)
        return dnsNames.contains { name in
            let name = Self.labels(name)
            guard name.first == "*" else { return name == host }
            return name.count > 2 && name.count == host.count
                && name.dropFirst() == host.dropFirst()
        }
    }

    private static func labels(_ name: String) -> [Substring] {
        var labels = name.lowercased()[...].split(separator: ".", omittingEmptySubsequences: false)
        // A final dot is the root.
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        return labels
    }
}

extension PeerIdentity: CustomStringConvertible {
    /// Its names, for logs.
    package var description: String {
        let names = dnsNames + uris + emails + ipAddresses
        return names.isEmpty ? "certificate \(serialNumber)" : names.joined(separator: " ")
    }
}
