import Contracts
import Crypto
import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore
import RPC
import Synchronization
import Testing
import Wire

@testable import Gateway

@Suite("Seating plans through the gateway")
struct PlanTransferTests {
    /// What an event service with parts of 1,000 bytes got.
    private final class Upload: Sendable {
        struct State {
            var size: UInt32 = 0
            var digest: [UInt8] = []
            var parts: [UInt32: [UInt8]] = [:]
        }

        let state = Mutex(State())

        func register(_ router: inout CallRouter) {
            router.handle(EventV1.EventService.startPlanUpload) { request, _ in
                self.state.withLock {
                    $0.size = request.sizeBytes
                    $0.digest = request.sha256
                }
                return .with {
                    $0.uploadID = "upl_1"
                    $0.partBytesMax = 1000
                }
            }
            router.handle(EventV1.EventService.uploadPlanPart) { request, _ in
                self.state.withLock { $0.parts[request.offset] = request.data }
                return .init()
            }
            router.handle(EventV1.EventService.commitPlanUpload) { request, _ in
                .with { $0.plan = .with { $0.planID = "pln_\(request.uploadID)" } }
            }
        }
    }

    @Test(
        "A plan goes up in parts with its size and digest", arguments: [1, 999, 1000, 1001, 70001])
    func upload(size: Int) async throws {
        let upload = Upload()
        let body = String(repeating: "x", count: size)
        try await FakePlatform.run(register: upload.register) { client in
            let response = try await client.send(
                .post, "/api/events/plans", token: "organiser", body: body)
            #expect(response.status == .created)
            #expect(response.headers[.location] == "/api/events/plans/pln_upl_1")
        }
        upload.state.withLock { state in
            #expect(state.size == UInt32(size))
            #expect(state.digest == Array(SHA256.hash(data: Array(body.utf8))))
            let offsets = state.parts.keys.sorted()
            #expect(offsets.allSatisfy { $0 % 1000 == 0 })
            #expect(offsets.flatMap { state.parts[$0] ?? [] } == Array(body.utf8))
        }
    }

    @Test("Over 32 MiB: 413 before the service hears of it; empty: 400; no free place: 503")
    func refused() async throws {
        let upload = Upload()
        try await FakePlatform.run(register: upload.register) { client in
            let body = String(repeating: " ", count: PlanUpload.bytesMax + 1)
            let large = try await client.send(
                .post, "/api/events/plans", token: "organiser", body: body)
            #expect(large.status == .contentTooLarge)
            let empty = try await client.send(
                .post, "/api/events/plans", token: "organiser", body: "")
            #expect(empty.status == .badRequest)
        }
        try await FakePlatform.run(uploadsMax: 0, register: upload.register) { client in
            let busy = try await client.send(
                .post, "/api/events/plans", token: "organiser", body: "{}")
            #expect(busy.status == .serviceUnavailable)
            #expect(busy.headers[.retryAfter] == "5")
        }
        #expect(upload.state.withLock { $0.size } == 0)
    }

    private static func registerReading(_ document: [UInt8], _ router: inout CallRouter) {
        router.handle(EventV1.EventService.readPlan) { request, _ in
            .with {
                $0.data = Array(document[Int(request.offset)...].prefix(1000))
                $0.sizeBytes = UInt32(document.count)
                $0.sha256 = Array(SHA256.hash(data: document))
            }
        }
    }

    @Test("A plan comes down whole, with an ETag that saves the second download")
    func download() async throws {
        let document = (0..<4321).map { UInt8($0 % 251) }
        try await FakePlatform.run(
            setup: .live,
            register: { (router: inout CallRouter) in Self.registerReading(document, &router) }
        ) { client in
            let first = try await client.send(.get, "/api/events/evt_1/plan")
            #expect(first.status == .ok)
            #expect(Array(first.body.readableBytesView) == document)
            #expect(first.headers[.contentLength] == "4321")
            let tag = try #require(first.headers[.eTag])
            let again = try await client.send(
                .get, "/api/events/evt_1/plan", headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified)
            #expect(again.body.readableBytes == 0)
            let head = try await client.send(.head, "/api/events/plans/pln_1")
            #expect(head.status == .ok)
            let flag = try await client.send(.get, "/api/events/plans/pln_1?plain=yes")
            #expect(flag.status == .badRequest)
        }
    }
}
