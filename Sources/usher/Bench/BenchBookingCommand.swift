import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ServiceKit

/// Bookings a second by the booking service, beside pgbench doing the same inserts one by one.
struct BenchBookingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "booking",
        abstract: "Bookings a second by the booking service, and the same inserts by pgbench.",
        discussion: """
            1, 16 and 64 buyers book seats of the demo's stadium (usher up --demo), which they hold \
            already, one seat in each booking; the seats come back when the bookings expire unpaid. \
            pgbench writes the same rows on the same PostgreSQL, one booking in each transaction, \
            in a database of its own. Both take turns; the figures are medians.
            """)

    @OptionGroup var folders: FolderOptions

    @Option(help: "Rounds of each kind.")
    var rounds = 3

    func validate() throws {
        guard (1...20).contains(rounds) else {
            throw ValidationError("--rounds: 1 to 20")
        }
    }

    /// Buyers at once, and how many times in a round each of them books ten seats.
    private static let steps = [
        (buyers: 1, tens: 10), (buyers: 16, tens: 3), (buyers: 64, tens: 2),
    ]
    private static let holdsEach = 10

    func run() async throws {
        let report = try folders.readyReport()
        var progress = BenchProgress()
        progress.begin("a database for pgbench")
        let pgbench = try await PgbenchRun(report: report)
        let secrets = try Secrets(folder: report.secretsFolder)
        try await Operations.with(runFolder: report.runFolder, secrets: secrets) { operations in
            let buyers = try await BenchBuyers(operations, &progress)
            let metrics = ServiceMetrics(adminURL: report.adminURLs["booking"] ?? "")
            for step in Self.steps {
                var (service, perCommit, plain) = (Rounds(), Rounds(), Rounds())
                for round in 1...rounds {
                    let name = "\(step.buyers) in flight, round \(round) of \(rounds)"
                    progress.begin("\(name): by the service")
                    let before = try await metrics.read()
                    var time = Duration.zero
                    for ten in 1...step.tens {
                        let holds = try await buyers.holds(
                            buyers: step.buyers, count: Self.holdsEach)
                        let start = ContinuousClock.now
                        try await buyers.book(holds)
                        time += ContinuousClock.now - start
                        let booked = ten * step.buyers * Self.holdsEach
                        progress.round("\(name): \(booked) booked")
                    }
                    let after = try await metrics.read()
                    let each = step.tens * Self.holdsEach
                    service.add(Double(step.buyers * each) / (time / .seconds(1)))
                    perCommit.add(
                        (after.bookings - before.bookings)
                            / max(after.commits - before.commits, 1))
                    progress.begin("\(name): by pgbench")
                    plain.add(try await pgbench.rate(clients: step.buyers, each: each))
                }
                print(
                    "\(step.buyers) in flight: \(service.text) bookings/s, "
                        + "\(perCommit.textWithTenths) in a commit; "
                        + "pgbench, one by one: \(plain.text)/s")
            }
        }
        try await pgbench.end()
    }
}

/// What the booking service counts.
struct ServiceMetrics {
    let adminURL: String

    /// Since the process began.
    struct Counts: Equatable {
        var bookings: Double
        var commits: Double

        /// From Prometheus' text.
        init(_ text: String) {
            func sum(_ prefix: String) -> Double {
                text.split(separator: "\n").filter { $0.hasPrefix(prefix) }
                    .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
                    .reduce(0, +)
            }
            bookings = sum("bookings_total{outcome=\"created\"}")
            commits = sum("booking_commits_total")
        }
    }

    /// - Throws: where the process does not answer.
    func read() async throws -> Counts {
        let request = HTTPClientRequest(url: adminURL + "/metrics")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return Counts(String(buffer: try await response.body.collect(upTo: 4 << 20)))
    }
}
