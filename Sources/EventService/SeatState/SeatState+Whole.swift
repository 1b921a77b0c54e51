import Redis

/// What became of an entry of the booking feed.
package enum ApplyOutcome: Sendable, Equatable {
    case applied(version: UInt64)
    /// It had been applied before; the state is at that position.
    case skipped(feedPosition: UInt64)
    /// Nothing was done: entries after that position have to be applied first.
    case behind(feedPosition: UInt64)
}

/// What became of a state to be put in place.
package enum InstallOutcome: Sendable, Equatable {
    case installed
    /// Another has put one in place meanwhile; nil: somebody took it away.
    case beaten(by: SeatGeneration?)
    /// The state that is there includes more of the feed.
    case older(feedPosition: UInt64)
    /// Redis was restarted since the generation was named.
    case foreign(runID: String)
}

/// What is found of an event's state.
package enum ProbeOutcome: Sendable, Equatable {
    case present(SeatStateInfo, runID: String)
    /// None, or one that is not to be believed (`leftover`): restored from a file, or incomplete.
    case missing(leftover: SeatGeneration?, runID: String)
}

/// Changes after a version.
package enum ChangesOutcome: Sendable, Equatable {
    /// In order and without gaps; none when the version is the current one.
    case changes([SeatUpdate])
    /// Too many have passed: take a snapshot.
    case gap
}

extension SeatState {
    /// Applies one entry of the booking feed, once; what it says wins over holds. `after`: the
    /// position up to which the caller knows this event's entries applied; nil = unchecked. An
    /// entry without changes moves the position alone.
    package func applyFeed(
        event: String, generation: SeatGeneration? = nil, after: UInt64? = nil, position: UInt64,
        changes: [FeedChange]
    ) async throws(SeatStateError) -> ApplyOutcome {
        try Self.checkPlaces(changes.map(\.place))
        guard changes.count <= Self.changesPerEntryMax,
            changes.allSatisfy({ $0.letter != .held })
        else {
            throw SeatStateError(.invalid, "not an entry: \(changes.count) changes")
        }
        var arguments: [RedisArgument] = [
            after.map { RedisArgument($0) } ?? "", RedisArgument(position),
        ]
        for change in changes {
            var text = "\(change.place)\(change.letter)"
            if let holdID = change.holdID {
                try Self.checkID(holdID)
                text += ":" + holdID
            }
            arguments.append(.text(text))
        }
        let reply = try await call(
            scripts.apply, event: event, generation: generation, arguments)
        switch reply.kind {
        case "applied": return .applied(version: try reply.unsigned(1))
        case "skipped": return .skipped(feedPosition: try reply.unsigned(2))
        case "behind": return .behind(feedPosition: try reply.unsigned(2))
        default: throw reply.unknown()
        }
    }

    /// Makes places what the claims say: of entries of the feed that could not be applied in their
    /// turn. Holds on places that are claimed are lost; a hold on a free place stays.
    ///
    /// - Parameters:
    ///   - position: of the feed, that the claims belong to.
    ///   - changes: places and their letters by the claims.
    /// - Returns: `.behind` where the state has later entries already: read the claims again.
    package func correct(
        event: String, position: UInt64, changes: [SeatChange]
    ) async throws(SeatStateError) -> ApplyOutcome {
        guard changes.count <= Self.changesPerEntryMax else {
            throw SeatStateError(.invalid, "\(changes.count) places at once")
        }
        let reply = try await call(
            scripts.apply, event: event, generation: nil,
            ["", .text("~\(position)")]
                + changes.map { .text("\($0.place)\($0.letter)") })
        switch reply.kind {
        case "applied": return .applied(version: try reply.unsigned(1))
        case "behind": return .behind(feedPosition: try reply.unsigned(2))
        default: throw reply.unknown()
        }
    }

    /// Makes a state invalid: holds are refused with `rebuilding` until another is put in its place.
    /// Where there is none, nothing happens.
    func forget(event: String) async throws(SeatStateError) {
        try Self.checkID(event)
        do throws(RedisError) {
            _ = try await redis.send(["DEL", .text("seat:{\(event)}:meta")])
        } catch {
            throw SeatStateError(.unavailable, "the state was not taken away: \(error)")
        }
    }

