import Contracts
import RPC
import ServiceKit
import Wire

extension BookingOutcome {
    /// The booking that there is now.
    var booking: BookingV1.Booking? {
        switch self {
        case .created(let booking), .existing(let booking): booking
        default: nil
        }
    }

    /// What the caller is told.
    ///
    /// - Parameter order: names the places for people.
    func response(to order: BookingOrder) throws -> BookingV1.CreateBookingResponse {
        switch self {
        case .created(let booking), .existing(let booking):
            return .with { $0.booking = booking }
        case .key(let standing):
            guard let answer = try standing.answer() else {
                throw BookingRowMissing()
            }
            return try answer.response()
        case .taken(let places):
            throw RPCError.aborted(
                "seats_unavailable", "some of these places have been sold to somebody else",
                order.terms.places.filter { places.contains($0.place) }.map {
                    .init(
                        $0.seatGUID.isEmpty ? $0.areaID : $0.seatGUID, "booked",
                        "\($0.label) is booked by somebody else")
                })
        case .overLimit(let max):
            throw RPCError.aborted(
                "buyer_limit", "one buyer may have \(max) places of this event")
        case .holdUsed:
            throw RPCError.permissionDenied("hold_not_yours", "this hold is somebody else's")
        case .notOnSale:
            throw RPCError.aborted("event_not_on_sale", "this event is cancelled, or not on sale")
        case .eventUnknown:
            throw RPCError.unavailable(
                "event_not_here_yet", "the event is being made known; try again in a second")
        }
    }

    /// What is recorded under the order's idempotency key; nil where it may turn out otherwise.
    func answer(to order: BookingOrder) -> IdempotentAnswer? {
        if case .key = self {
            return nil
        }
        do {
            return .success(try response(to: order).serialized())
        } catch let error as RPCError {
            return IdempotentAnswer.isFinal(error) ? .refusal(error) : nil
        } catch {
            return nil
        }
    }
}
