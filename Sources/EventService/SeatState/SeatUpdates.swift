package import Redis

/// What a listener to seat changes is told.
package enum SeatUpdateEvent: Sendable, Equatable {
    /// An event's places changed.
    case update(event: String, SeatUpdate)
    /// At the start, after a reconnect, and where the listener was too slow: look for changes of
    /// every event that matters.
    case mayHaveMissed
}

extension SeatState {
    /// Changes of all events as they happen, on a connection of its own, until the reading task is
    /// cancelled. At most `bufferMax` unread ones are kept. Doubles and gaps show by the numbers.
    package func updates(
        bufferMax: Int
    ) -> AsyncCompactMapSequence<RedisSubscription, SeatUpdateEvent> {
        redis.subscribe(patterns: ["seats:{*}"], bufferMax: bufferMax).compactMap { event in
            switch event {
            case .subscribed, .overflowed:
                return .mayHaveMissed
            case .message(let channel, let payload):
                guard channel.hasPrefix("seats:{"), channel.hasSuffix("}"),
                    let update = SeatUpdate(payload)
                else { return nil }
                return .update(event: String(channel.dropFirst(7).dropLast()), update)
            }
        }
    }
}

extension SeatUpdate {
    /// From "GENERATION FROM VERSION MS 12h,13f", or "… *"; nil for anything else.
    package init?(_ message: [UInt8]) {
        let words = message.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 5,
            let generation = String(validating: words[0], as: UTF8.self), !generation.isEmpty,
            let from = Self.number(words[1]).flatMap({ UInt64(exactly: $0) }),
            let number = Self.number(words[2]).flatMap({ UInt64(exactly: $0) }),
            let changedAtMs = Self.number(words[3])
        else { return nil }
        var changes: [SeatChange]?
        if !words[4].elementsEqual("*".utf8) {
            var list: [SeatChange] = []
            for part in words[4].split(separator: UInt8(ascii: ",")) {
                guard let place = Self.number(part.dropLast()), let last = part.last,
                    let letter = SeatLetter(rawValue: last)
                else { return nil }
                list.append(SeatChange(place: place, letter: letter))
            }
            changes = list
        }
        self.init(
            generation: SeatGeneration(generation), from: from, number: number,
            changedAtMs: Int64(changedAtMs), changes: changes)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...15).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
