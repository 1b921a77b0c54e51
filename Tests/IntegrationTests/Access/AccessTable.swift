import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// Every method of every service × who may call it (P10). A method for services alone has its line
/// from what its contract declares (`MethodAccess`); one whose handler asks who calls fails the test
/// without a line here: add it where the methods of its service are. Lines that change things come
/// after those that look at them: those who are allowed call in the order of the table. A route of
/// the gateway without a line fails as well: see `GatewayTable`.
enum AccessTable {
    static let lines = written + declared

    static let written: [AccessLine] =
        auth + event + holds + booking + payment + notification + endings + open

    /// Of methods for services that have no line here.
    private static let declared: [AccessLine] = {
        let known = Set(written.map(\.methodName))
        return Contracts.services.flatMap { $0.methods }.compactMap(AccessLine.declared)
            .filter { !known.contains($0.methodName) }
    }()

    private static let noBooking = Refusal(.notFound, "booking_unknown")
    private static let noEvent = Refusal(.notFound, "event_unknown")
    private static let noHold = Refusal(.notFound, "hold_unknown")
    private static let noPlan = Refusal(.notFound, "plan_unknown")
    private static let noUpload = Refusal(.notFound, "upload_unknown")
    private static let noPayment = Refusal(.notFound, "payment_unknown")
    private static let noTicket = Refusal(.notFound, "ticket_unknown")

    /// The event's own organiser, and admins; other organisers do not know of it, and other people
    /// need the role.
    private static let organiserByRole = Who.only(
        [.organiser, .admin], role: .organiser, else: noEvent)
    /// The same, where nobody needs a role to be told that there is no such event of theirs.
    private static let organiser = Who.only([.organiser, .admin], else: noEvent)
    private static let holder = Who.only([.buyer], else: noHold)

    // MARK: What every server has

    private static let open: [AccessLine] = [
        .unary(RPCV1.Control.hello, .anyone) { _, _ in .with { $0.version = 1 } },
        .unary(RPCV1.Health.check, .anyone) { _, _ in .init() },
        .unary(RPCV1.Reflection.listServices, .anyone) { _, _ in .init() },
        .unary(RPCV1.Reflection.getDescriptorSet, .anyone) { _, _ in .init() },
        .unary(RPCV1.Feeds.listParked, .services([.operator])) { _, _ in .init() },
        .unary(RPCV1.Feeds.releaseParked, .services([.operator])) { _, _ in
            .with {
                $0.feed = "event"
                $0.entries = .key("nobody's")
            }
        },
        .unary(RPCV1.Feeds.discardParked, .services([.operator])) { _, _ in
            .with {
                $0.feed = "event"
                $0.position = 1
                $0.reason = "nothing is parked there"
            }
        },
        .unary(RPCV1.Feeds.getPosition, .services([.operator])) { _, _ in
            .with { $0.feed = "event" }
        },
        .unary(RPCV1.Feeds.setPosition, .services([.operator])) { _, _ in
            .with {
                $0.feed = "event"
                $0.position = .max
                $0.reason = "no feed is as long"
            }
        },
    ]

    // MARK: auth

    private typealias Auth = AuthV1.AuthService

    private static let auth: [AccessLine] = [
        .unary(Auth.register, .anyone) { _, _ in
            .with {
                $0.email = People.email()
                $0.password = People.password
                $0.displayName = "Somebody"
            }
        },
        .unary(Auth.logIn, .anyone) { scene, _ in
            .with {
                $0.email = scene.buyersEmail
                $0.password = People.password
            }
        },
        .unary(
            Auth.logIn, about: "with a wrong password",
            .nobody(Refusal(.unauthenticated, "credentials_wrong"))
        ) { scene, _ in
            .with {
                $0.email = scene.buyersEmail
                $0.password = "not their password"
            }
        },
        .unary(
            Auth.refreshSession, .nobody(Refusal(.unauthenticated, "refresh_token_invalid"))
        ) { _, _ in .with { $0.refreshToken = "nobody's" } },
        // Ends nothing, and nobody learns whether there was something.
        .unary(Auth.logOut, .anyone) { _, _ in .with { $0.refreshToken = "nobody's" } },
        .unary(
            Auth.getMe, .ownPart(of: [.buyer]), secret: \.buyersEmail
        ) { _, _ in .init() },
        .unary(
            Auth.createAccount, .only([.admin, .operator], role: .admin, else: .roleMissing)
        ) { _, _ in
            .with {
                $0.email = People.email()
                $0.password = People.password
                $0.displayName = "Somebody"
                $0.roles = [.admin]
            }
        },
        .unary(Auth.setRoles, .role(.admin)) { scene, _ in
            .with {
                $0.userID = UserID().description
                $0.roles = [.admin]
            }
        },
        .unary(Auth.ensureFirstAdmin, .services([.operator])) { _, _ in
            .with { $0.email = People.email() }
        },
        // Public keys.
        .unary(Auth.listSigningKeys, .anyone) { _, _ in .init() },
        .unary(Auth.readFeed, .services([.notification])) { _, _ in .init() },
        .stream(Auth.followFeed, .services([.notification])) { _, _ in .init() },
    ]

