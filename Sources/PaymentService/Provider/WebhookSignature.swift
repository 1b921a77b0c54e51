import Crypto
import Foundation

/// Why a webhook is not believed.
enum WebhookFault: Error, Equatable {
    /// The signature is missing, unreadable or not the provider's.
    case signature
    /// It was signed too long ago, or is from the future: it may be a replay.
    case time
    /// Signed, and yet not what such a webhook looks like.
    case body(String)
}

/// `t=<unix seconds>,v1=<hexadecimal>`: HMAC-SHA-256 over the time, a full stop and the body as it
/// was sent. Several `v1` may be there while a secret is being changed; one must be right.
struct WebhookSignature: Sendable, Equatable {
    /// How far the time may be off, each way.
    static let tolerance = TimeInterval(300)
    private static let headerBytesMax = 1024

    var seconds: Int64
    var codes: [[UInt8]]

    /// Reads a header; nil where it is none.
    init?(_ header: String) {
        guard header.utf8.count <= Self.headerBytesMax else {
            return nil
        }
        var time: Int64?
        codes = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else {
                return nil
            }
            switch pair[0] {
            case "t":
                guard time == nil, let seconds = Int64(pair[1]) else {
                    return nil
                }
                time = seconds
            case "v1":
                guard let code = Self.bytes(pair[1]) else {
                    return nil
                }
                codes.append(code)
            default:
                // Schemes that are yet to come.
                break
            }
        }
        guard let time, !codes.isEmpty else {
            return nil
        }
        seconds = time
    }

    /// Makes sure that a body was signed with the secret, and lately.
    ///
    /// The signature is looked at first: only the provider is told that its clock is wrong.
    static func verify(
        _ body: [UInt8], header: String, secret: SymmetricKey, now: Date
    ) throws(WebhookFault) {
        guard let signature = WebhookSignature(header) else {
            throw .signature
        }
        let signed = Data("\(signature.seconds).".utf8) + body
        guard
            signature.codes.contains(where: { code in
                HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: secret)
            })
        else {
            throw .signature
        }
        guard abs(now.timeIntervalSince1970 - Double(signature.seconds)) <= tolerance else {
            throw .time
        }
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let characters = Array(digits.utf8)
        guard characters.count == 64 else {
            return nil
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: characters.count, by: 2) {
            let pair = String(decoding: characters[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16), !pair.hasPrefix("+") else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
