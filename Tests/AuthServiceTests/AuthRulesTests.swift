import Contracts
import NIOPosix
import RPC
import ServiceKit
import Testing

@testable import AuthService

@Suite("Accounts")
struct AuthRulesTests {
    @Test(
        "addresses that a mail can go to",
        arguments: ["a@b.de", "ada.lovelace+tickets@mail.example.org", "ü@example.org"])
    func plausible(_ email: String) {
        #expect(AuthRules.isPlausible(email: email))
    }

    @Test(
        "addresses that it cannot",
        arguments: [
            "", "a", "@b.de", "a@", "a@b", "a@b.", "a@.de", "a b@c.de", "a@b.de\r\nBcc: x@y.z",
            "a@b@c.de", "<a@b.de>", "a@b.de,c@d.de",
            String(repeating: "a", count: 65) + "@b.de",
            "a@" + String(repeating: "b", count: 260) + ".de",
        ])
    func implausible(_ email: String) {
        #expect(!AuthRules.isPlausible(email: email))
    }

    @Test("every fault is told at once")
    func faults() {
        do throws(RPCError) {
            try AuthRules.check(email: "x", password: "short", displayName: "")
            Issue.record("it was taken")
        } catch {
            #expect(error.code == .invalidArgument)
            #expect(
                error.detail?.reasons.map(\.subject) == ["email", "password", "displayName"])
        }
    }

    @Test("roles are known ones, at least one")
    func roles() throws {
        #expect(try AuthRules.roles([.gate, .buyer, .gate]) == [.buyer, .gate])
        #expect(throws: RPCError.self) { try AuthRules.roles([]) }
        #expect(throws: RPCError.self) { try AuthRules.roles([.buyer, .unspecified]) }
        #expect(throws: RPCError.self) { try AuthRules.roles([.init(rawValue: 77)]) }
    }
}

@Suite("Passwords")
struct PasswordHasherTests {
    private let hasher = PasswordHasher(threads: .singleton, cost: .init(log2N: 10))

    @Test("a hash knows its password and no other")
    func verify() async throws {
        let hash = try await hasher.hash("correct horse battery")
        #expect(hash.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
        #expect(try await hasher.verify("correct horse battery", against: hash))
        #expect(try await !hasher.verify("correct horse batterY", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await !hasher.verify("correct horse battery", against: nil))
        #expect(try await hasher.hash("correct horse battery") != hash)
    }

    @Test("a hash keeps the cost that it was made with")
    func cost() async throws {
        let old = try await hasher.hash("correct horse battery")
        let dearer = PasswordHasher(threads: .singleton, cost: .init(log2N: 11))
        #expect(try await dearer.verify("correct horse battery", against: old))
    }

    @Test(
        "what is no hash knows no password",
        arguments: [
            "", "$", "$scrypt$ln=10$x$y", "$argon2$ln=10,r=8,p=1$AAAA$AAAA",
            "$scrypt$ln=60,r=8,p=1$AAAA$AAAA", "$scrypt$ln=10,r=8,p=1$AAAA$",
        ])
    func garbage(_ hash: String) async throws {
        #expect(try await !hasher.verify("", against: hash))
    }
}
