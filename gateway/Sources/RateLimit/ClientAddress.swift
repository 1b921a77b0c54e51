import Foundation
package import NIOCore

/// An IP address as a key: IPv4 as it is, IPv6 by its /64, because a household gets as many as
/// that.
package struct ClientAddress: Hashable, Sendable {
    private let bytes: IPAddress

    /// The key of an address; nil (a peer without one) is a key too.
    package init(_ address: IPAddress?) {
        bytes = (address ?? .v4(0)).networkPrefix
    }
}

/// An IPv4 or IPv6 address. IPv4 addresses mapped into IPv6 (RFC 4291, 2.5.5.2) are IPv4.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Nil when the text is not an address; a port or a zone is not taken.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45,
            let address = try? SocketAddress(ipAddress: String(text), port: 0)
        else { return nil }
        self.init(address)
    }

    /// Nil for a unix socket.
    package init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address):
            self = .v4(UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            var inner = address.address.sin6_addr
            let words = withUnsafeBytes(of: &inner) { raw in
                (
                    UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            if words.0 == 0, words.1 >> 32 == 0xffff {
                self = .v4(UInt32(truncatingIfNeeded: words.1))
            } else {
                self = .v6(high: words.0, low: words.1)
            }
        case .unixDomainSocket:
            return nil
        }
    }

    fileprivate var networkPrefix: IPAddress {
        switch self {
        case .v4: self
        case .v6(let high, _): .v6(high: high, low: 0)
        }
    }
}

/// A range of addresses: "10.0.0.0/8", "::1" (RFC 4632, RFC 4291).
package struct AddressRange: Sendable, Equatable {
    private let base: IPAddress
    private let prefix: Int

    /// Nil when the text is not an address with an optional length of prefix.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let longest = if case .v4 = base { 32 } else { 128 }
        self.base = base
        if parts.count == 2 {
            guard let prefix = Int(parts[1]), (0...longest).contains(prefix) else { return nil }
            self.prefix = prefix
        } else {
            prefix = longest
        }
    }

    /// Whether the address is in the range; the two families never meet.
    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let left), .v4(let right)):
            return prefix == 0 || (left ^ right) >> (32 - UInt32(prefix)) == 0
        case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
            if prefix <= 64 {
                return prefix == 0 || (high ^ otherHigh) >> (64 - UInt64(prefix)) == 0
            }
            return high == otherHigh
                && (low ^ otherLow) >> (128 - UInt64(prefix)) == 0
        default:
            return false
        }
    }
}

/// Finds out who is behind trusted proxies.
package struct ProxyTrust: Sendable {
    private let proxies: [AddressRange]

    /// Only these peers' `X-Forwarded-For` is believed.
    package init(_ proxies: [AddressRange]) {
        self.proxies = proxies
    }

    /// The nearest address that is not a trusted proxy: the peer itself, or the last entry of
    /// `X-Forwarded-For` that no trusted proxy stands for. An entry that is no address ends the
    /// search at the proxy that sent it.
    package func client(peer: IPAddress?, forwardedFor: [String]) -> IPAddress? {
        guard var nearest = peer else { return nil }
        let hops = forwardedFor.flatMap { $0.split(separator: ",") }.suffix(32).reversed()
        for hop in hops where isTrusted(nearest) {
            let text = hop.drop { $0 == " " || $0 == "\t" }
            guard let address = IPAddress(text.prefix { $0 != " " && $0 != "\t" }) else { break }
            nearest = address
        }
        return nearest
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        proxies.contains { $0.contains(address) }
    }
}
