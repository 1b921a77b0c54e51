package import Redis

/// Who holds which place right now: letters, holds and deadlines of every event, in Redis.
///
/// Every call is one Lua script, so it happens whole or not at all, and Redis' clock decides. The
/// state is disposable: claims in the booking database are what lasts, and `install` puts a state
/// made of them in place. Calls throw `SeatStateError`; `.rebuilding` until there is a state. With
/// `generation` nil they take whichever is there.
package struct SeatState: Sendable {
    #if DEBUG
        /// Faults for tests that have to show that they would notice.
        package struct Sabotage: OptionSet, Sendable {
            package let rawValue: Int

            package init(rawValue: Int) {
                self.rawValue = rawValue
            }

            /// A hold takes every place for free.
            package static let everyPlaceIsFree = Sabotage(rawValue: 1)
            /// Nothing is kept for the waiting list.
            package static let listIsIgnored = Sabotage(rawValue: 2)
        }
    #endif

    /// Places in one hold or token.
    package static let placesPerHoldMax = 1_000
    /// Choices of seats in one request.
    package static let alternativesMax = 32
    /// Bytes of an idempotency key with what is put before it.
    package static let keyBytesMax = 300
    /// Places of one event.
    package static let placesPerEventMax = 1_000_000
    /// Changes in one entry of the booking feed.
    package static let changesPerEntryMax = 100_000

    let redis: RedisClient
    let scripts: SeatScripts

    /// The seat state in that Redis. Throws when the scripts are not beside the program.
    package init(redis: RedisClient) throws {
        self.redis = redis
        scripts = try SeatScripts(isGuarded: true)
    }

    #if DEBUG
        /// A seat state with faults.
        package init(redis: RedisClient, sabotage: Sabotage) throws {
            self.redis = redis
            scripts = try SeatScripts(
                isGuarded: !sabotage.contains(.everyPlaceIsFree),
                keepsForList: !sabotage.contains(.listIsIgnored))
        }
    #endif

    // MARK: Calling scripts

    func call(
        _ script: RedisScript, event: String, generation: SeatGeneration?,
        _ arguments: [RedisArgument] = []
    ) async throws(SeatStateError) -> SeatReply {
        try Self.checkID(event)
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await redis.evaluate(
                script, keys: [.text("seat:{\(event)}:meta")],
                arguments: [.text(generation?.text ?? "")] + arguments)
        } catch {
            throw SeatStateError(
                Self.isFault(error) ? .refused : .unavailable, "\(script.name): \(error)")
        }
        let answer = try SeatReply(reply)
        switch answer.kind {
        case "rebuilding":
            let current = try answer.text(1)
            throw SeatStateError(
                .rebuilding(current: current.isEmpty ? nil : SeatGeneration(current)),
                current.isEmpty ? "there is none" : "its generation is \(current)")
        case "notYours": throw SeatStateError(.notYours, "the hold is another buyer's")
        case "keyReused":
            throw SeatStateError(.keyReused, "the idempotency key was used for another request")
        default: return answer
        }
    }

    /// True where the script itself failed: not for want of memory, a connection or patience.
    private static func isFault(_ error: RedisError) -> Bool {
        (error.serverCode == "ERR" || error.serverCode == "WRONGTYPE")
            && error.message.contains("script") && !error.message.contains("OOM")
    }

    // MARK: Limits

    /// Ids are parts of keys.
    static func checkID(_ id: String) throws(SeatStateError) {
        let isFine = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isFine, (1...100).contains(id.utf8.count) else {
            throw SeatStateError(.invalid, "not an id: '\(id.prefix(100))'")
        }
    }

    static func checkPlaces(_ places: [Int]) throws(SeatStateError) {
        guard places.allSatisfy({ (0..<placesPerEventMax).contains($0) }) else {
            throw SeatStateError(.invalid, "no such place")
        }
    }

    static func checkMilliseconds(_ duration: Duration) throws(SeatStateError) -> Int64 {
        let (seconds, attoseconds) = duration.components
        guard duration > .zero, seconds <= 7 * 86_400 else {
            throw SeatStateError(.invalid, "not a time between 0 and 7 days")
        }
        return max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
