import ArgumentParser
import EventService
import Foundation
import Logging
import Redis

/// Holds a second: by the bare script on the platform's Redis, and by the event service's RPC.
struct BenchHoldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holds",
        abstract: "Holds a second, by the bare script and by the event service.",
        discussion: """
            The script holds two seats at a time, each time of another buyer, on a theatre of 800 \
            seats and a stadium of 60,000 in turn, in states of its own. The service holds seats \
            of the demo's stadium (usher up --demo) and frees them again.
            """)

    @OptionGroup var folders: FolderOptions

    @Option(help: "Holds of each kind.")
    var holds = 8_000

    func validate() throws {
        guard (400...1_000_000).contains(holds) else {
            throw ValidationError("--holds: 400 to 1,000,000")
        }
    }

    func run() async throws {
        let report = try folders.readyReport()
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let redis = RedisClient(
            configuration: RedisConfiguration(address: .unix(path: report.redisSocket)),
            logger: logger)
        let script = try ScriptBench(redis: redis)
        for inFlight in [1, 16] {
            let theatre = try await script.run(places: 800, holds: holds, inFlight: inFlight)
            let stadium = try await script.run(places: 60_000, holds: holds, inFlight: inFlight)
            print(
                "script, \(inFlight) in flight: theatre \(theatre), stadium \(stadium); in Redis "
                    + "the stadium costs \(Self.percent(stadium.inRedis / theatre.inRedis)) of "
                    + "the theatre")
        }
        await redis.shutDown()
        try await ServiceBench(report: report).run(holds: holds)
    }

    private static func percent(_ ratio: Double) -> String {
        "\(Int((ratio * 100).rounded())) %"
    }
}

/// What was measured of some holds.
struct HoldRate: CustomStringConvertible {
    let perSecond: Double
    /// Microseconds of one script, by Redis' own account.
    let inRedis: Double

    var description: String {
        "\(Int(perSecond)) holds/s (\((inRedis * 10).rounded() / 10) µs each in Redis)"
    }
}

/// The bare script.
struct ScriptBench {
    /// Holds between two looks at the clock; as many as the theatre has pairs of seats.
    private static let chunk = 400

    private let redis: RedisClient
    private let seats: SeatState

    init(redis: RedisClient) throws {
        self.redis = redis
        seats = try SeatState(redis: redis)
    }

    /// Holds pairs of seats of a state that is made for it, and forgotten after it.
    func run(places: Int, holds: Int, inFlight: Int) async throws -> HoldRate {
        let event = "bench_\(places)_\(UUID().uuidString.lowercased())"
        var (time, calls, microseconds) = (Duration.zero, 0.0, 0.0)
        for round in 0..<(holds / Self.chunk) {
            try await install(event, places: places, number: Int64(round))
            let before = try await statistics()
            let start = ContinuousClock.now
            try await hold(event, step: places / (2 * Self.chunk), inFlight: inFlight)
            time += ContinuousClock.now - start
            let after = try await statistics()
            calls += after.calls - before.calls
            microseconds += after.microseconds - before.microseconds
        }
        try await forget(event)
        return HoldRate(
            perSecond: Double(holds / Self.chunk * Self.chunk) / (time / .seconds(1)),
            inRedis: microseconds / max(calls, 1))
    }

    private func hold(_ event: String, step: Int, inFlight: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<inFlight {
                group.addTask {
                    for index in stride(from: worker, to: Self.chunk, by: inFlight) {
                        let id = UUID().uuidString.lowercased()
                        let outcome = try await seats.hold(
                            event: event,
                            HoldRequest(
                                holdID: "hld_\(id)", buyerID: "usr_\(id)",
                                seats: [2 * index * step, 2 * index * step + 1],
                                timeToLive: .seconds(60), placesMax: 10))
                        guard case .held = outcome else {
                            throw StartError("A seat that was free could not be held.")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func install(_ event: String, places: Int, number: Int64) async throws {
        let (current, runID): (SeatGeneration?, String) =
            switch try await seats.probe(event: event) {
            case .present(let info, let runID): (info.version.generation, runID)
            case .missing(let leftover, let runID): (leftover, runID)
            }
        _ = try await seats.install(
            event: event, replacing: current,
            generation: SeatGeneration(number: number, runID: runID),
            letters: [UInt8](repeating: SeatLetter.free.rawValue, count: places), feedPosition: 0,
            planVersion: 1)
    }

    /// What Redis counts of scripts called by their digest.
    private func statistics() async throws -> (calls: Double, microseconds: Double) {
        let text = try await redis.send(["INFO", "commandstats"]).text()
        let line = text.split(whereSeparator: \.isNewline).first {
            $0.hasPrefix("cmdstat_evalsha:")
        }
        var numbers: [Substring: Double] = [:]
        for part in (line ?? "").dropFirst("cmdstat_evalsha:".count).split(separator: ",") {
            let pair = part.split(separator: "=")
            if pair.count == 2 { numbers[pair[0]] = Double(pair[1]) }
        }
        return (numbers["calls"] ?? 0, numbers["usec"] ?? 0)
    }

    private func forget(_ event: String) async throws {
        var cursor = "0"
        repeat {
            let page = try await redis.send(
                ["SCAN", .text(cursor), "MATCH", .text("seat:{\(event)}:*"), "COUNT", "1000"]
            ).array()
            cursor = try page[0].text()
            let keys = try page[1].array().map { RedisArgument.text(try $0.text()) }
            if !keys.isEmpty {
                _ = try await redis.send(["UNLINK"] + keys)
            }
        } while cursor != "0"
    }
}
