import Crypto
import CryptoExtras
import Foundation
import NIOPosix
import ServiceKit

/// Hashes passwords with scrypt (RFC 7914) on threads of its own, so that a rush of log-ins does
/// not keep other calls waiting.
struct PasswordHasher: Sendable {
    /// Cost of a new hash; old hashes keep theirs.
    struct Cost: Sendable, Equatable {
        /// N = 2^log2N, 10 to 20. 15 takes about 80 ms and 32 MiB.
        var log2N: Int
        var blockSize = 8
        var parallelism = 1
    }

    /// Hashes waiting at most; more are refused.
    static let waitingMax = 1_000

    private let threads: NIOThreadPool
    private let cost: Cost
    private let waiting = Gate(limit: waitingMax)

    init(threads: NIOThreadPool, cost: Cost) {
        self.threads = threads
        self.cost = cost
    }

    /// The PHC string of a new password:
    /// `$scrypt$ln=15,r=8,p=1$salt$hash`.
    ///
    /// - Throws: `Gate.Full` where too many wait.
    func hash(_ password: String) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = Data((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let cost = cost
        return try await onThread {
            let key = try Self.derive(password, salt, cost)
            return "$scrypt$ln=\(cost.log2N),r=\(cost.blockSize),p=\(cost.parallelism)"
                + "$\(salt.base64URLEncodedString())$\(key.base64URLEncodedString())"
        }
    }

    /// Whether the password is the one of the hash. Without a hash (an unknown address) it costs
    /// the same and is false.
    func verify(_ password: String, against hash: String?) async throws -> Bool {
        let cost = cost
        return try await onThread {
            guard let hash, let known = Parsed(hash) else {
                _ = try Self.derive(password, Data(count: 16), cost)
                return false
            }
            let key = try Self.derive(password, known.salt, known.cost)
            return Self.equal(key, known.key)
        }
    }

    private func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try waiting.enter()
        defer { waiting.leave() }
        return try await threads.runIfActive(work)
    }

    private static func derive(_ password: String, _ salt: Data, _ cost: Cost) throws -> Data {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.log2N,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes { Data($0) }
    }

    /// Takes the same time wherever the first difference is.
    private static func equal(_ one: Data, _ other: Data) -> Bool {
        one.count == other.count && zip(one, other).reduce(UInt8(0)) { $0 | $1.0 ^ $1.1 } == 0
    }

    private struct Parsed {
        var cost: Cost
        var salt: Data
        var key: Data

        init?(_ text: String) {
            let parts = text.split(separator: "$").map(String.init)
            guard parts.count == 4, parts[0] == "scrypt",
                let salt = Data(base64URLEncoded: parts[2]),
                let key = Data(base64URLEncoded: parts[3])
            else {
                return nil
            }
            var numbers: [Substring: Int] = [:]
            for pair in parts[1].split(separator: ",") {
                let halves = pair.split(separator: "=")
                guard halves.count == 2, let number = Int(halves[1]) else {
                    return nil
                }
                numbers[halves[0]] = number
            }
            guard let log2N = numbers["ln"], (1...20).contains(log2N), let blockSize = numbers["r"],
                let parallelism = numbers["p"]
            else {
                return nil
            }
            cost = Cost(log2N: log2N, blockSize: blockSize, parallelism: parallelism)
            self.salt = salt
            self.key = key
        }
    }
}
