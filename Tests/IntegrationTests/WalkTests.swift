import Foundation
import JSON
import Testing

/// Runs the walk of the README, word for word.
@Suite("The README's walk")
struct WalkTests {
    @Test("sells two seats of the real hall, from registering to the mail in the outbox")
    func walk() async throws {
        let platform = try await Platform.shared()
        let readme = try String(
            contentsOf: Platform.projectFolder.appendingPathComponent("README.md"),
            encoding: .utf8)
        let start = try #require(readme.range(of: "```sh walk\n"))
        let end = try #require(readme.range(of: "```", range: start.upperBound..<readme.endIndex))
        let lines = String(readme[start.upperBound..<end.lowerBound])

        let folder = platform.folder + "/walk"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let output = try await Shell.run(
            "set -euo pipefail\n" + lines, in: folder,
            environment: ["API": platform.ready.url + "/api"])

        #expect(output.status == 0, "\(output.text)")
        #expect(output.text.contains("held until 2"), "\(output.text)")
        #expect(output.text.contains("PAYMENT_STATE_CAPTURED"), "\(output.text)")
        #expect(output.text.contains("BOOKING_STATE_CONFIRMED"), "\(output.text)")
        #expect(output.text.contains("<svg"), "\(output.text)")

        let mail = try await eventually("confirmation mail") {
            try Self.mails(platform).first { $0.contains("To: Ada <ada-") }
        }
        #expect(mail.contains("Message-ID: <confirmed.bkg_"))
        #expect(mail.components(separatedBy: "Content-Type: image/svg+xml").count == 3)
    }

    static func mails(_ platform: Platform) throws -> [String] {
        let folder = platform.ready.outboxFolder
        guard FileManager.default.fileExists(atPath: folder) else {
            return []
        }
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".eml") }
            .map { try String(contentsOfFile: folder + "/" + $0, encoding: .utf8) }
    }
}
