import Redis

/// What scripts have written down of an event, until it is in the database.
extension SeatState {
    /// Records that are read at once.
    static let trailBatchMax = 500

    /// The oldest records, at most 500 of them: ids and texts.
    func trail(event: String) async throws(SeatStateError) -> [(id: String, text: String)] {
        try Self.checkID(event)
        do throws(RedisError) {
            let reply = try await redis.send([
                "XRANGE", .text(Self.trailKey(event)), "-", "+", "COUNT",
                RedisArgument(Self.trailBatchMax),
            ])
            var records: [(id: String, text: String)] = []
            for element in try reply.array() {
                let parts = try element.array()
                guard parts.count == 2, let text = try parts[1].array().last else {
                    throw RedisError(.unexpectedReply, "not a record", mayHaveRun: true)
                }
                records.append((try parts[0].text(), try text.text()))
            }
            return records
        } catch {
            throw SeatStateError(.unavailable, "the trail: \(error)")
        }
    }

    /// Lets records go that are in the database; those that are gone are no error.
    func forgetTrail(event: String, _ ids: [String]) async throws(SeatStateError) {
        guard !ids.isEmpty else { return }
        try Self.checkID(event)
        do throws(RedisError) {
            _ = try await redis.send(
                ["XDEL", .text(Self.trailKey(event))] + ids.map { .text($0) })
        } catch {
            throw SeatStateError(.unavailable, "the trail: \(error)")
        }
    }

    private static func trailKey(_ event: String) -> String { "seat:{\(event)}:trail" }
}
