import ArgumentParser
import EventService
import Foundation
import Logging
import Redis
import ServiceKit

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
        let theatre = ScriptBench.Venue(places: 800)
        let stadium = ScriptBench.Venue(places: 60_000)
        let rounds = holds / ScriptBench.chunk
        var progress = BenchProgress()
        for inFlight in [1, 16, 64] {
            var (small, large) = (HoldRates(), HoldRates())
            progress.begin("script, \(inFlight) in flight")
            for round in 0..<rounds {
                // Who comes first takes turns, too.
                if round.isMultiple(of: 2) {
                    small.add(try await script.round(theatre, inFlight: inFlight))
                    large.add(try await script.round(stadium, inFlight: inFlight))
                } else {
                    large.add(try await script.round(stadium, inFlight: inFlight))
                    small.add(try await script.round(theatre, inFlight: inFlight))
                }
                progress.round("script, \(inFlight) in flight: round \(round + 1) of \(rounds)")
            }
            let ratio = (large.inRedis.median ?? 0) / (small.inRedis.median ?? 1)
            print(
                "script, \(inFlight) in flight: theatre \(small), stadium \(large); in Redis "
                    + "the stadium costs \(Int((ratio * 100).rounded())) % of the theatre")
        }
        let secrets = try Secrets(folder: report.secretsFolder)
        try await Operations.with(runFolder: report.runFolder, secrets: secrets) { operations in
            let buyers = try await BenchBuyers(operations, &progress)
            let service = ServiceBench(buyers: buyers)
            var (byService, bare) = (Rounds(), HoldRates())
            let rounds = max(holds / ServiceBench.roundCount, 1)
            for round in 1...rounds {
                byService.add(try await service.round())
                bare.add(try await script.round(stadium, inFlight: BenchBuyers.countMax))
                progress.round("by the service: round \(round) of \(rounds)")
            }
            print(
                "\(BenchBuyers.countMax) in flight: by the service \(byService.text) holds/s, by "
                    + "the bare script \(bare.perSecond.text)")
        }
        try await script.forget(theatre)
        try await script.forget(stadium)
        await redis.shutDown()
    }
}

/// What was measured of holds, round by round.
struct HoldRates: CustomStringConvertible {
    private(set) var perSecond = Rounds()
    /// Microseconds of one script, by Redis' own account.
    private(set) var inRedis = Rounds()

    mutating func add(_ round: (perSecond: Double, inRedis: Double)) {
        perSecond.add(round.perSecond)
        inRedis.add(round.inRedis)
    }

    var description: String {
        "\(perSecond.text) holds/s (\(inRedis.textWithTenths) µs each in Redis)"
    }
}

/// The bare script.
struct ScriptBench {
    /// Holds in a round; as many as the theatre has pairs of seats.
    static let chunk = 400

    /// A state that is made for the benchmark, and forgotten after it.
    struct Venue {
        let places: Int
        let event: String

        init(places: Int) {
            self.places = places
            event = "bench_\(places)_\(UUID().uuidString.lowercased())"
        }
    }

    private let redis: RedisClient
    private let seats: SeatState

    init(redis: RedisClient) throws {
        self.redis = redis
        seats = try SeatState(redis: redis)
    }

    /// Holds all pairs of seats of a state that is new.
    func round(
        _ venue: Venue, inFlight: Int
    ) async throws -> (perSecond: Double, inRedis: Double) {
        try await install(venue)
        let before = try await statistics()
        let start = ContinuousClock.now
        try await hold(
            venue.event, step: venue.places / (2 * Self.chunk), inFlight: inFlight)
        let time = ContinuousClock.now - start
        let after = try await statistics()
        return (
            Double(Self.chunk) / (time / .seconds(1)),
            (after.microseconds - before.microseconds) / max(after.calls - before.calls, 1)
        )
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

    private func install(_ venue: Venue) async throws {
        let (current, runID): (SeatGeneration?, String) =
            switch try await seats.probe(event: venue.event) {
            case .present(let info, let runID): (info.version.generation, runID)
            case .missing(let leftover, let runID): (leftover, runID)
            }
        _ = try await seats.install(
            event: venue.event, replacing: current,
            // Any number that no other round has had.
            generation: SeatGeneration(number: .random(in: 1...Int64.max), runID: runID),
            letters: [UInt8](repeating: SeatLetter.free.rawValue, count: venue.places),
            feedPosition: 0, planVersion: 1)
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

    /// Takes a state away.
    func forget(_ venue: Venue) async throws {
        var cursor = "0"
        repeat {
            let page = try await redis.send(
                ["SCAN", .text(cursor), "MATCH", .text("seat:{\(venue.event)}:*"), "COUNT", "1000"]
            ).array()
            cursor = try page[0].text()
            let keys = try page[1].array().map { RedisArgument.text(try $0.text()) }
            if !keys.isEmpty {
                _ = try await redis.send(["UNLINK"] + keys)
            }
        } while cursor != "0"
    }
}
