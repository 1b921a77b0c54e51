import Wire

struct State: ProtoEnum {
    static let protoName = "usher.bench.v1.State"
    var rawValue: Int32
    static let cases: [(name: String, value: Int32)] = [
        ("STATE_UNSPECIFIED", 0), ("STATE_PENDING", 1), ("STATE_CONFIRMED", 2),
    ]
}

struct Booking: Message {
    static let protoName = "usher.bench.v1.Booking"
    var bookingID = ""
    var eventID = ""
    var buyerID = ""
    var state = State(rawValue: 0)
    var seats: [Seat] = []
    var totalMinor: Int64 = 0
    var currency = ""
    var createdAt: Int64 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "booking_id", &bookingID)
        v.field(2, "event_id", &eventID)
        v.field(3, "buyer_id", &buyerID)
        v.field(4, "state", &state)
        v.field(5, "seats", &seats)
        v.field(6, "total_minor", &totalMinor)
        v.field(7, "currency", &currency)
        v.field(8, "created_at", &createdAt)
    }
}

struct Seat: Message {
    static let protoName = "usher.bench.v1.Seat"
    var place: UInt32 = 0
    var seatGUID = ""
    var label = ""
    var category = ""
    var priceMinor: Int64 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "place", &place)
        v.field(2, "seat_guid", &seatGUID)
        v.field(3, "label", &label)
        v.field(4, "category", &category)
        v.field(5, "price_minor", &priceMinor)
    }
}
