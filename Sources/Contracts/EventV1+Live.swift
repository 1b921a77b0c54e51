package import Wire

/// Seat states as they change.
extension EventV1 {
    /// Asks for the state of every place, and for each change from then on.
    package struct WatchSeatsRequest: Message {
        package static let protoName = "usher.event.v1.WatchSeatsRequest"
        /// `evt_…`
        package var eventID = ""
        /// What the caller has; absent = nothing.
        package var after: SeatVersion?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "after", &after)
        }
    }

    /// One message of the stream.
    package struct WatchSeatsResponse: Message {
        package static let protoName = "usher.event.v1.WatchSeatsResponse"
        /// What it is about.
        package enum Update: Equatable, Sendable {
            /// Replaces everything that the caller has.
            case snapshot(SeatSnapshot)
            /// What is different.
            case changes(SeatChanges)
            /// Nothing has changed for a while (about 5 s).
            case heartbeat(SeatHeartbeat)
        }

        /// Nil: none that this program knows.
        package var update: Update?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.member(1, "snapshot", of: "update", &update, Update.snapshot) {
                if case .snapshot(let value) = $0 { value } else { nil }
            }
            v.member(2, "changes", of: "update", &update, Update.changes) {
                if case .changes(let value) = $0 { value } else { nil }
            }
            v.member(3, "heartbeat", of: "update", &update, Update.heartbeat) {
                if case .heartbeat(let value) = $0 { value } else { nil }
            }
        }
    }

    /// The state of every place at one version.
    package struct SeatSnapshot: Message {
        package static let protoName = "usher.event.v1.SeatSnapshot"
        /// Which state this is.
        package var version: SeatVersion?
        /// A letter per place, in the order of their indexes; see `PlaceState`.
        package var states = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "version", &version)
            v.field(2, "states", &states)
        }
    }

    /// What places are from now on. Whoever has a version of this generation from `from` to below
    /// `number` comes to `number` by it; at `number` and above it says nothing new; below `from`
    /// something is missing.
    package struct SeatChanges: Message {
        package static let protoName = "usher.event.v1.SeatChanges"
        /// Whose numbers these are.
        package var generation = ""
        /// The oldest version that it can be applied to.
        package var from: UInt64 = 0
        /// The version after it.
        package var number: UInt64 = 0
        /// Each place once.
        package var places: [UInt32] = []
        /// A letter per entry of `places`; see `PlaceState`.
        package var states = ""
        /// When the first of them was decided, by the seat state's clock; Unix milliseconds.
        package var changedAtMs: Int64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "generation", &generation)
            v.field(2, "from", &from)
            v.field(3, "number", &number)
            v.field(4, "places", &places)
            v.field(5, "states", &states)
            v.field(6, "changed_at_ms", &changedAtMs)
        }
    }

    /// A sign of life.
    package struct SeatHeartbeat: Message {
        package static let protoName = "usher.event.v1.SeatHeartbeat"
        /// What the caller has when it has read everything before.
        package var version: SeatVersion?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "version", &version)
        }
    }
}
