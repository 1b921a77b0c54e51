import Foundation
import Logging
import Redis
import ServiceKit
import TestSupport
import Testing

@testable import EventService

/// An event of its own in a Redis, with a few words for what the tests ask.
struct SeatStateFixture {
    let server: RedisServer
    let redis: RedisClient
    let seats: SeatState
    let event = EventID().description

    init(server: RedisServer? = nil, sabotage: SeatState.Sabotage = []) throws {
        self.server = try server ?? RedisServer.shared
        redis = RedisClient(configuration: self.server.configuration, logger: Logger(label: "test"))
        seats = try SeatState(redis: redis, sabotage: sabotage)
    }

    /// Installs a state over whatever is there; returns its generation.
    @discardableResult
    func install(_ letters: String, number: Int64 = 1, feed: UInt64 = 0) async throws
        -> SeatGeneration
    {
        let (current, runID) = try await present()
        let generation = SeatGeneration(number: number, runID: runID)
        let outcome = try await seats.install(
            event: event, replacing: current, generation: generation,
            letters: Array(letters.utf8), feedPosition: feed, planVersion: 1)
        try #require(outcome == .installed)
        return generation
    }

    /// The generation that is there, valid or not, and the run id.
    func present() async throws -> (SeatGeneration?, String) {
        switch try await seats.probe(event: event) {
        case .present(let info, let runID): (info.version.generation, runID)
        case .missing(let leftover, let runID): (leftover, runID)
        }
    }

    func request(
        _ places: [Int], areas: [AreaRequest] = [], buyer: String = "usr_a", hold: String? = nil,
        ttl: Duration = .seconds(600), placesMax: Int = 100
    ) -> HoldRequest {
        HoldRequest(
            holdID: hold ?? "hld_" + UUID().uuidString.lowercased(), buyerID: buyer,
            seats: places, areas: areas, timeToLive: ttl, placesMax: placesMax)
    }

    /// Holds, and expects to get the places.
    func hold(
        _ places: [Int], areas: [AreaRequest] = [], buyer: String = "usr_a",
        ttl: Duration = .seconds(600)
    ) async throws -> SeatHold {
        let outcome = try await seats.hold(
            event: event, request(places, areas: areas, buyer: buyer, ttl: ttl))
        guard case .held(let hold, _) = outcome else {
            throw Unexpected(outcome: "\(outcome)")
        }
        return hold
    }

    struct Unexpected: Error {
        let outcome: String
    }

    func redeem(
        _ hold: SeatHold, buyer: String? = nil, claim: Duration = .seconds(600)
    ) async throws -> RedeemOutcome {
        try await seats.redeem(
            event: event,
            RedeemRequest(
                holdID: hold.holdID, buyerID: buyer ?? hold.buyerID, claim: claim,
                generation: hold.generation, deadlineMs: hold.deadlineMs, fence: hold.fence,
                places: hold.places))
    }

    func letters() async throws -> String {
        String(decoding: try await seats.snapshot(event: event).letters, as: UTF8.self)
    }

    func version() async throws -> UInt64 {
        try await seats.snapshot(event: event).version.number
    }

    /// Returns when Redis' clock is past the instant (Unix ms).
    func waitUntil(pastMs: Int64) async throws {
        while try await redisNowMs() <= pastMs {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    func redisNowMs() async throws -> Int64 {
        let parts = try await redis.send(["TIME"]).array()
        return try parts[0].integer() * 1_000 + parts[1].integer() / 1_000
    }
}
