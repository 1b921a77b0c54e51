import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// The methods about waiting lists.
struct WaitingHandlers: Sendable {
    /// People in one line.
    private static let entriesMax = 50_000

    let store: WaitingStore
    let list: WaitingList
    let holds: HoldHandlers
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        typealias Methods = EventV1.EventService
        router.handle(Methods.joinWaitingList, join)
        router.handle(Methods.leaveWaitingList, leave)
        router.handle(Methods.getWaitingEntry, get)
        router.handle(Methods.getWaitingCounts, counts)
    }

    @Sendable private func join(
        _ request: EventV1.JoinWaitingListRequest, _ context: CallContext
    ) async throws -> EventV1.JoinWaitingListResponse {
        let user = try await authenticator.user(context)
        guard let id = EventID(request.eventID), let event = try await holds.events.event(id),
            event.state != .draft
        else {
            throw HoldHandlers.unknownEvent(request.eventID)
        }
        let wish = try WaitingWish.read(request, of: event)
        if let open = try await store.newest(id, user.id), open.entry.isOpen {
            return try await joined(open.entry, wish, before: open.before)
        }
        // Of a paused sale too: it will go on.
        var selling = event
        selling.state = event.state == .paused ? .onSale : event.state
        try EventRules.requireOnSale(selling, now: Date())
        try await requireNoneFree(wish, id, event)
        guard
            let entry = try await store.join(id, user.id, wish, mostEntries: Self.entriesMax)
        else {
            throw RPCError.aborted(
                "waiting_list_full",
                "\(Self.entriesMax) people wait already; look for free seats later")
        }
        // Where this fails, the list's next round does it.
        _ = try? await holds.seats.startKeeping(event: id.description)
        list.wake(id)
        let before = try await store.newest(id, user.id)?.before ?? 0
        return try await joined(entry, wish, before: before)
    }

    private func joined(
        _ entry: WaitingStore.Entry, _ wish: WaitingWish, before: Int
    ) async throws -> EventV1.JoinWaitingListResponse {
        guard entry.wish == wish else {
            throw RPCError.aborted(
                "already_waiting", "you wait with another wish already; leave the list first")
        }
        let contract = try await contract(of: entry, before: before)
        return .with { $0.entry = contract }
    }

    /// Who can have what they want at once has no business on the list.
    private func requireNoneFree(
        _ wish: WaitingWish, _ id: EventID, _ event: EventV1.Event
    ) async throws {
        guard let plan = PlanID(event.planID) else {
            throw HoldHandlers.unknownEvent(event.eventID)
        }
        let layout = try await holds.layouts.layout(plan)
        // In this order: what comes back in between is not free in the one, whatever the other says.
        var letters = try await holds.asking(id) {
            try await holds.seats.snapshot(event: id.description)
        }.letters
        let keeping = try await holds.asking(id) {
            try await holds.seats.keeping(event: id.description)
        }
        guard !keeping.isAllKept else {
            return
        }
        for place in keeping.places where letters.indices.contains(place) {
            letters[place] = SeatLetter.held.rawValue
        }
        var matcher = WaitingMatcher(layout: layout, letters: letters)
        if matcher.take(wish) != nil {
            throw RPCError.aborted(
                "places_free", "such places are to be had right now: hold them instead")
        }
    }

    @Sendable private func leave(
        _ request: EventV1.LeaveWaitingListRequest, _ context: CallContext
    ) async throws -> EventV1.LeaveWaitingListResponse {
        let user = try await authenticator.user(context)
        let id = try await holds.publicEvent(request.eventID)
        let hold = try await store.leave(id, user.id)
        list.wake(id)
        if let hold {
            // Where this fails, the hold ends by its deadline.
            _ = try? await holds.seats.release(
                event: id.description, holdID: hold.description, buyerID: user.id.description)
            list.wake(id)
        }
        return EventV1.LeaveWaitingListResponse()
    }

    @Sendable private func get(
        _ request: EventV1.GetWaitingEntryRequest, _ context: CallContext
    ) async throws -> EventV1.GetWaitingEntryResponse {
        let user = try await authenticator.user(context)
        let id = try await holds.publicEvent(request.eventID)
        guard let (entry, before) = try await store.newest(id, user.id) else {
            throw RPCError.notFound(
                "not_waiting", "you are not on the waiting list of this event; join it")
        }
        let contract = try await contract(of: entry, before: before)
        return .with { $0.entry = contract }
    }

    @Sendable private func counts(
        _ request: EventV1.GetWaitingCountsRequest, _ context: CallContext
    ) async throws -> EventV1.GetWaitingCountsResponse {
        let user = try await authenticator.user(context)
        guard let id = EventID(request.eventID), let event = try await holds.events.event(id),
            event.organiserID == user.id.description || user.roles.contains(.admin)
        else {
            throw RPCError.notFound(
                "event_unknown", "there is no event \"\(request.eventID)\" of yours")
        }
        return WaitingTally.response(
            try await store.counts(id), order: event.categories.map(\.name))
    }

    private func contract(
        of entry: WaitingStore.Entry, before: Int
    ) async throws -> EventV1.WaitingEntry {
        var offer: EventV1.Hold?
        if entry.state == .offered, let hold = entry.hold {
            let lookup = try await holds.asking(entry.event) {
                try await holds.seats.get(
                    event: entry.event.description, holdID: hold.description,
                    buyerID: entry.buyer.description)
            }
            if case .found(let found, let version) = lookup, found.state == .active {
                offer = try holds.contract(of: found, event: entry.event, version: version)
            }
        }
        return .with {
            $0.entryID = entry.id.description
            $0.eventID = entry.event.description
            $0.state = entry.state.contract
            $0.category = entry.wish.category
            $0.quantity = UInt32(clamping: entry.wish.quantity)
            $0.together = entry.wish.together
            $0.wheelchairPlaces = UInt32(clamping: entry.wish.wheelchairs)
            $0.companionPlaces = UInt32(clamping: entry.wish.companions)
            $0.position =
                entry.state == .waiting || entry.state == .offering
                ? UInt32(clamping: before + 1) : 0
            $0.joinedAt = Timestamp(entry.joinedAt)
            $0.offer = offer
            $0.offerExpiresAt = entry.until.map { Timestamp($0) }
        }
    }
}

extension WaitingStore.Entry {
    /// True while it waits or has an offer.
    fileprivate var isOpen: Bool {
        state == .waiting || state == .offering || state == .offered
    }
}

extension WaitingStore.State {
    fileprivate var contract: EventV1.WaitingState {
        switch self {
        case .waiting, .offering: .waiting
        case .offered: .offered
        case .accepted: .accepted
        case .expired: .expired
        case .declined: .declined
        case .left: .left
        case .ended: .ended
        }
    }
}
