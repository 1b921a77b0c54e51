import Contracts
import Foundation
import Metrics
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// The methods about seats and holds.
struct HoldHandlers: Sendable {
    let events: EventStore
    let layouts: LayoutCache
    let seats: SeatState
    let keeper: SeatKeeper
    let tokens: HoldToken
    let authenticator: Authenticator

    private let held = Counter(label: "holds_total", dimensions: [("outcome", "held")])
    private let refused = Counter(label: "holds_total", dimensions: [("outcome", "refused")])

    init(
        events: EventStore, layouts: LayoutCache, seats: SeatState, keeper: SeatKeeper,
        tokens: HoldToken, authenticator: Authenticator
    ) {
        self.events = events
        self.layouts = layouts
        self.seats = seats
        self.keeper = keeper
        self.tokens = tokens
        self.authenticator = authenticator
    }

    func register(on router: inout CallRouter) {
        typealias Methods = EventV1.EventService
        router.handle(Methods.getSeatState) { request, _ in try await state(request) }
        router.handle(Methods.holdSeats, hold)
        router.handle(Methods.holdBestAvailable, holdBest)
        router.handle(Methods.changeHold, change)
        router.handle(Methods.extendHold, extend)
        router.handle(Methods.getHold, get)
        router.handle(Methods.listHolds, list)
        router.handle(Methods.releaseHold, release)
        router.handle(Methods.redeem, redeem)
    }

    private func state(
        _ request: EventV1.GetSeatStateRequest
    ) async throws -> EventV1.GetSeatStateResponse {
        let event = try await publicEvent(request.eventID)
        let snapshot = try await asking(event) {
            try await seats.snapshot(event: event.description)
        }
        return .with {
            $0.version = .init(snapshot.version)
            $0.states = String(decoding: snapshot.letters, as: UTF8.self)
        }
    }

    @Sendable private func hold(
        _ request: EventV1.HoldSeatsRequest, _ context: CallContext
    ) async throws -> EventV1.HoldSeatsResponse {
        let user = try await authenticator.user(context)
        let key = try Self.key(context, user.id, request)
        let hold = try await once(key, user.id, request.eventID) {
            let (id, event, layout) = try await sale(request.eventID)
            let pricing = try HoldPricing(request, event: event, layout: layout)
            var wanted = wanted(HoldID().description, of: user.id, pricing, event, layout)
            wanted.idempotency = key
            return try await take(wanted, pricing, id, event)
        }
        return .with { $0.hold = hold }
    }

    /// An event that sells now, and its plan.
    func sale(_ text: String) async throws -> (EventID, EventV1.Event, PlanLayout) {
        guard let id = EventID(text), let event = try await events.event(id),
            event.state != .draft, let plan = PlanID(event.planID)
        else {
            throw Self.unknownEvent(text)
        }
        try EventRules.requireOnSale(event, now: Date())
        return (id, event, try await layouts.layout(plan))
    }

    /// What the seat state is asked for.
    func wanted(
        _ holdID: String, of buyer: UserID, _ pricing: HoldPricing, _ event: EventV1.Event,
        _ layout: PlanLayout
    ) -> HoldRequest {
        var wanted = HoldRequest(
            holdID: holdID, buyerID: buyer.description,
            seats: pricing.seats.map { Int($0.place) },
            areas: pricing.areas.map {
                AreaRequest(
                    first: $0.area.firstPlace, count: $0.area.capacity, quantity: $0.quantity)
            },
            timeToLive: .seconds(event.holdSeconds),
            placesMax: Int(event.maxPlacesPerHold))
        wanted.lines = HoldLines.write(pricing, currency: event.currency)
        if event.refusesSingleSeats {
            wanted.edges = SeatPicker.edges(of: wanted.seats, in: layout)
        }
        return wanted
    }

