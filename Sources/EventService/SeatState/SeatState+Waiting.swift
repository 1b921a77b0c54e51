import Redis

/// What the seat state keeps for the waiting list.
struct SeatKeeping: Sendable, Equatable {
    /// As of which state.
    let version: SeatStateVersion
    /// Another one each time that somebody joins; nil while nothing is kept.
    let mark: String?
    /// Every free place is kept: the state is new, and the list has not looked at it yet.
    let isAllKept: Bool
    /// Places that came back and are kept.
    let places: Set<Int>
}

extension SeatState {
    /// What is kept now.
    func keeping(event: String) async throws(SeatStateError) -> SeatKeeping {
        try await waiting(event, "read")
    }

    /// Somebody waits: from now on, places that come back are kept for the list.
    @discardableResult
    func startKeeping(event: String) async throws(SeatStateError) -> SeatKeeping {
        try await waiting(event, "on")
    }

    /// Nobody waits, as was found out after the mark was read; does nothing where somebody has
    /// joined since.
    @discardableResult
    func stopKeeping(event: String, mark: String) async throws(SeatStateError) -> SeatKeeping {
        try await waiting(event, "off", mark)
    }

    /// Nobody on the list can use what was free at a version: it is anybody's.
    @discardableResult
    func letGo(
        event: String, upTo version: SeatStateVersion
    ) async throws(SeatStateError) -> SeatKeeping {
        try await waiting(event, "letGo", String(version.number), version.generation)
    }

    private func waiting(
        _ event: String, _ what: String, _ argument: String = "",
        _ generation: SeatGeneration? = nil
    ) async throws(SeatStateError) -> SeatKeeping {
        let reply = try await call(
            scripts.waiting, event: event, generation: generation, [.text(what), .text(argument)])
        guard reply.kind == "waiting" else { throw reply.unknown() }
        let mark = try reply.text(3)
        var places: Set<Int> = []
        for text in try reply.texts(5) {
            guard let place = Int(text) else { throw reply.unknown() }
            places.insert(place)
        }
        return SeatKeeping(
            version: try reply.version(), mark: mark.isEmpty ? nil : mark,
            isAllKept: try reply.int(4) == 1, places: places)
    }
}
