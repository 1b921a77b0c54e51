import Contracts
import Crypto
import Foundation
import NIOPosix
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// The methods about seating plans.
struct PlanHandlers: Sendable {
    /// Bytes of one part: well below the 4 MiB of a frame.
    static let partBytes = 2 << 20

    let store: PlanStore
    let events: EventStore
    let records: IdempotencyRecords
    let authenticator: Authenticator
    /// Where documents are read: a large one takes a second.
    let threads: NIOThreadPool

    func register(on router: inout CallRouter) {
        typealias Methods = EventV1.EventService
        router.handle(Methods.startPlanUpload, start)
        router.handle(Methods.uploadPlanPart, upload)
        router.handle(Methods.commitPlanUpload, commit)
        router.handle(Methods.readPlan, read)
        // Parts of 2 MiB.
        router.keepOffLoop(Methods.uploadPlanPart)
        router.keepOffLoop(Methods.readPlan)
    }

    @Sendable private func start(
        _ request: EventV1.StartPlanUploadRequest, _ context: CallContext
    ) async throws -> EventV1.StartPlanUploadResponse {
        let user = try await authenticator.user(context, role: .organiser)
        guard (1...PlanLimits.bytes).contains(Int(request.sizeBytes)) else {
            throw RPCError.invalid(
                field: "sizeBytes", "out_of_range",
                "a plan has 1 to \(PlanLimits.bytes) bytes (32 MiB), not \(request.sizeBytes)")
        }
        guard request.sha256.count == 32 else {
            throw RPCError.invalid(field: "sha256", "length", "send the 32 bytes of a SHA-256")
        }
        let upload = PlanStore.Upload(
            id: UploadID(), owner: user.id, size: Int(request.sizeBytes), sha256: request.sha256,
            plan: nil)
        // With a key, what follows is idempotent too: parts of one upload, committed once.
        let key = try IdempotencyKey(context, user: user.id, request)
        return try await records.once(key) { transaction in
            try await store.start(upload, in: transaction)
            return EventV1.StartPlanUploadResponse.with {
                $0.uploadID = upload.id.description
                $0.partBytesMax = UInt32(Self.partBytes)
            }
        }
    }

    @Sendable private func upload(
        _ request: EventV1.UploadPlanPartRequest, _ context: CallContext
    ) async throws -> EventV1.UploadPlanPartResponse {
        let user = try await authenticator.user(context, role: .organiser)
        let upload = try await upload(request.uploadID, of: user)
        let offset = Int(request.offset)
        guard offset % Self.partBytes == 0, offset < upload.size else {
            throw RPCError.invalid(
                field: "offset", "invalid",
                "parts begin at multiples of \(Self.partBytes) below \(upload.size)")
        }
        let expected = min(Self.partBytes, upload.size - offset)
        guard request.data.count == expected else {
            throw RPCError.invalid(
                field: "data", "length",
                "the part at \(offset) has \(expected) bytes, not \(request.data.count)")
        }
        if upload.plan == nil {
            try await store.put(request.data, at: offset, of: upload.id)
        }
        return EventV1.UploadPlanPartResponse()
    }

    @Sendable private func commit(
        _ request: EventV1.CommitPlanUploadRequest, _ context: CallContext
    ) async throws -> EventV1.CommitPlanUploadResponse {
        let user = try await authenticator.user(context, role: .organiser)
        let upload = try await upload(request.uploadID, of: user)
        let id: PlanID
        if let made = upload.plan {
            id = made
        } else {
            id = try await make(from: upload)
        }
        guard let made = try await store.plan(id) else {
            throw RPCError.notFound("plan_unknown", "the plan is gone")
        }
        return .with { $0.plan = made.plan }
    }

    private func make(from upload: PlanStore.Upload) async throws -> PlanID {
        let document = try await store.document(of: upload)
        guard document.count == upload.size else {
            throw RPCError.failedPrecondition(
                "upload_incomplete",
                "\(document.count) of \(upload.size) bytes are here; send the missing parts")
        }
        // 32 MiB take a tenth of a second.
        let digest = try await runOffLoop { Array(SHA256.hash(data: document)) }
        guard digest == upload.sha256 else {
            throw RPCError.invalid(
                field: "sha256", "mismatch",
                "the bytes that came are not those of the digest; start again")
        }
        let read: (plan: EventV1.Plan, document: [UInt8], plain: [UInt8])
        do {
            read = try await threads.runIfActive { try Self.read(document) }
        } catch let error as PlanError {
            throw Self.refusal(error)
        }
        return try await store.insert(
            read.plan, id: PlanID(), document: read.document, plain: read.plain, from: upload)
    }

    private static func read(
        _ document: [UInt8]
    ) throws -> (plan: EventV1.Plan, document: [UInt8], plain: [UInt8]) {
        let plan = try Plan(json: document)
        let summary = EventV1.Plan.with {
            $0.name = plan.name
            $0.seatCount = UInt32(clamping: plan.seatCount)
            $0.areaPlaceCount = UInt32(clamping: plan.areaPlaceCount)
        }
        return (summary, try plan.json(), try plan.json(plain: true))
    }

    private static func refusal(_ error: PlanError) -> RPCError {
        RPCError.invalid(
            "the plan has \(error.faults.count == 1 ? "a fault" : "\(error.faults.count) faults")",
            error.faults.map { .init($0.path, "invalid", $0.description) }, code: "plan_invalid")
    }

    private func upload(
        _ text: String, of user: AuthenticatedUser
    ) async throws -> PlanStore.Upload {
        guard let id = UploadID(text), let upload = try await store.upload(id, owner: user.id)
        else {
            throw RPCError.notFound(
                "upload_unknown", "there is no upload \"\(text)\" of yours; start one")
        }
        return upload
    }

    @Sendable private func read(
        _ request: EventV1.ReadPlanRequest, _ context: CallContext
    ) async throws -> EventV1.ReadPlanResponse {
        let user = try await authenticator.userIfAny(context)
        let id = try await readablePlan(request, user)
        guard
            let part = try await store.part(
                id, offset: Int(request.offset), limit: Self.partBytes, plain: request.plain)
        else {
            throw RPCError.notFound("plan_unknown", "there is no such plan")
        }
        return .with {
            $0.data = part.data
            $0.sizeBytes = UInt32(clamping: part.size)
            $0.sha256 = part.sha256
        }
    }

    /// The plan asked for, if the caller may read it.
    private func readablePlan(
        _ request: EventV1.ReadPlanRequest, _ user: AuthenticatedUser?
    ) async throws -> PlanID {
        if let eventID = EventID(request.eventID) {
            let event = try await events.visible(eventID, to: user)
            if let plan = PlanID(event.planID) {
                return plan
            }
        }
        if let id = PlanID(request.planID), let plan = try await store.plan(id) {
            if plan.owner == user?.id || user?.roles.contains(.admin) == true {
                return id
            }
            if try await store.isPublic(id) {
                return id
            }
        }
        throw RPCError.notFound("plan_unknown", "there is no such plan that you may read")
    }
}