    /// Holds, and tells what came of it.
    func take(
        _ wanted: HoldRequest, _ pricing: HoldPricing, _ id: EventID, _ event: EventV1.Event
    ) async throws -> EventV1.Hold {
        let outcome = try await asking(id) {
            try await seats.hold(event: id.description, wanted)
        }
        if case .held(let hold, let version) = outcome {
            held.increment()
            return try contract(of: hold, event: id, version: version)
        }
        if case .replayed(let hold, let version) = outcome {
            return try replayed(hold, event: id, version: version)
        }
        refused.increment()
        switch outcome {
        case .unavailable(let taken, let available):
            throw Self.unavailable(pricing, taken, available)
        case .leavesAlone(let places):
            throw try await leavesAlone(places, event)
        case .ended(let end):
            throw Self.ended(end, wanted.holdID)
        default:
            throw RPCError.aborted(
                "too_many_places",
                "you hold places of this event already, and \(event.maxPlacesPerHold) are the "
                    + "most; book or release them first")
        }
    }

    static func unavailable(
        _ pricing: HoldPricing, _ taken: [Int: SeatLetter?], _ available: [Int]
    ) -> RPCError {
        var reasons = pricing.seats.compactMap { seat -> RPCV1.ErrorReason? in
            guard let letter = taken[Int(seat.place)] else {
                return nil
            }
            let (code, text) = word(for: letter)
            return .init(seat.seatGUID, code, "\(seat.label) \(text)")
        }
        for (wanted, left) in zip(pricing.areas, available) where left < wanted.quantity {
            reasons.append(
                .init(
                    wanted.area.id, "sold_out",
                    "\(wanted.area.name) has \(left) free places left"))
        }
        return .aborted("seats_unavailable", "some of these places are not free", reasons)
    }

    private static func word(for letter: SeatLetter?) -> (code: String, text: String) {
        switch letter {
        case .held: ("held", "is being held by somebody else")
        case .claimed: ("claimed", "is being paid for by somebody else")
        case .sold: ("booked", "is sold")
        case .blocked: ("blocked", "is not for sale")
        case .free: ("waiting_list", "goes to somebody on the waiting list")
        default: ("removed", "is no longer part of the plan")
        }
    }

    @Sendable private func get(
        _ request: EventV1.GetHoldRequest, _ context: CallContext
    ) async throws -> EventV1.GetHoldResponse {
        let user = try await authenticator.user(context)
        let unknown = RPCError.notFound(
            "hold_unknown", "there is no hold \"\(request.holdID)\" of yours; it may have ended")
        guard let id = HoldID(request.holdID) else {
            throw unknown
        }
        let event = try await publicEvent(request.eventID)
        let lookup = try await asking(event) {
            try await seats.get(
                event: event.description, holdID: request.holdID, buyerID: user.id.description)
        }
        switch lookup {
        case .found(let hold, let version):
            switch hold.state {
            case .active, .redeemed:
                let contract = try contract(of: hold, event: event, version: version)
                return .with { $0.hold = contract }
            case .lost: throw Self.lost
            case .expired, .released: throw unknown
            }
        case .missing(let startedMs):
            // Made before this state was: it went with the one before.
            if id.madeAt.timeIntervalSince1970 * 1000 < Double(startedMs) {
                throw Self.lost
            }
            throw unknown
        }
    }

    static var lost: RPCError {
        .aborted(
            "hold_lost", "the seats that you held were lost through a fault of ours; choose again")
    }

    @Sendable private func list(
        _ request: EventV1.ListHoldsRequest, _ context: CallContext
    ) async throws -> EventV1.ListHoldsResponse {
        let user = try await authenticator.user(context)
        let event = try await publicEvent(request.eventID)
        let holds = try await asking(event) {
            try await seats.listHolds(event: event.description, buyerID: user.id.description)
        }
        let snapshot = try await asking(event) { try await seats.probe(event: event.description) }
        guard case .present(let info, runID: _) = snapshot else {
            throw Self.rebuilding
        }
        let contracts = try holds.filter { $0.state == .active }.map { hold in
            try contract(of: hold, event: event, version: info.version)
        }
        return .with { $0.holds = contracts }
    }

