import Redis

/// What became of a request for places.
package enum HoldOutcome: Sendable, Equatable {
    /// All places are the buyer's until the deadline.
    case held(SeatHold, version: SeatStateVersion)
    /// The hold was made before, by the same id or idempotency key; here it is as it stands now.
    case replayed(SeatHold, version: SeatStateVersion)
    /// Nothing was held. The letter of each seat that is in the way, nil for no such place, and
    /// how many places each area of the request could have given.
    case unavailable(seats: [Int: SeatLetter?], areas: [Int])
    /// Nothing was held: the buyer has so many places in live holds already.
    case limitReached(livePlaces: Int)
    /// Nothing was held: these seats would be left alone.
    case leavesAlone([Int])
    /// Nothing was changed: there is no such hold any more.
    case ended(HoldEnd)
}

/// Why a hold is not there to be changed.
package enum HoldEnd: Sendable, Equatable {
    case redeemed, expired, released, lost
    /// As for `HoldLookup.missing`.
    case missing(generationStartedMs: Int64)
}

/// What became of a request for more time.
package enum ExtendOutcome: Sendable, Equatable {
    /// The hold as it is now.
    case extended(SeatHold, version: SeatStateVersion)
    /// No more may be added.
    case limitReached
    /// There is no such hold any more.
    case ended(HoldEnd)
}

/// What a hold is found to be.
package enum HoldLookup: Sendable, Equatable {
    case found(SeatHold, version: SeatStateVersion)
    /// Never made, released, expired, or lost with the state before: a hold that was made
    /// earlier than this generation, which started then (Unix ms), is lost.
    case missing(generationStartedMs: Int64)
}

/// What became of a release.
package enum ReleaseOutcome: Sendable, Equatable {
    /// The places are not held any more, by this or any earlier call.
    case released
    /// Nothing was done: the hold is with a booking.
    case redeemed
}

/// What became of a redemption.
package enum RedeemOutcome: Sendable, Equatable {
    /// The places are claimed until then (Unix ms), or until the booking feed speaks.
    case redeemed(untilMs: Int64)
    /// It was redeemed before.
    case redeemedBefore
    /// The state that knew the hold is gone, so the signed token alone vouches for it. Where a new
    /// state is there, the places were free in it and are claimed until then, else nil.
    case byTokenAlone(untilMs: Int64?)
    /// The hold's time is over, or it was released.
    case expired
    /// Another has places of it.
    case lost
    /// The hold has other places since the token was made.
    case changed
}

extension SeatState {
    /// Holds all places of the request or none. Throws `.notYours` when the hold id is another
    /// buyer's, `.keyReused`, `.invalid`, `.rebuilding`, `.unavailable`.
    package func hold(
        event: String, _ request: HoldRequest, generation: SeatGeneration? = nil
    ) async throws(SeatStateError) -> HoldOutcome {
        let timeToLiveMs = try Self.check(request)
        var arguments: [RedisArgument] = [
            .text(request.holdID), .text(request.buyerID), .integer(timeToLiveMs),
            RedisArgument(request.placesMax), .text(request.idempotency?.key ?? ""),
            .bytes(request.idempotency?.fingerprint ?? []),
            .text(request.isChange ? "change" : request.isOffer ? "offer" : "new"),
            RedisArgument(1 + request.alternatives.count),
        ]
        let first = SeatAlternative(seats: request.seats, lines: request.lines)
        for choice in [first] + request.alternatives {
            let places = choice.seats.map(String.init).joined(separator: ",")
            arguments += [.text(places), .bytes(choice.lines)]
        }
        arguments.append(RedisArgument(request.edges.count))
        for edge in request.edges {
            arguments.append(.text("\(edge.seat),\(edge.beyond ?? -1),\(edge.other ?? -1)"))
        }
        for area in request.areas {
            arguments += [area.first, area.count, area.quantity].map { RedisArgument($0) }
        }
        let reply = try await call(
            scripts.hold, event: event, generation: generation, arguments)
        switch reply.kind {
        case "held":
            return .held(try reply.hold(3), version: try reply.version())
        case "replayed":
            return .replayed(try reply.hold(3), version: try reply.version())
        case "unavailable":
            var seats: [Int: SeatLetter?] = [:]
            for text in try reply.texts(2) {
                guard let place = Int(text.dropLast()), let letter = text.utf8.last else {
                    throw reply.unknown()
                }
                seats[place] = .some(SeatLetter(rawValue: letter))
            }
            return .unavailable(seats: seats, areas: try reply.ints(3))
        case "limit":
            return .limitReached(livePlaces: try reply.int(2))
        case "orphan":
            return .leavesAlone(try reply.ints(2))
        case "ended":
            return .ended(try Self.end(reply))
        default:
            throw reply.unknown()
        }
    }

