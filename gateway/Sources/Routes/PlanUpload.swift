import Contracts
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import ServiceKit
import Synchronization
import Wire

/// Places for bodies that are held in memory while they are read. The contract wants the digest of
/// a plan before its first part, so a plan is whole before it goes on.
final class UploadSlots: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) {
        free = Mutex(count)
    }

    /// Runs `body` in a place of its own; a problem when all are taken.
    func withSlot<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        let isFree = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard isFree else {
            throw Problem(
                .serviceUnavailable, "uploads_busy", "Too many uploads at once; try again.",
                retryAfter: .seconds(5))
        }
        defer { free.withLock { $0 += 1 } }
        return try await body()
    }
}

/// Takes a seating plan and passes it on in parts that fit an RPC frame.
enum PlanUpload {
    /// 32 MiB, as the contract says.
    static let bytesMax = 32 << 20

    static func run(_ call: APICall) async throws -> Response {
        try await call.uploads.withSlot {
            let (document, digest) = try await read(call.request)
            let started = try await call.call(
                \.event, EventV1.EventService.startPlanUpload,
                .with {
                    $0.sizeBytes = UInt32(document.readableBytes)
                    $0.sha256 = digest
                })
            try await send(document, as: started, call)
            let message = EventV1.CommitPlanUploadRequest.with { $0.uploadID = started.uploadID }
            return try await call.create(
                \.event, EventV1.EventService.commitPlanUpload, message
            ) {
                "/api/events/plans/\(PercentCoding.encodedSegment($0.plan?.planID ?? ""))"
            }
        }
    }

    private static func read(_ request: Request) async throws -> (ByteBuffer, [UInt8]) {
        var document = ByteBuffer()
        var hash = SHA256()
        for try await var part in request.body {
            guard document.readableBytes + part.readableBytes <= bytesMax else {
                throw Problem.bodyTooLarge(bytesMax)
            }
            hash.update(data: part.readableBytesView)
            document.writeBuffer(&part)
        }
        guard document.readableBytes > 0 else {
            throw Problem(.badRequest, "invalid_body", "The body is empty; send a seating plan.")
        }
        return (document, Array(hash.finalize()))
    }

    private static func send(
        _ document: ByteBuffer, as upload: EventV1.StartPlanUploadResponse, _ call: APICall
    ) async throws {
        // A part that the service names too large for a frame would never arrive.
        let partBytes = min(max(Int(upload.partBytesMax), 1), 3 << 20)
        var rest = document
        var offset = 0
        while let part = rest.readSlice(length: min(partBytes, rest.readableBytes)),
            part.readableBytes > 0
        {
            _ = try await call.call(
                \.event, EventV1.EventService.uploadPlanPart,
                .with {
                    $0.uploadID = upload.uploadID
                    $0.offset = UInt32(offset)
                    $0.data = Array(part.readableBytesView)
                })
            offset += part.readableBytes
        }
    }
}