    @Sendable private func release(
        _ request: EventV1.ReleaseHoldRequest, _ context: CallContext
    ) async throws -> EventV1.ReleaseHoldResponse {
        let user = try await authenticator.user(context)
        guard HoldID(request.holdID) != nil else {
            throw RPCError.notFound("hold_unknown", "there is no such hold of yours")
        }
        let event = try await publicEvent(request.eventID)
        let outcome = try await asking(event) {
            try await seats.release(
                event: event.description, holdID: request.holdID, buyerID: user.id.description)
        }
        guard outcome == .released else {
            throw RPCError.aborted(
                "hold_redeemed", "a booking has been made of this hold; it is no hold any more")
        }
        return EventV1.ReleaseHoldResponse()
    }

    @Sendable private func redeem(
        _ request: EventV1.RedeemRequest, _ context: CallContext
    ) async throws -> EventV1.RedeemResponse {
        guard let terms = tokens.verify(request.token), let event = EventID(terms.eventID),
            let expiresAt = terms.expiresAt
        else {
            throw RPCError.invalid(
                field: "holdToken", "invalid", "this is not a hold token of this platform",
                code: "hold_token_invalid")
        }
        guard terms.buyerID == request.buyerID else {
            throw RPCError.permissionDenied("hold_not_yours", "this hold is somebody else's")
        }
        let outcome: RedeemOutcome
        do {
            outcome = try await seats.redeem(
                event: event.description,
                RedeemRequest(
                    holdID: terms.holdID, buyerID: terms.buyerID,
                    claim: .milliseconds(request.claimMs),
                    generation: SeatGeneration(terms.generation),
                    deadlineMs: expiresAt.seconds * 1000 + Int64(expiresAt.nanos) / 1_000_000,
                    fence: terms.fence, places: terms.places.map { Int($0.place) }))
        } catch {
            throw Self.error(error)
        }
        switch outcome {
        case .redeemed, .redeemedBefore:
            return .with { $0.terms = terms }
        case .byTokenAlone:
            return .with {
                $0.terms = terms
                $0.byTokenAlone = true
            }
        case .expired:
            throw RPCError.aborted("hold_expired", "the hold has ended; choose again")
        case .lost:
            throw Self.lost
        case .changed:
            throw RPCError.aborted(
                "hold_changed", "the hold has other seats by now; take its new token")
        }
    }

    /// An event that is no draft.
    func publicEvent(_ text: String) async throws -> EventID {
        guard let id = EventID(text), let event = try await events.event(id),
            event.state != .draft
        else {
            throw Self.unknownEvent(text)
        }
        return id
    }

    static func unknownEvent(_ text: String) -> RPCError {
        .notFound("event_unknown", "there is no event \"\(text)\"")
    }

    /// Asks the seat state; where it is gone, wakes the keeper and says so.
    func asking<Answer>(
        _ event: EventID, _ ask: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await ask()
        } catch let error as SeatStateError {
            if case .rebuilding = error.code {
                keeper.wake(event)
            }
            throw Self.error(error)
        }
    }

    static var rebuilding: RPCError {
        .unavailable("rebuilding", "the seats are being looked up again; try again in a second")
    }

    static func error(_ error: SeatStateError) -> RPCError {
        switch error.code {
        case .rebuilding: rebuilding
        case .notYours: .notFound("hold_unknown", "there is no such hold of yours")
        case .keyReused:
            .invalid(
                field: "idempotencyKey", "reused", "this key was used for another request",
                code: "idempotency_key_reused")
        case .invalid: .invalid(error.message)
        case .unavailable, .refused:
            .unavailable("seat_state_unavailable", "the seats cannot be looked up; try again")
        }
    }

    func contract(
        of hold: SeatHold, event: EventID, version: SeatStateVersion
    ) throws -> EventV1.Hold {
        let terms = try HoldLines.terms(of: hold, event: event)
        return .with {
            $0.holdID = terms.holdID
            $0.eventID = terms.eventID
            $0.state = hold.state == .redeemed ? .redeemed : .active
            $0.places = terms.places
            $0.totalMinor = terms.totalMinor
            $0.currency = terms.currency
            $0.expiresAt = terms.expiresAt
            $0.token = tokens.issue(terms)
            $0.fence = terms.fence
            $0.version = .init(version)
        }
    }
}

extension EventV1.SeatVersion {
    /// The contract's form of a version.
    init(_ version: SeatStateVersion) {
        self.init()
        generation = version.generation.text
        number = version.number
    }
}
