import Foundation
import ServiceKit

/// One thing that has happened in the seat state, as its script wrote it down: `trail` of
/// Scripts/prelude.lua.
struct TrailRecord: Sendable, Equatable {
    /// A place, and the letter that was in the way where there was one.
    struct Place: Sendable, Equatable {
        /// Index within the event; -1 = all of them.
        var index: Int32
        /// Of a refusal: what the place was.
        var letter: SeatLetter?
    }

    /// "1732700000000-0": given by Redis, once.
    let id: String
    /// Unix milliseconds by Redis' clock.
    let ms: Int64
    /// Which of that millisecond.
    let number: Int32
    /// Stable code: "held", "refused" …
    let what: String
    let hold: HoldID?
    let buyer: UserID?
    /// Stable code; empty where there is none.
    let reason: String
    /// The hold's deadline from then on.
    let deadline: Date?
    /// Of an extension: the deadline of before.
    let deadlineBefore: Date?
    let places: [Place]

    /// Reads a record; nil for one that this program does not understand.
    init?(id: String, text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let parts = id.split(separator: "-")
        guard words.count == 7, parts.count == 2, let ms = Int64(parts[0]),
            let number = Int32(parts[1]), let places = Self.places(words[6])
        else {
            return nil
        }
        self.id = id
        self.ms = ms
        self.number = number
        what = String(words[0])
        hold = HoldID(String(words[1]))
        buyer = UserID(String(words[2]))
        reason = words[3] == "-" ? "" : String(words[3])
        deadline = Self.date(words[4])
        deadlineBefore = Self.date(words[5])
        self.places = places
    }

    private static func date(_ word: Substring) -> Date? {
        Int64(word).map { Date(timeIntervalSince1970: Double($0) / 1_000) }
    }

    private static func places(_ word: Substring) -> [Place]? {
        guard word != "*" else {
            return [Place(index: -1, letter: nil)]
        }
        var places: [Place] = []
        for part in word.split(separator: ",") {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            let rest = part.dropFirst(digits.count)
            guard let index = Int32(digits), rest.utf8.count <= 1 else {
                return nil
            }
            places.append(
                Place(index: index, letter: rest.utf8.first.flatMap(SeatLetter.init(rawValue:))))
        }
        return places
    }

    /// What the timeline of a place says: of a refusal, what became of the place itself.
    func reason(of place: Place) -> String {
        guard what == "refused", let letter = place.letter else {
            return reason
        }
        switch letter {
        case .held: return "held"
        case .claimed: return "claimed"
        case .sold: return "booked"
        case .blocked: return "blocked"
        case .free: return "waiting_list"
        default: return "removed"
        }
    }
}
