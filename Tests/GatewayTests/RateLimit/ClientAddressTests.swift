import NIOCore
import Testing

@testable import Gateway

@Suite("Client addresses")
struct ClientAddressTests {
    @Test(
        "Texts that are no address",
        arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.4:80", "[::1]", "::1%lo", "x"])
    func noAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("An IPv4 address mapped into IPv6 is the IPv4 address")
    func mapped() throws {
        #expect(IPAddress("::ffff:10.1.2.3") == IPAddress("10.1.2.3"))
        let socket = try SocketAddress(ipAddress: "::ffff:10.1.2.3", port: 1)
        #expect(IPAddress(socket) == .v4(0x0a01_0203))
    }

    @Test("IPv6 counts by its /64, IPv4 by the address")
    func keys() {
        func key(_ text: String) -> ClientAddress { ClientAddress(IPAddress(text)) }
        #expect(key("2001:db8::1") == key("2001:db8::ffff:1"))
        #expect(key("2001:db8::1") != key("2001:db8:0:1::1"))
        #expect(key("127.0.0.1") != key("127.0.0.2"))
        #expect(ClientAddress(nil) == ClientAddress(nil))
    }

    @Test(
        "Ranges",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "200.1.1.1", true), ("0.0.0.0/0", "::1", false),
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
            ("192.168.1.128/25", "192.168.1.127", false),
            ("192.168.1.128/25", "192.168.1.255", true), ("::1", "::1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::8/125", "2001:db8::f", true), ("2001:db8::8/125", "2001:db8::7", false),
            ("2001:db8::/64", "2001:db8::1", true), ("2001:db8::/64", "2001:db8:0:1::", false),
            ("::/0", "2001:db8::1", true),
        ])
    func ranges(range: String, address: String, contains: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(IPAddress(address))) == contains)
    }

    @Test(
        "Texts that are no range",
        arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "/8"])
    func noRange(text: String) {
        #expect(AddressRange(text) == nil)
    }

    private let trust = ProxyTrust(
        ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) })

    private func client(_ peer: String, _ forwardedFor: String...) -> IPAddress? {
        trust.client(peer: IPAddress(peer), forwardedFor: forwardedFor)
    }

    @Test("Only a trusted proxy's header is believed")
    func untrustedPeer() {
        #expect(client("8.8.8.8", "1.1.1.1") == IPAddress("8.8.8.8"))
        #expect(client("10.0.0.1", "1.1.1.1") == IPAddress("1.1.1.1"))
        #expect(client("::1", "1.1.1.1") == IPAddress("1.1.1.1"))
    }

    @Test("Of a chain, the nearest address that is no trusted proxy counts: the rest is hearsay")
    func chain() {
        #expect(client("10.0.0.1", "6.6.6.6, 1.1.1.1,10.0.0.2") == IPAddress("1.1.1.1"))
        #expect(client("10.0.0.1", "6.6.6.6", "1.1.1.1 , 10.0.0.2") == IPAddress("1.1.1.1"))
        #expect(client("10.0.0.1", "10.0.0.3, 10.0.0.2") == IPAddress("10.0.0.3"))
    }

    @Test("What is no address ends the search")
    func garbage() {
        #expect(client("10.0.0.1", "1.1.1.1, unknown") == IPAddress("10.0.0.1"))
        #expect(client("10.0.0.1", "1.1.1.1, unknown, 10.0.0.2") == IPAddress("10.0.0.2"))
        #expect(client("10.0.0.1") == IPAddress("10.0.0.1"))
        #expect(trust.client(peer: nil, forwardedFor: ["1.1.1.1"]) == nil)
    }
}
