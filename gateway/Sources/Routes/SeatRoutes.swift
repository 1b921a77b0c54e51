import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import ServiceKit
import Wire

/// /api/events/{eventId}/seats: what is free, at once and as it changes.
extension Routes {
    static let seats: [Route] = [
        Route(.get, "/api/events/{eventId}/seats", .anyone) { call in
            let state = try await call.call(
                \.event, EventV1.EventService.getSeatState,
                .with { $0.eventID = call.path("eventId") }
            )
            return try SeatSnapshots.response(to: call.request, state)
        },
        Route(.get, "/api/events/{eventId}/seats/live", .anyone, limited: .live) { call in
            let listener = try call.live.join(call.path("eventId"), from: call.client)
            try await listener.hub.waitUntilKnown(deadline: call.deadline)
            let request = call.request
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    try await listener.serve(
                        request, lastEventID: request.headers[.lastEventID], to: &writer)
                    try await writer.finish(nil)
                })
        },
    ]
}

/// The state of all seats as a response: JSON, or as few bytes as a plain format takes.
enum SeatSnapshots {
    static let binaryType = "application/octet-stream"

    /// 304 where the request knows this version by its ETag.
    static func response(
        to request: Request, _ state: EventV1.GetSeatStateResponse
    ) throws -> Response {
        let isBinary = request.headers[.accept]?.contains(binaryType) ?? false
        let version = state.version ?? .init()
        // Two representations have two tags (RFC 9110, 8.8.1).
        let tag = "\"\(version.generation).\(version.number)\(isBinary ? ".b" : "")\""
        var headers: HTTPFields = [
            .eTag: tag, .vary: "Accept", .cacheControl: "no-cache",
            .contentType: isBinary ? binaryType : "application/json",
        ]
        let known = request.headers[.ifNoneMatch]?.split(separator: ",") ?? []
        if known.contains(where: { $0.drop { $0 == " " || $0 == "W" || $0 == "/" } == tag }) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        let bytes =
            isBinary
            ? binary(state) : try state.jsonBytes(options: .init(writesZeroValues: true))
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// "USM1", number of the version (8 bytes), places (4 bytes), length of the generation's name
    /// (1 byte) and the name; then half a byte per place, the lower half first: the number of its
    /// `PlaceState`, 0 = unknown. Integers are little-endian.
    static func binary(_ state: EventV1.GetSeatStateResponse) -> [UInt8] {
        let version = state.version ?? .init()
        let name = Array(version.generation.utf8.prefix(255))
        let letters = Array(state.states.utf8)
        var bytes: [UInt8] = Array("USM1".utf8)
        bytes.reserveCapacity(17 + name.count + letters.count / 2 + 1)
        withUnsafeBytes(of: version.number.littleEndian) { bytes += $0 }
        withUnsafeBytes(of: UInt32(clamping: letters.count).littleEndian) { bytes += $0 }
        bytes.append(UInt8(name.count))
        bytes += name
        for index in stride(from: 0, to: letters.count, by: 2) {
            let low = code(letters[index])
            let high = index + 1 < letters.count ? code(letters[index + 1]) : 0
            bytes.append(low | high << 4)
        }
        return bytes
    }

    private static func code(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "f"): 1
        case UInt8(ascii: "h"): 2
        case UInt8(ascii: "c"): 3
        case UInt8(ascii: "s"): 4
        case UInt8(ascii: "b"): 5
        case UInt8(ascii: "x"): 6
        default: 0
        }
    }
}