    /// Puts a whole state in place of `replacing` (as `probe` told it: the generation that is
    /// present, or the leftover, or nil). Of several callers one wins. Holds of the state before
    /// are lost. `isAwaited`: somebody is on the waiting list, for which free places are kept at first.
    package func install(
        event: String, replacing: SeatGeneration?, generation: SeatGeneration, letters: [UInt8],
        feedPosition: UInt64, planVersion: Int, isAwaited: Bool = false
    ) async throws(SeatStateError) -> InstallOutcome {
        guard (1...Self.placesPerEventMax).contains(letters.count),
            letters.allSatisfy({ SeatLetter(rawValue: $0) != nil })
        else {
            throw SeatStateError(.invalid, "not the letters of \(letters.count) places")
        }
        let reply = try await call(
            scripts.install, event: event, generation: replacing,
            [
                .text(generation.text), .bytes(letters), RedisArgument(feedPosition),
                RedisArgument(planVersion), isAwaited ? "1" : "",
            ])
        switch reply.kind {
        case "installed": return .installed
        case "beaten":
            let winner = try reply.text(1)
            return .beaten(by: winner.isEmpty ? nil : SeatGeneration(winner))
        case "older": return .older(feedPosition: try reply.unsigned(1))
        case "foreign": return .foreign(runID: try reply.text(1))
        default: throw reply.unknown()
        }
    }

    /// Frees the places of at most `limit` holds and redemptions whose time is over. Returns how
    /// many there were; `limit` of them: there may be more.
    package func sweep(event: String, limit: Int) async throws(SeatStateError) -> Int {
        guard (1...1_000).contains(limit) else {
            throw SeatStateError(.invalid, "a limit of \(limit) holds")
        }
        let reply = try await call(
            scripts.sweep, event: event, generation: nil, [RedisArgument(limit)])
        guard reply.kind == "swept" else { throw reply.unknown() }
        return try reply.int(2)
    }

    /// What is there.
    package func probe(event: String) async throws(SeatStateError) -> ProbeOutcome {
        let reply = try await call(scripts.probe, event: event, generation: nil)
        switch reply.kind {
        case "present":
            let info = SeatStateInfo(
                version: SeatStateVersion(
                    generation: SeatGeneration(try reply.text(2)), number: try reply.unsigned(3)),
                feedPosition: try reply.unsigned(4), startedMs: try reply.integer(5),
                planVersion: try reply.int(6), placeCount: try reply.int(7),
                freePlaces: try reply.int(8))
            return .present(info, runID: try reply.text(1))
        case "missing":
            let leftover = try reply.text(2)
            return .missing(
                leftover: leftover.isEmpty ? nil : SeatGeneration(leftover),
                runID: try reply.text(1))
        default: throw reply.unknown()
        }
    }

    /// The letters of all places, at one version.
    package func snapshot(
        event: String, generation: SeatGeneration? = nil
    ) async throws(SeatStateError) -> SeatSnapshot {
        let reply = try await call(scripts.snapshot, event: event, generation: generation)
        guard reply.kind == "snapshot" else { throw reply.unknown() }
        return SeatSnapshot(
            version: try reply.version(), letters: try reply.bytes(5),
            freePlaces: try reply.int(4), feedPosition: try reply.unsigned(3))
    }

    /// The changes after a version; the last 1,000 are kept. Throws `.rebuilding` when its
    /// generation is not the current one.
    package func changes(
        event: String, after version: SeatStateVersion
    ) async throws(SeatStateError) -> ChangesOutcome {
        let reply = try await call(
            scripts.changes, event: event, generation: version.generation,
            [RedisArgument(version.number)])
        switch reply.kind {
        case "gap": return .gap
        case "changes":
            var updates: [SeatUpdate] = []
            for text in try reply.texts(2) {
                guard let update = SeatUpdate(Array(text.utf8)) else { throw reply.unknown() }
                updates.append(update)
            }
            return .changes(updates)
        default: throw reply.unknown()
        }
    }
}
