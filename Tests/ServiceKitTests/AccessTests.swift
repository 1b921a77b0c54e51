import Contracts
import Crypto
import Foundation
import JWTKit
import RPC
import ServiceKit
import Testing
import Wire

@Suite("Access")
struct AccessTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    @Test("base64url is read and written without padding, and nothing else is read")
    func base64url() {
        for count in 0..<40 {
            let data = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 251) })
            let text = data.base64URLEncodedString()
            #expect(!text.contains("=") && !text.contains("+") && !text.contains("/"))
            #expect(Data(base64URLEncoded: text) == data)
        }
        #expect(Data(base64URLEncoded: "a+b/") == nil)
        #expect(Data(base64URLEncoded: "a") == nil)
        #expect(Data(base64URLEncoded: "!!!!") == nil)
    }

    @Test("a service's credential is believed until it ends, and only as it was written")
    func credentials() {
        let credential = ServiceCredential(key: SymmetricKey(size: .bits256))
        let text = credential.issue(as: "booking", now: now)
        #expect(credential.verify(text, now: now) == "booking")
        let end = now.addingTimeInterval(ServiceCredential.lifetimeSeconds)
        #expect(credential.verify(text, now: end.addingTimeInterval(-1)) == "booking")
        #expect(credential.verify(text, now: end.addingTimeInterval(1)) == nil)
        #expect(
            credential.verify(text.replacing("booking", with: "payment"), now: now) == nil)
        let parts = text.split(separator: ".")
        let longer = "\(parts[0]).\((Int(parts[1]) ?? 0) + 1).\(parts[2])"
        #expect(credential.verify(longer, now: now) == nil)
        #expect(credential.verify("", now: now) == nil)
        #expect(credential.verify("booking", now: now) == nil)
        let other = ServiceCredential(key: SymmetricKey(size: .bits256))
        #expect(other.verify(text, now: now) == nil)
    }

    @Test("a hold token is believed only as it was signed")
    func holdTokens() throws {
        let tokens = HoldToken(key: SymmetricKey(size: .bits256))
        let hold = HoldID()
        let terms = EventV1.HoldTerms.with {
            $0.holdID = hold.description
            $0.totalMinor = 4_000
            $0.places = [.with { $0.label = "Reihe 1, Platz 2 – ü" }]
        }
        let text = tokens.issue(terms)
        #expect(tokens.verify(text) == terms)
        #expect(HoldToken.unverifiedHold(of: text) == hold)
        let characters = Array(text)
        for index in characters.indices {
            var altered = characters
            altered[index] = altered[index] == "A" ? "B" : "A"
            #expect(tokens.verify(String(altered)) == nil, "altered at \(index)")
        }
        #expect(HoldToken(key: SymmetricKey(size: .bits256)).verify(text) == nil)
        #expect(tokens.verify("") == nil)
        #expect(tokens.verify(String(repeating: "A", count: 100_000) + ".AAAA") == nil)
    }

    @Test("a token is verified by its key, until it expires, and its signature costs once")
    func accessTokens() async throws {
        let key = Curve25519.Signing.PrivateKey()
        let keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: "k1")
        let user = UserID()
        let session = SessionID()
        let expiry = Date(timeIntervalSinceNow: 60)
        func sign(expiresAt: Date) async throws -> String {
            try await keys.sign(
                AccessToken(
                    user: user, session: session, roles: [.buyer, .organiser], issuedAt: now,
                    expiresAt: expiresAt), kid: "k1")
        }
        let fetches = Fetches()
        let verifier = TokenVerifier {
            await fetches.count()
            return [("k1", key.publicKey.rawRepresentation)]
        }
        let token = try await sign(expiresAt: expiry)
        for _ in 0..<3 {
            let verified = try await verifier.verify(token)
            #expect(verified.id == user)
            #expect(verified.session == session)
            #expect(verified.roles == [.buyer, .organiser])
        }
        #expect(await fetches.made == 1)

        await code("token_expired") {
            _ = try await verifier.verify(token, now: expiry.addingTimeInterval(1))
        }
        let old = try await sign(expiresAt: Date(timeIntervalSinceNow: -1))
        await code("token_expired") { _ = try await verifier.verify(old) }
        let parts = token.split(separator: ".").map(String.init)
        let forged = Data(#"{"alg":"none","kid":"k1"}"#.utf8).base64URLEncodedString()
        for bad in [
            "", "a.b.c", "\(parts[0]).\(parts[1]).", "\(forged).\(parts[1]).",
            "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))",
        ] {
            await code("token_invalid") { _ = try await verifier.verify(bad) }
        }
    }

    @Test("whoever comes while keys are fetched waits for them, however slow that is")
    func slowKeys() async throws {
        let key = Curve25519.Signing.PrivateKey()
        let keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: "k1")
        let token = try await keys.sign(
            AccessToken(
                user: UserID(), session: SessionID(), roles: [.buyer], issuedAt: now,
                expiresAt: Date(timeIntervalSinceNow: 600)), kid: "k1")
        let fetches = Fetches()
        let verifier = TokenVerifier {
            await fetches.count()
            // Longer than an impatient caller would wait.
            try await Task.sleep(for: .seconds(1))
            return [("k1", key.publicKey.rawRepresentation)]
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await verifier.verify(token) } }
            try await group.waitForAll()
        }
        #expect(await fetches.made == 1)
    }

    private func code(_ code: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("nothing was thrown instead of \(code)")
        } catch {
            #expect((error as? RPCError)?.detail?.code == code)
        }
    }

    private actor Fetches {
        var made = 0
        func count() { made += 1 }
    }
}