    // MARK: event: plans and events

    private typealias Events = EventV1.EventService

    private static let event: [AccessLine] = [
        .unary(Events.startPlanUpload, .role(.organiser)) { _, _ in
            .with {
                $0.sizeBytes = 1
                $0.sha256 = Array(repeating: 1, count: 32)
            }
        },
        .unary(
            Events.uploadPlanPart, .only([.organiser], role: .organiser, else: noUpload)
        ) { scene, _ in
            .with {
                $0.uploadID = scene.upload
                $0.data = [1]
            }
        },
        .unary(
            Events.commitPlanUpload, .only([.organiser], role: .organiser, else: noUpload)
        ) { scene, _ in .with { $0.uploadID = scene.upload } },
        .unary(Events.readPlan, .anyone) { scene, _ in .with { $0.eventID = scene.event.id } },
        .unary(
            Events.readPlan, about: "of a draft", optional(noPlan, [.organiser, .admin])
        ) { scene, _ in .with { $0.planID = scene.draftPlan } },
        .unary(
            Events.createEvent,
            .only(
                [.organiser, .admin], role: .organiser,
                else: Refusal(.invalidArgument, "invalid_argument"))
        ) { scene, _ in
            .with {
                $0.title = "An event"
                $0.venue = "Test hall"
                $0.startsAt = Timestamp(Date(timeIntervalSince1970: 4_000_000_000))
                $0.timeZone = "Europe/Berlin"
                $0.currency = "EUR"
                $0.planID = scene.draftPlan
            }
        },
        .unary(Events.listEvents, .anyone) { _, _ in .with { $0.pageSize = 1 } },
        .unary(Events.getEvent, .anyone) { scene, _ in .with { $0.eventID = scene.event.id } },
        .unary(
            Events.getEvent, about: "a draft", optional(noEvent, [.organiser, .admin])
        ) { scene, _ in .with { $0.eventID = scene.draft } },
        .unary(Events.getSeatState, .anyone) { scene, _ in .with { $0.eventID = scene.event.id } },
        .unary(Events.getSeatState, about: "of a draft", .nobody(noEvent)) { scene, _ in
            .with { $0.eventID = scene.draft }
        },
        .stream(Events.watchSeats, .anyone) { scene, _ in .with { $0.eventID = scene.event.id } },
        .stream(Events.watchSeats, about: "of a draft", .nobody(noEvent)) { scene, _ in
            .with { $0.eventID = scene.draft }
        },
        .unary(Events.updateEvent, organiserByRole) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.title = "Another title"
            }
        },
        .unary(Events.pauseEvent, organiserByRole) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Events.resumeEvent, organiserByRole) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Events.publishEvent, organiserByRole) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Events.getSeatTimeline, organiser) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.place = 4
            }
        },
        .unary(Events.readFeed, .services([.booking, .notification])) { _, _ in .init() },
        .stream(Events.followFeed, .services([.booking, .notification])) { _, _ in .init() },
    ]

    /// For what may be asked without a token: a token that is none is still refused.
    private static func optional(_ refusal: Refusal, _ allowed: Set<Caller>) -> Who {
        Who.nobody(refusal).but([.nonsense, .forged], .tokenInvalid).letting(allowed)
    }

    // MARK: event: holds

    private static let holds: [AccessLine] = [
        .unary(
            Events.listHolds, .ownPart(of: [.buyer]), secret: \.hold.id
        ) { scene, _ in .with { $0.eventID = scene.event.id } },
        .unary(Events.getHold, holder) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.holdID = scene.hold.id
            }
        },
        .unary(Events.extendHold, holder) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.holdID = scene.hold.id
                $0.expiresAt = scene.hold.expiresAt
            }
        },
        .unary(Events.changeHold, holder) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.holdID = scene.hold.id
                $0.seats = [.with { $0.seatGUID = scene.event.seats[0] }]
            }
        },
        .unary(Events.holdSeats, .users) { scene, caller in
            let index = Caller.allCases.firstIndex(of: caller) ?? 0
            return .with {
                $0.eventID = scene.event.id
                $0.seats = [.with { $0.seatGUID = scene.event.seats[10 + index] }]
            }
        },
        .unary(Events.holdBestAvailable, .users) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.quantities = [.with { $0.quantity = 1 }]
            }
        },
        .unary(Events.joinWaitingList, .users) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.quantity = 1
            }
        },
        .unary(Events.getWaitingEntry, .users) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Events.getWaitingCounts, organiser) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Events.leaveWaitingList, .users) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Events.redeem, .services([.booking])) { scene, _ in
            .with {
                $0.token = scene.hold.token
                $0.buyerID = "usr_somebody"
            }
        },
        .unary(Events.releaseHold, holder) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.holdID = scene.otherHold.id
            }
        },
    ]

    // MARK: booking

    private typealias Bookings = BookingV1.BookingService
    private static let notYours = Refusal(.permissionDenied, "hold_not_yours")

    private static let booking: [AccessLine] = [
        .unary(
            Bookings.getBooking, .only([.buyer, .admin, .payment], else: noBooking)
        ) { scene, _ in .with { $0.bookingID = scene.booking } },
        .unary(
            Bookings.listBookings, .ownPart(of: [.buyer]), secret: \.booking
        ) { _, _ in .init() },
        .unary(Bookings.listEventBookings, organiser) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(Bookings.getSales, organiser) { scene, _ in .with { $0.eventID = scene.event.id } },
        .unary(
            Bookings.getBookingTimeline, organiser
        ) { scene, _ in .with { $0.bookingID = scene.booking } },
        .unary(Bookings.getPlaceTimeline, organiser) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.place = 4
            }
        },
        .unary(Bookings.snapshotClaims, .services([.event])) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
        .unary(
            Bookings.readFeed, .services([.event, .payment, .notification])
        ) { _, _ in .init() },
        .stream(
            Bookings.followFeed, .services([.event, .payment, .notification])
        ) { _, _ in .init() },
        .unary(Bookings.blockPlaces, organiser) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.places = [5]
            }
        },
        .unary(Bookings.unblockPlaces, organiser) { scene, _ in
            .with {
                $0.eventID = scene.event.id
                $0.places = [5]
            }
        },
        .unary(Bookings.createBooking, .only([.buyer], else: notYours)) { scene, _ in
            .with { $0.holdToken = scene.hold.token }
        },
        .unary(
            Bookings.createOrganiserBooking,
            .only([.organiser], role: .organiser, else: noEvent).but([.admin], notYours)
        ) { scene, _ in
            .with {
                $0.holdToken = scene.organisersHold.token
                $0.kind = .complimentary
            }
        },
        .unary(Bookings.getEventCancellation, organiser) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
    ]

    // MARK: payment

    private typealias Payments = PaymentV1.PaymentService

    private static let payment: [AccessLine] = [
        .unary(Payments.getPayment, .only([.buyer, .admin], else: noPayment)) { scene, _ in
            .with { $0.paymentID = scene.payment }
        },
        .unary(
            Payments.listPayments, .ownPart(of: [.buyer]), secret: \.payment
        ) { scene, _ in .with { $0.bookingID = scene.booking } },
        .unary(Payments.listRefunds, .only([.buyer, .admin], else: noPayment)) { scene, _ in
            .with { $0.paymentID = scene.payment }
        },
        .unary(Payments.listOwedRefunds, .role(.admin)) { _, _ in .init() },
        // The provider's signature counts, and nobody's account.
        .unary(
            Payments.handleWebhook, .nobody(Refusal(.unauthenticated, "signature_invalid"))
        ) { scene, _ in
            .with {
                $0.provider = "simulated"
                $0.body = Array(#"{"id": "evt_1", "type": "charge.captured"}"#.utf8)
            }
        },
        .unary(Payments.readFeed, .services([.booking, .notification])) { _, _ in .init() },
        .stream(Payments.followFeed, .services([.booking, .notification])) { _, _ in .init() },
        .unary(Payments.createPayment, .only([.buyer], else: noBooking)) { scene, _ in
            .with {
                $0.bookingID = scene.pending
                $0.paymentToken = "4242424242424242"
            }
        },
    ]

    // MARK: notification

    private typealias Notifications = NotificationV1.NotificationService

    private static let notification: [AccessLine] = [
        .unary(
            Notifications.listTickets, .ownPart(of: [.buyer]), secret: \.ticket
        ) { scene, _ in .with { $0.bookingID = scene.booking } },
        .unary(Notifications.getTicket, .only([.buyer], else: noTicket)) { scene, _ in
            .with { $0.ticketID = scene.ticket }
        },
        .unary(Notifications.getTicketQr, .only([.buyer], else: noTicket)) { scene, _ in
            .with { $0.ticketID = scene.ticket }
        },
        .unary(
            Notifications.resendTickets,
            .only(
                [.buyer, .organiser, .admin], else: Refusal(.notFound, "tickets_unknown"))
        ) { scene, _ in .with { $0.bookingID = scene.booking } },
    ]

    // MARK: What ends things

    private static let endings: [AccessLine] = [
        .unary(
            Bookings.cancelBooking, .only([.buyer, .organiser, .admin], else: noBooking)
        ) { scene, _ in .with { $0.bookingID = scene.booking } },
        .unary(Events.cancelEvent, organiserByRole) { scene, _ in
            .with { $0.eventID = scene.event.id }
        },
    ]
}

extension Who {
    /// The same, and these are allowed.
    fileprivate func letting(_ callers: Set<Caller>) -> Who {
        var who = self
        who.allowed.formUnion(callers)
        for caller in callers { who.refusals[caller] = nil }
        return who
    }
}
