import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import ServiceKit
import Wire

/// Passes a seating plan on part by part, as the service gives it.
enum PlanDownload {
    private struct Broken: Error {}

    static func run(
        _ call: APICall, _ fill: (inout EventV1.ReadPlanRequest) -> Void
    ) async throws -> Response {
        var message = EventV1.ReadPlanRequest()
        fill(&message)
        let first = try await call.call(\.event, EventV1.EventService.readPlan, message)
        let hex = first.sha256.map { byte in
            byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }.joined()
        let tag = "\"\(hex)\""
        var headers: HTTPFields = [
            .contentType: "application/json", .eTag: tag,
            // Kept, and asked for again each time: a draft may be unpublished, a plan replaced.
            .cacheControl: "private, no-cache",
        ]
        if let known = call.request.headers[.ifNoneMatch], known.contains(tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentLength] = String(first.sizeBytes)
        let parts = Parts(first: first, request: message, call: call)
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: Int(first.sizeBytes)) { writer in
                // A part that fails cuts the connection: the promised length tells the reader.
                var offset = 0
                repeat {
                    let data = try await parts.data(at: offset)
                    try await writer.write(ByteBuffer(bytes: data))
                    offset += data.count
                } while offset < Int(first.sizeBytes)
                try await writer.finish(nil)
            })
    }

    /// The document in parts, all of the version that the first was of.
    private struct Parts: Sendable {
        let first: EventV1.ReadPlanResponse
        let request: EventV1.ReadPlanRequest
        let call: APICall

        func data(at offset: Int) async throws -> [UInt8] {
            guard offset > 0 else {
                return first.data
            }
            var next = request
            next.offset = UInt32(clamping: offset)
            let part = try await call.call(\.event, EventV1.EventService.readPlan, next)
            guard !part.data.isEmpty, part.sha256 == first.sha256,
                offset + part.data.count <= Int(first.sizeBytes)
            else { throw Broken() }
            return part.data
        }
    }
}
