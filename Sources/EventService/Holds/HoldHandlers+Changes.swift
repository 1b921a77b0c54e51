import Contracts
import Foundation
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// Holds by other ways than naming new seats.
extension HoldHandlers {
    /// Blocks that one script may choose from.
    private static let blocksMax = 16
    /// How often blocks are looked for anew, when all were taken meanwhile.
    private static let roundsMax = 3

    @Sendable func holdBest(
        _ request: EventV1.HoldBestAvailableRequest, _ context: CallContext
    ) async throws -> EventV1.HoldBestAvailableResponse {
        let user = try await authenticator.user(context)
        let key = try Self.key(context, user.id, request)
        let hold = try await once(key, user.id, request.eventID) {
            try await best(request, user.id, key)
        }
        return .with { $0.hold = hold }
    }

    private func best(
        _ request: EventV1.HoldBestAvailableRequest, _ user: UserID, _ key: Key?
    ) async throws -> EventV1.Hold {
        let (id, event, layout) = try await sale(request.eventID)
        let types = try Self.types(request, event)
        var category: Int?
        if !request.category.isEmpty {
            category = layout.categories.firstIndex { $0.name == request.category }
            guard category != nil else {
                throw RPCError.invalid(field: "category", "unknown", "no such category")
            }
        }
        let holdID = HoldID().description
        var round = 1
        while true {
            let snapshot = try await asking(id) {
                try await seats.snapshot(event: id.description)
            }
            // A stadium has 60,000 seats to look at.
            let blocks = try await runOffLoop { [category] in
                let picker = SeatPicker(
                    layout: layout, letters: snapshot.letters, category: category)
                let blocks = picker.blocks(of: types.count, limit: Self.blocksMax)
                guard blocks.isEmpty, request.mayBeApart else { return blocks }
                return picker.pieces(of: types.count).map { [$0] } ?? []
            }
            let choices = blocks.compactMap {
                HoldPricing(places: $0, types: types, event: event, layout: layout)
            }
            guard let first = choices.first else {
                throw blocks.isEmpty
                    ? RPCError.aborted("seats_unavailable", "there are no such seats side by side")
                    : .invalid(
                        field: "quantities", "unknown", "the seats have no such price type")
            }
            var wanted = wanted(holdID, of: user, first, event, layout)
            wanted.idempotency = key
            // The blocks were chosen so as to leave no seat alone, as far as that can be.
            wanted.edges = []
            wanted.alternatives = choices.dropFirst().map { choice in
                SeatAlternative(
                    seats: choice.seats.map { Int($0.place) },
                    lines: HoldLines.write(choice, currency: event.currency))
            }
            do {
                return try await take(wanted, first, id, event)
            } catch let error as RPCError
                where error.detail?.code == "seats_unavailable" && round < Self.roundsMax
            {
                round += 1
            }
        }
    }

    /// A price type per place, in the order of the request.
    private static func types(
        _ request: EventV1.HoldBestAvailableRequest, _ event: EventV1.Event
    ) throws(RPCError) -> [String] {
        let count = request.quantities.reduce(UInt64(0)) { $0 + UInt64($1.quantity) }
        guard count > 0, request.quantities.allSatisfy({ $0.quantity > 0 }) else {
            throw .invalid(field: "quantities", "required", "name at least one place")
        }
        guard count <= UInt64(event.maxPlacesPerHold) else {
            throw .invalid(
                field: "quantities", "too_many",
                "at most \(event.maxPlacesPerHold) places go into one hold of this event")
        }
        return request.quantities.flatMap {
            Array(repeating: $0.priceType, count: Int($0.quantity))
        }
    }

    @Sendable func change(
        _ request: EventV1.ChangeHoldRequest, _ context: CallContext
    ) async throws -> EventV1.ChangeHoldResponse {
        let user = try await authenticator.user(context)
        guard HoldID(request.holdID) != nil else {
            throw Self.unknownHold(request.holdID)
        }
        let (id, event, layout) = try await sale(request.eventID)
        let pricing = try HoldPricing(
            .with {
                $0.seats = request.seats
                $0.areas = request.areas
            }, event: event, layout: layout)
        var wanted = wanted(request.holdID, of: user.id, pricing, event, layout)
        wanted.isChange = true
        let hold = try await take(wanted, pricing, id, event)
        return .with { $0.hold = hold }
    }

    @Sendable func extend(
        _ request: EventV1.ExtendHoldRequest, _ context: CallContext
    ) async throws -> EventV1.ExtendHoldResponse {
        let user = try await authenticator.user(context)
        guard HoldID(request.holdID) != nil else {
            throw Self.unknownHold(request.holdID)
        }
        guard let known = request.expiresAt else {
            throw RPCError.invalid(
                field: "expiresAt", "required", "the deadline that the hold has now")
        }
        let (id, event, _) = try await sale(request.eventID)
        let limit = RPCError.aborted(
            "extension_limit", "this hold cannot be extended any more; book it in time")
        guard event.holdExtendSeconds > 0 else {
            throw limit
        }
        let outcome = try await asking(id) {
            try await seats.extend(
                event: id.description, holdID: request.holdID, buyerID: user.id.description,
                deadlineMs: known.seconds * 1_000 + Int64(known.nanos) / 1_000_000,
                step: .seconds(event.holdSeconds), most: .seconds(event.holdExtendSeconds))
        }
        switch outcome {
        case .extended(let hold, let version):
            let contract = try contract(of: hold, event: id, version: version)
            return .with { $0.hold = contract }
        case .limitReached: throw limit
        case .ended(let end): throw Self.ended(end, request.holdID)
        }
    }

    static func unknownHold(_ id: String) -> RPCError {
        .notFound(
            "hold_unknown", "there is no hold \"\(id)\" of yours; it may have ended")
    }

    /// Why a hold cannot be changed any more.
    static func ended(_ end: HoldEnd, _ holdID: String) -> RPCError {
        switch end {
        case .redeemed:
            return .aborted(
                "hold_redeemed", "a booking has been made of this hold; it is no hold any more")
        case .lost: return lost
        case .expired, .released:
            return .aborted("hold_ended", "the hold has ended; choose again")
        case .missing(let startedMs):
            // Made before this state was: it went with the one before.
            guard let id = HoldID(holdID),
                id.madeAt.timeIntervalSince1970 * 1_000 < Double(startedMs)
            else {
                return .aborted("hold_ended", "the hold has ended; choose again")
            }
            return lost
        }
    }

    /// Why seats beside those asked for are in the way.
    func leavesAlone(_ places: [Int], _ event: EventV1.Event) async throws -> RPCError {
        guard let plan = PlanID(event.planID) else {
            return .aborted("leaves_single_seat", "a single seat would be left alone")
        }
        let layout = try await layouts.layout(plan)
        return .aborted(
            "leaves_single_seat", "a single seat would be left alone; move by one seat",
            places.map { place in
                .init(
                    layout.seatGUID(at: place) ?? "", "left_alone",
                    "\(layout.label(at: place) ?? "a seat") would be left alone")
            })
    }
}