    /// Adds `step` to the time of a hold whose deadline is `deadlineMs`, as far as no more than
    /// `most` has been added in all; a hold with another deadline is answered as it is. Throws
    /// `.notYours` and as always.
    package func extend(
        event: String, holdID: String, buyerID: String, deadlineMs: Int64, step: Duration,
        most: Duration
    ) async throws(SeatStateError) -> ExtendOutcome {
        try Self.checkID(holdID)
        let reply = try await call(
            scripts.extend, event: event, generation: nil,
            [
                .text(holdID), .text(buyerID), .integer(deadlineMs),
                .integer(try Self.checkMilliseconds(step)),
                .integer(try Self.checkMilliseconds(most)),
            ])
        switch reply.kind {
        case "extended": return .extended(try reply.hold(3), version: try reply.version())
        case "limit": return .limitReached
        case "ended": return .ended(try Self.end(reply))
        default: throw reply.unknown()
        }
    }

    private static func end(_ reply: SeatReply) throws(SeatStateError) -> HoldEnd {
        switch try reply.text(2) {
        case "redeemed": return .redeemed
        case "expired": return .expired
        case "released": return .released
        case "lost": return .lost
        case "missing": return .missing(generationStartedMs: try reply.integer(3))
        default: throw reply.unknown()
        }
    }

    /// Frees the places of the buyer's hold; idempotent. Throws `.notYours` and as always.
    package func release(
        event: String, holdID: String, buyerID: String, generation: SeatGeneration? = nil
    ) async throws(SeatStateError) -> ReleaseOutcome {
        try Self.checkID(holdID)
        let reply = try await call(
            scripts.release, event: event, generation: generation,
            [.text(holdID), .text(buyerID)])
        switch reply.kind {
        case "released": return .released
        case "redeemed": return .redeemed
        default: throw reply.unknown()
        }
    }

    /// The buyer's hold as it is now. Throws `.notYours` and as always.
    package func get(
        event: String, holdID: String, buyerID: String, generation: SeatGeneration? = nil
    ) async throws(SeatStateError) -> HoldLookup {
        try Self.checkID(holdID)
        let reply = try await call(
            scripts.get, event: event, generation: generation, [.text(holdID), .text(buyerID)])
        switch reply.kind {
        case "hold":
            return .found(try reply.hold(3), version: try reply.version())
        case "missing": return .missing(generationStartedMs: try reply.integer(2))
        default: throw reply.unknown()
        }
    }

    /// The hold that the buyer's idempotency key has made, as it is now; nil where it has made none.
    /// Throws `.keyReused` and as always.
    package func hold(
        event: String, buyerID: String, idempotency: (key: String, fingerprint: [UInt8])
    ) async throws(SeatStateError) -> (hold: SeatHold, version: SeatStateVersion)? {
        try Self.checkID(buyerID)
        guard (1...Self.keyBytesMax).contains(idempotency.key.utf8.count) else {
            throw SeatStateError(.invalid, "an idempotency key of that size")
        }
        let reply = try await call(
            scripts.keyed, event: event, generation: nil,
            [.text(buyerID), .text(idempotency.key), .bytes(idempotency.fingerprint)])
        switch reply.kind {
        case "none": return nil
        case "replayed": return (try reply.hold(3), try reply.version())
        default: throw reply.unknown()
        }
    }

