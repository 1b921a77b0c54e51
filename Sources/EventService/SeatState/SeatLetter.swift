/// State of a place as one ASCII letter; see `PlaceState` of `usher.event.v1`.
package struct SeatLetter: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The letter.
    package let rawValue: UInt8

    /// Nil for anything but the six letters.
    package init?(rawValue: UInt8) {
        guard Self.all.contains(where: { $0.rawValue == rawValue }) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ letter: Unicode.Scalar) {
        rawValue = UInt8(ascii: letter)
    }

    package var description: String { String(UnicodeScalar(rawValue)) }

    /// f
    package static let free = SeatLetter("f")
    /// h: somebody chooses or is about to pay.
    package static let held = SeatLetter("h")
    /// c: in a booking that waits for its payment, or that is being made.
    package static let claimed = SeatLetter("c")
    /// s
    package static let sold = SeatLetter("s")
    /// b: kept back by the organiser.
    package static let blocked = SeatLetter("b")
    /// x: no longer part of the plan.
    package static let removed = SeatLetter("x")
    /// All six.
    package static let all = [free, held, claimed, sold, blocked, removed]
}
