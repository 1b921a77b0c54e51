/// What an event's state as a whole is called: a number that only grows, and the Redis process
/// that holds it. "17-3fa9c011"
package struct SeatGeneration: Sendable, Hashable, CustomStringConvertible {
    /// "17-3fa9c011"
    package let text: String

    /// A generation read back.
    package init(_ text: String) {
        self.text = text
    }

    /// A new generation. `number`: from a PostgreSQL sequence; `runID`: as `probe` tells it.
    package init(number: Int64, runID: String) {
        text = "\(number)-\(runID)"
    }

    package var description: String { text }
}

/// Orders the states of one event's places. Another generation: read everything anew.
package struct SeatStateVersion: Sendable, Hashable {
    /// Whose numbers these are.
    package let generation: SeatGeneration
    /// Grows by one with each change.
    package let number: UInt64

    /// A version of a generation.
    package init(generation: SeatGeneration, number: UInt64) {
        self.generation = generation
        self.number = number
    }
}

/// Places wanted of a general-admission area: those with indexes `first ..< first + count`.
package struct AreaRequest: Sendable, Equatable {
    /// Index of the area's first place.
    package let first: Int
    /// How many places the area has.
    package let count: Int
    /// How many are wanted; at least 1.
    package let quantity: Int

    /// A request for places of an area.
    package init(first: Int, count: Int, quantity: Int) {
        self.first = first
        self.count = count
        self.quantity = quantity
    }
}

/// A seat that must not be left alone by a hold: free while `beyond` is not, although it was
/// possible to do better, because `other`, on the far side of the seats held, is free.
package struct SeatEdge: Sendable, Equatable {
    /// The seat beside those held.
    package let seat: Int
    /// The next one; nil at the end of the row.
    package let beyond: Int?
    /// The seat on the other side of those held; nil at the end of the row.
    package let other: Int?

    /// An edge of the seats held.
    package init(seat: Int, beyond: Int?, other: Int?) {
        self.seat = seat
        self.beyond = beyond
        self.other = other
    }
}

/// Seats that may be held instead of those asked for first.
package struct SeatAlternative: Sendable, Equatable {
    /// Places with numbers, each at most once.
    package var seats: [Int]
    /// Kept with the hold where these are taken.
    package var lines: [UInt8]

    /// Other seats.
    package init(seats: [Int], lines: [UInt8]) {
        self.seats = seats
        self.lines = lines
    }
}

/// What a buyer asks for, all or none.
package struct HoldRequest: Sendable {
    /// The hold's id, made by the caller. The same id from the same buyer is the same hold.
    package var holdID: String
    /// Who asks.
    package var buyerID: String
    /// Places with numbers, each at most once.
    package var seats: [Int]
    /// Places without numbers; an area may come twice (two price types).
    package var areas: [AreaRequest]
    /// How long the hold lives, by Redis' clock.
    package var timeToLive: Duration
    /// Places that the buyer may have in live holds of this event, this one included.
    package var placesMax: Int
    /// Kept with the hold and given back as it is: what the service needs, with the places, to
    /// write the hold's terms again, byte for byte.
    package var lines: [UInt8] = []
    /// What is taken where `seats` are not free as a whole: the first that is. As many places each.
    package var alternatives: [SeatAlternative] = []
    /// Seats that must not be left alone.
    package var edges: [SeatEdge] = []
    /// The hold is there and gets these places instead of its own; its deadline stays.
    package var isChange = false
    /// An offer of the waiting list: places that are kept for it are free.
    package var isOffer = false
    /// The buyer's idempotency key with a fingerprint of the request, kept for a day.
    package var idempotency: (key: String, fingerprint: [UInt8])?

    /// A request without lines and idempotency key.
    package init(
        holdID: String, buyerID: String, seats: [Int], areas: [AreaRequest] = [],
        timeToLive: Duration, placesMax: Int
    ) {
        self.holdID = holdID
        self.buyerID = buyerID
        self.seats = seats
        self.areas = areas
        self.timeToLive = timeToLive
        self.placesMax = placesMax
    }
}

