import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// Holds that are asked for with an `Idempotency-Key` (P5). The key is kept by the script that
/// holds, beside the hold and as long as its record: a day. It counts within its event. A refusal
/// holds nothing and is not kept: sent again, the request is tried again.
extension HoldHandlers {
    /// A key, with the method before it, and the request's fingerprint.
    typealias Key = (key: String, fingerprint: [UInt8])

    static func key(
        _ context: CallContext, _ user: UserID, _ request: some Message
    ) throws(RPCError) -> Key? {
        guard let key = try IdempotencyKey(context, user: user, request) else {
            return nil
        }
        return ("\(context.method):\(key.key)", key.fingerprint)
    }

    /// Makes a hold; where it is refused, the hold that the key has made before counts, if it has
    /// made one: the sale may have been paused since, the seats be sold.
    func once(
        _ key: Key?, _ user: UserID, _ eventID: String,
        _ make: () async throws -> EventV1.Hold
    ) async throws -> EventV1.Hold {
        do {
            return try await make()
        } catch let error as RPCError {
            guard let key, error.code == .aborted || error.code == .invalidArgument,
                !Self.endings.contains(error.detail?.code ?? ""),
                let event = EventID(eventID),
                let (hold, version) = try await asking(
                    event,
                    {
                        try await seats.hold(
                            event: event.description, buyerID: user.description,
                            idempotency: key)
                    })
            else {
                throw error
            }
            return try replayed(hold, event: event, version: version)
        }
    }

    /// Refusals that come of having found the key's hold.
    private static let endings: Set<String> = [
        "hold_ended", "hold_lost", "idempotency_key_reused",
    ]

    /// A hold that was made before: what became of it is said, not hidden.
    func replayed(
        _ hold: SeatHold, event: EventID, version: SeatStateVersion
    ) throws -> EventV1.Hold {
        switch hold.state {
        case .active, .redeemed: return try contract(of: hold, event: event, version: version)
        case .lost: throw Self.lost
        case .expired, .released:
            throw RPCError.aborted(
                "hold_ended", "the hold that was made with this key has ended; use a new key")
        }
    }
}
