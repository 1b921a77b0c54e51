import Contracts
import Crypto
import Foundation
import RPC
import Wire

/// Loads demo people and events through the services' own methods, as an organiser would. What is
/// there already stays as it is.
struct DemoLoader {
    let operations: Operations
    /// Tells what happens, a line at a time.
    let progress: @Sendable (String) -> Void

    private typealias Methods = EventV1.EventService

    func load(now: Date = Date()) async throws -> DemoPeople {
        let people = DemoPeople()
        try await operations.ensureAccount(people.organiser, roles: [.organiser, .buyer])
        for buyer in people.buyers {
            try await operations.ensureAccount(buyer, roles: [.buyer])
        }
        let login = try await operations.logIn(people.organiser)
        guard let session = login.session, let user = login.user else {
            throw StartError("The demo organiser cannot log in.")
        }
        let present = try await titles(of: user.userID, session)
        for event in DemoEvent.all where !present.contains(event.title) {
            try Task.checkCancellation()
            let places = try await load(event, session, now)
            progress("\"\(event.title)\", \(places) places, is on sale")
        }
        return people
    }

    /// Titles of the organiser's published events.
    private func titles(
        of organiserID: String, _ session: AuthV1.Session
    ) async throws -> Set<String> {
        var titles: Set<String> = []
        var token = ""
        repeat {
            let page = try await operations.callEvent(
                Methods.listEvents, as: session,
                .with {
                    $0.pageSize = 100
                    $0.pageToken = token
                })
            titles.formUnion(page.events.filter { $0.organiserID == organiserID }.map(\.title))
            token = page.nextPageToken
        } while !token.isEmpty
        return titles
    }

    /// Uploads the plan, makes the event, puts it on sale.
    ///
    /// - Returns: how many places it has.
    private func load(
        _ event: DemoEvent, _ session: AuthV1.Session, _ now: Date
    ) async throws -> UInt32 {
        let planID = try await upload(try event.plan(), session)
        let startsAt = try event.startsAt(now: now)
        let created = try await operations.callEvent(
            Methods.createEvent, as: session,
            .with {
                $0.title = event.title
                $0.description = event.description
                $0.venue = event.venue
                $0.startsAt = Timestamp(startsAt)
                $0.timeZone = DemoEvent.timeZone
                $0.currency = "EUR"
                $0.planID = planID
            })
        let published = try await operations.callEvent(
            Methods.publishEvent, as: session,
            .with { $0.eventID = created.event?.eventID ?? "" })
        return published.event?.placeCount ?? 0
    }

    private func upload(_ plan: [UInt8], _ session: AuthV1.Session) async throws -> String {
        let upload = try await operations.callEvent(
            Methods.startPlanUpload, as: session,
            .with {
                $0.sizeBytes = UInt32(plan.count)
                $0.sha256 = Array(SHA256.hash(data: plan))
            })
        guard upload.partBytesMax > 0 else {
            throw StartError("The event service takes no parts of a plan.")
        }
        for offset in stride(from: 0, to: plan.count, by: Int(upload.partBytesMax)) {
            let end = min(offset + Int(upload.partBytesMax), plan.count)
            _ = try await operations.callEvent(
                Methods.uploadPlanPart, as: session,
                .with {
                    $0.uploadID = upload.uploadID
                    $0.offset = UInt32(offset)
                    $0.data = Array(plan[offset..<end])
                })
        }
        let committed = try await operations.callEvent(
            Methods.commitPlanUpload, as: session, .with { $0.uploadID = upload.uploadID })
        return committed.plan?.planID ?? ""
    }
}
