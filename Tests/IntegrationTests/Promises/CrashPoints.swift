import Foundation

/// A platform whose processes die where a test wants them to.
struct CrashPoints: Sendable {
    let platform: Platform
    private let folder: String

    /// Times so short that every bad habit of the provider fits into a test.
    static let quickly = [
        "USHER_PROVIDER_TIMEOUT_MS": "1000", "USHER_PAYMENT_ASK_AFTER_MS": "1500",
        "USHER_PAYMENT_LOST_AFTER_MS": "6000", "USHER_PAYMENT_ASK_MAX_MS": "3000",
        "USHER_PAYMENT_OWED_AFTER_MS": "500", "USHER_PROVIDER_SLOW_MS": "300",
        "USHER_PROVIDER_HANG_MS": "2500", "USHER_PROVIDER_SETTLE_MS": "500",
        "USHER_PROVIDER_LATE_MS": "4000",
    ]

    init(_ environment: [String: String] = quickly) async throws {
        folder = "/tmp/usher-fp-" + UUID().uuidString.prefix(8).lowercased()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var environment = environment
        environment["USHER_FAIL_POINTS_FOLDER"] = folder
        platform = try await Platform(environment: environment)
    }

    /// Has a process killed at a point, once, when so many are there together.
    func arm(_ point: String, together: Int) throws {
        let action = together == 1 ? "exit" : "gather:\(together):120000"
        try action.write(toFile: "\(folder)/\(point)", atomically: true, encoding: .utf8)
    }

    /// Waits until it has happened.
    ///
    /// - Returns: how many were at the point then; 1 where it did not gather.
    @discardableResult
    func waitUntilReached(_ point: String) async throws -> Int {
        _ = try await eventually("\(point) reached", seconds: 300) {
            FileManager.default.fileExists(atPath: "\(folder)/\(point)") ? nil : true
        }
        let count = try? String(contentsOfFile: "\(folder)/\(point).gathered", encoding: .utf8)
        return count.flatMap { Int($0) } ?? 1
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
