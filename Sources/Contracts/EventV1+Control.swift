package import Wire

/// What an organiser does to an event on sale.
extension EventV1 {
    /// Changes an event; what is absent stays as it is.
    package struct UpdateEventRequest: Message {
        package static let protoName = "usher.event.v1.UpdateEventRequest"
        /// `evt_…`
        package var eventID = ""
        /// 1 to 200 characters.
        package var title: String?
        /// At most 10,000 characters.
        package var description: String?
        /// 1 to 200 characters.
        package var venue: String?
        /// Categories to be replaced, by their names; the others stay.
        package var categories: [PriceCategory] = []
        /// When the sale begins.
        package var saleOpensAt: Timestamp?
        /// When it ends.
        package var saleClosesAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "title", &title)
            v.field(3, "description", &description)
            v.field(4, "venue", &venue)
            v.field(5, "categories", &categories)
            v.field(6, "sale_opens_at", &saleOpensAt)
            v.field(7, "sale_closes_at", &saleClosesAt)
        }
    }

    /// Answer of `EventService.updateEvent`.
    package struct UpdateEventResponse: Message {
        package static let protoName = "usher.event.v1.UpdateEventResponse"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }

    /// Stops the sale for a while.
    package struct PauseEventRequest: Message {
        package static let protoName = "usher.event.v1.PauseEventRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// Answer of `EventService.pauseEvent`.
    package struct PauseEventResponse: Message {
        package static let protoName = "usher.event.v1.PauseEventResponse"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }

    /// Lets the sale go on.
    package struct ResumeEventRequest: Message {
        package static let protoName = "usher.event.v1.ResumeEventRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// Answer of `EventService.resumeEvent`.
    package struct ResumeEventResponse: Message {
        package static let protoName = "usher.event.v1.ResumeEventResponse"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }

    /// Cancels an event for good.
    package struct CancelEventRequest: Message {
        package static let protoName = "usher.event.v1.CancelEventRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// Answer of `EventService.cancelEvent`.
    package struct CancelEventResponse: Message {
        package static let protoName = "usher.event.v1.CancelEventResponse"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }
}
