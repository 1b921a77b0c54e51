import Contracts
import PeerSupport
import RPC
import TestSupport
import Testing
import Wire

/// Other languages call the services of a platform that runs.
@Suite("Go calls the platform")
struct GoPeerTests {
    @Test("an unmodified Go ttrpc client lists the events and asks for the health of a service")
    func events() async throws {
        let platform = try await Platform.shared()
        let peer = try await TtrpcPeer.go()
        let address = RPCAddress.unix(try #require(platform.ready.sockets["event"]))

        let request = EventV1.ListEventsRequest.with { $0.pageSize = 10 }.serialized()
        let listed = try await peer.call(
            address, EventV1.EventService.name, "ListEvents", Self.hex(request))
        #expect(listed.status == 0, "\(listed.output)")
        let response = try EventV1.ListEventsResponse(serialized: Self.bytes(listed.output))
        #expect(response.events.contains { $0.placeCount == 1_500 })
        #expect(response.events.contains { $0.placeCount == 60_000 })

        let health = try await peer.call(
            address, RPCV1.Health.name, "Check",
            Self.hex(
                RPCV1.CheckRequest.with { $0.service = EventV1.EventService.name }.serialized()))
        let check = try RPCV1.CheckResponse(serialized: Self.bytes(health.output))
        #expect(check.state == .serving)

        let refused = try await peer.call(address, EventV1.EventService.name, "ReadFeed", "")
        #expect(refused.output.hasPrefix("code 16:"), "\(refused.output)")
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        var rest = Substring(hex)
        var bytes: [UInt8] = []
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
