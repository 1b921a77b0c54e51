import Crypto
import Foundation
import Testing

@testable import PaymentService

@Suite("Signatures of webhooks")
struct WebhookSignatureTests {
    private static let secret = SymmetricKey(data: Data(repeating: 7, count: 32))
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let body = Array("{\"id\":\"evt_1\"}".utf8)

    private func header(
        _ body: [UInt8] = body, seconds: Int64 = 1_800_000_000, secret: SymmetricKey = secret
    ) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(seconds).".utf8) + body, using: secret)
        let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "t=\(seconds),v1=\(digits)"
    }

    private func fault(_ header: String, _ body: [UInt8] = body) -> WebhookFault? {
        do {
            try WebhookSignature.verify(body, header: header, secret: Self.secret, now: Self.now)
            return nil
        } catch {
            return error
        }
    }

    @Test("What was signed with the secret, lately, passes")
    func passes() {
        #expect(fault(header()) == nil)
        #expect(fault(header(seconds: 1_800_000_300)) == nil)
        #expect(fault(header(seconds: 1_799_999_700)) == nil)
        // One right signature among several is enough, and unknown schemes are left alone.
        let wrong = String(repeating: "0", count: 64)
        #expect(fault(header() + ",v1=\(wrong),v2=x") == nil)
        #expect(fault("v1=\(wrong)," + header()) == nil)
    }

    @Test("A known answer, made with openssl")
    func knownAnswer() {
        // printf '1800000000.{"id":"evt_1"}' | openssl dgst -sha256 -mac HMAC -macopt
        // hexkey:0707…07
        let code = "bd0936fd5d7a1f48a65175e87ca413022958934ccab0af7d144637b1edc09c3c"
        #expect(fault("t=1800000000,v1=\(code)") == nil)
    }

    @Test("Anything changed is refused")
    func changed() {
        #expect(fault(header(), Self.body + [32]) == .signature)
        #expect(
            fault(header(secret: SymmetricKey(data: Data(repeating: 8, count: 32)))) == .signature)
        #expect(
            fault(header().replacingOccurrences(of: "t=1800000000", with: "t=1800000001"))
                == .signature)
    }

    @Test("A replay of long ago, and one from the future, are refused")
    func replayed() {
        #expect(fault(header(seconds: 1_799_999_699)) == .time)
        #expect(fault(header(seconds: 1_800_000_301)) == .time)
        #expect(fault(header(seconds: .min)) == .time)
    }

    @Test(
        "What is no signature is refused",
        arguments: [
            "", "t=1", "v1=00", "t=x,v1=" + String(repeating: "0", count: 64), "t=1,t=2",
            "t=1,v1=" + String(repeating: "g", count: 64), "t=1800000000,v1=",
            "t=1800000000,v1=" + String(repeating: "+1", count: 32),
            String(repeating: "x", count: 2000),
        ])
    func malformed(header: String) {
        #expect(fault(header) == .signature)
    }
}

@Suite("Keys of refunds")
struct RefundKeyTests {
    @Test("A key names a refund and how often it was refused")
    func both() {
        #expect(RefundKey("rfd_1.2") == RefundKey(refund: "rfd_1", refusals: 2))
        #expect(RefundKey(refund: "rfd_1", refusals: 0).description == "rfd_1.0")
        for text in ["", ".", ".1", "rfd_1", "rfd_1.", "rfd_1.x", "rfd_1.-1"] {
            #expect(RefundKey(text) == nil, "\(text)")
        }
    }
}