    /// The buyer's holds whose time is not over, oldest first.
    package func listHolds(
        event: String, buyerID: String, generation: SeatGeneration? = nil
    ) async throws(SeatStateError) -> [SeatHold] {
        try Self.checkID(buyerID)
        let reply = try await call(
            scripts.list, event: event, generation: generation, [.text(buyerID)])
        guard reply.kind == "holds" else { throw reply.unknown() }
        var holds: [SeatHold] = []
        for element in try reply.array(2) { holds.append(try SeatHold(element)) }
        return holds.sorted { $0.fence < $1.fence }
    }

    /// Claims the places of a hold for the booking that is being made. The token was checked by
    /// the caller; redeeming again for the same hold is `.redeemedBefore`. Throws `.notYours`,
    /// `.invalid`, `.unavailable`, but never `.rebuilding`.
    package func redeem(
        event: String, _ request: RedeemRequest
    ) async throws(SeatStateError) -> RedeemOutcome {
        try Self.checkID(request.holdID)
        try Self.checkID(request.buyerID)
        try Self.checkPlaces(request.places)
        guard (1...Self.placesPerHoldMax).contains(request.places.count) else {
            throw SeatStateError(.invalid, "\(request.places.count) places in a token")
        }
        let claimMs = try Self.checkMilliseconds(request.claim)
        let reply = try await call(
            scripts.redeem, event: event, generation: nil,
            [
                .text(request.holdID), .text(request.buyerID), .integer(claimMs),
                .text(request.generation.text), .integer(request.deadlineMs),
                .text(request.places.map(String.init).joined(separator: ",")),
                RedisArgument(request.fence),
            ])
        switch reply.kind {
        case "redeemed": return .redeemed(untilMs: try reply.integer(2))
        case "again": return .redeemedBefore
        case "tokenAlone":
            let isClaimed = try !reply.text(2).isEmpty
            return .byTokenAlone(untilMs: isClaimed ? try reply.integer(2) : nil)
        case "expired": return .expired
        case "lost": return .lost
        case "changed": return .changed
        default: throw reply.unknown()
        }
    }

    private static func check(_ request: HoldRequest) throws(SeatStateError) -> Int64 {
        try checkID(request.holdID)
        try checkID(request.buyerID)
        try checkPlaces(request.seats)
        guard Set(request.seats).count == request.seats.count else {
            throw SeatStateError(.invalid, "a seat comes twice")
        }
        try check(request.alternatives, like: request)
        var wanted = request.seats.count
        for area in request.areas {
            guard area.first >= 0, area.count >= 1, area.quantity >= 1,
                area.first <= placesPerEventMax, area.count <= placesPerEventMax,
                area.quantity <= placesPerHoldMax
            else {
                throw SeatStateError(.invalid, "not an area: \(area)")
            }
            wanted += area.quantity
        }
        guard (1...placesPerHoldMax).contains(wanted), request.areas.count <= placesPerHoldMax
        else {
            throw SeatStateError(.invalid, "\(wanted) places in a hold")
        }
        let keySize = request.idempotency?.key.utf8.count ?? 1
        guard (1...keyBytesMax).contains(keySize), request.lines.count <= 65_536 else {
            throw SeatStateError(.invalid, "an idempotency key or lines of that size")
        }
        return try checkMilliseconds(request.timeToLive)
    }

    private static func check(
        _ alternatives: [SeatAlternative], like request: HoldRequest
    ) throws(SeatStateError) {
        let isFine = alternatives.allSatisfy { choice in
            choice.seats.count == request.seats.count
                && Set(choice.seats).count == choice.seats.count && choice.lines.count <= 65_536
        }
        guard isFine, alternatives.count < alternativesMax,
            request.edges.count <= 2 * placesPerHoldMax
        else {
            throw SeatStateError(.invalid, "not alternatives: \(alternatives.count)")
        }
        for choice in alternatives { try checkPlaces(choice.seats) }
        try checkPlaces(request.edges.map(\.seat))
    }
}
