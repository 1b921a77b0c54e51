import Foundation
import NIOCore
import RPC
import Testing

/// Raw exchanges with ttrpc-go, as recorded in Fixtures/ttrpc-golden.json.
struct GoldenExchange: Decodable {
    struct Step: Decodable, CustomStringConvertible {
        let name: String
        let send: [GoldenFrame]
        let expect: [GoldenFrame]
        let note: String?

        var description: String { name }
    }

    struct GoldenFrame: Decodable {
        let stream: UInt32
        let type: UInt8
        let flags: UInt8
        let payload: String?
        let payloadZeroBytes: Int?

        enum CodingKeys: String, CodingKey {
            case stream, type, flags, payload
            case payloadZeroBytes = "payload_zero_bytes"
        }

        func frame() throws -> Frame {
            let bytes =
                if let payloadZeroBytes {
                    ByteBuffer(repeating: 0, count: payloadZeroBytes)
                } else {
                    try #require(ByteBuffer(hex: payload ?? ""))
                }
            return Frame(
                streamID: stream, type: FrameType(rawValue: type),
                flags: FrameFlags(rawValue: flags), payload: bytes)
        }
    }

    let steps: [Step]

    static func load() throws -> GoldenExchange {
        let url = try #require(
            Bundle.module.url(
                forResource: "ttrpc-golden", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(GoldenExchange.self, from: Data(contentsOf: url))
    }
}