/// A hold as the seat state knows it.
package struct SeatHold: Sendable, Equatable {
    /// Where a hold stands.
    package enum State: String, Sendable {
        case active
        /// A booking is being, or was, made of it.
        case redeemed
        /// Its time was over.
        case expired
        case released
        /// It lost a place to a claim, or the whole state was lost since.
        case lost
    }

    /// As it was asked for.
    package let holdID: String
    /// Who has it.
    package let buyerID: String
    package let state: State
    /// When it ends or ended, unless redeemed; Unix ms by Redis' clock.
    package let deadlineMs: Int64
    /// Grows with every hold of the event within one generation.
    package let fence: UInt64
    /// Places with numbers, in the order of the request.
    package let seats: [Int]
    /// Places of each area of the request, in its order.
    package let areas: [[Int]]
    /// As given with the request.
    package let lines: [UInt8]
    /// The generation that made it.
    package let generation: SeatGeneration

    /// All its places: seats, then areas.
    package var places: [Int] { seats + areas.joined() }
}

/// What a token says that a hold is redeemed by.
package struct RedeemRequest: Sendable {
    /// The hold that the token is for.
    package var holdID: String
    /// Who books.
    package var buyerID: String
    /// How long the places stay claimed without a word from the booking feed.
    package var claim: Duration
    /// Of the token.
    package var generation: SeatGeneration
    /// Of the token; Unix ms.
    package var deadlineMs: Int64
    /// Of the token.
    package var fence: UInt64
    /// Of the token.
    package var places: [Int]

    /// A request with everything that the token says.
    package init(
        holdID: String, buyerID: String, claim: Duration, generation: SeatGeneration,
        deadlineMs: Int64, fence: UInt64, places: [Int]
    ) {
        self.holdID = holdID
        self.buyerID = buyerID
        self.claim = claim
        self.generation = generation
        self.deadlineMs = deadlineMs
        self.fence = fence
        self.places = places
    }
}

/// A place and its letter from now on.
package struct SeatChange: Sendable, Hashable {
    /// Index within the event.
    package let place: Int
    package let letter: SeatLetter

    /// A change of one place.
    package init(place: Int, letter: SeatLetter) {
        self.place = place
        self.letter = letter
    }
}

/// A change that the booking feed tells.
package struct FeedChange: Sendable, Hashable {
    /// Index within the event.
    package let place: Int
    /// `.free` where a claim ended; else the kind of claim.
    package let letter: SeatLetter
    /// The hold that the claim came from; nil where there was none. With it, a redemption is told
    /// from somebody else's claim.
    package let holdID: String?

    /// A change by a claim, or by a claim's end.
    package init(place: Int, letter: SeatLetter, holdID: String?) {
        self.place = place
        self.letter = letter
        self.holdID = holdID
    }
}

/// One numbered change, as published on the event's channel.
package struct SeatUpdate: Sendable, Equatable {
    package let generation: SeatGeneration
    /// The version that the changes apply to.
    package let from: UInt64
    /// The version after them.
    package let number: UInt64
    /// When; Unix ms by Redis' clock.
    package let changedAtMs: Int64
    /// Nil: read everything anew.
    package let changes: [SeatChange]?
}

/// The letters of all places at one version.
package struct SeatSnapshot: Sendable, Equatable {
    package let version: SeatStateVersion
    /// A letter per place.
    package let letters: [UInt8]
    /// How many places are free.
    package let freePlaces: Int
    /// Position of the last entry of the booking feed that was applied.
    package let feedPosition: UInt64
}

/// What is known about a state that is there.
package struct SeatStateInfo: Sendable, Equatable {
    package let version: SeatStateVersion
    /// Position of the last entry of the booking feed that was applied.
    package let feedPosition: UInt64
    /// When this generation was installed; Unix ms by Redis' clock.
    package let startedMs: Int64
    package let planVersion: Int
    package let placeCount: Int
    package let freePlaces: Int
}
