import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of plans and of their way in.
struct PlanStore: Sendable {
    /// An upload as it was started.
    struct Upload: Sendable {
        var id: UploadID
        var owner: UserID
        var size: Int
        var sha256: [UInt8]
        /// Set once it has been committed.
        var plan: PlanID?
    }

    /// Part of a document.
    struct Part: Sendable {
        var data: [UInt8]
        var size: Int
        var sha256: [UInt8]
    }

    let pool: PostgresPool

    /// Starts an upload, and forgets those that were left lying for an hour; those that became
    /// plans are known for longer than a key is.
    func start(_ upload: Upload, in transaction: PostgresTransaction) async throws {
        try await transaction.query(
            """
            DELETE FROM plan_uploads WHERE id = ANY(ARRAY(
                SELECT id FROM plan_uploads
                WHERE created_at < clock_timestamp() - interval '1 hour' AND (plan_id IS NULL
                 OR created_at < clock_timestamp() - interval '25 hours')
                LIMIT 100 FOR UPDATE SKIP LOCKED))
            """)
        try await transaction.query(
            """
            INSERT INTO plan_uploads (id, owner_id, size_bytes, sha256, created_at)
            VALUES (\(upload.id.uuid), \(upload.owner.uuid), \(Int32(clamping: upload.size)),
             \(upload.sha256), clock_timestamp())
            """)
    }

    /// The upload of an id, if its owner is the one given.
    func upload(_ id: UploadID, owner: UserID) async throws -> Upload? {
        let rows = try await pool.query(
            """
            SELECT size_bytes, sha256, plan_id FROM plan_uploads
            WHERE id = \(id.uuid) AND owner_id = \(owner.uuid)
            """)
        return try rows.first.map { row in
            Upload(
                id: id, owner: owner,
                size: Int(try row.decode("size_bytes", as: Int32.self)),
                sha256: try row.decode("sha256"),
                plan: try row.decode("plan_id", as: UUID?.self).map(PlanID.init(uuid:)))
        }
    }

    /// Keeps a part; the same again replaces it.
    func put(_ data: [UInt8], at offset: Int, of upload: UploadID) async throws {
        try await pool.query(
            """
            INSERT INTO plan_upload_parts (upload_id, part_offset, data)
            VALUES (\(upload.uuid), \(Int32(clamping: offset)), \(data))
            ON CONFLICT (upload_id, part_offset) DO UPDATE SET data = excluded.data
            """)
    }

    /// All parts in their order.
    func document(of upload: Upload) async throws -> [UInt8] {
        let rows = try await pool.query(
            """
            SELECT data FROM plan_upload_parts
            WHERE upload_id = \(upload.id.uuid) ORDER BY part_offset
            """)
        var document: [UInt8] = []
        document.reserveCapacity(upload.size)
        for row in rows {
            document += try row.decode("data", as: [UInt8].self)
        }
        return document
    }

    /// Makes a plan of an upload and lets the parts go. Committing twice makes one plan.
    func insert(
        _ plan: EventV1.Plan, id: PlanID, document: [UInt8], plain: [UInt8], from upload: Upload
    ) async throws -> PlanID {
        // A stadium's plan has tens of megabytes to be packed: seconds, on a busy machine many.
        try await pool.transaction(statementTimeout: .seconds(60)) { transaction in
            let rows = try await transaction.query(
                "SELECT plan_id FROM plan_uploads WHERE id = \(upload.id.uuid) FOR UPDATE")
            if let made = try rows.first?.decode("plan_id", as: UUID?.self) {
                return PlanID(uuid: made)
            }
            try await transaction.query(
                """
                INSERT INTO plans (id, owner_id, name, document, plain_document, seat_count,
                 area_place_count, created_at)
                VALUES (\(id.uuid), \(upload.owner.uuid), \(plan.name), \(document), \(plain),
                 \(Int32(clamping: plan.seatCount)), \(Int32(clamping: plan.areaPlaceCount)),
                 clock_timestamp())
                """)
            try await transaction.query(
                "UPDATE plan_uploads SET plan_id = \(id.uuid) WHERE id = \(upload.id.uuid)")
            try await transaction.query(
                "DELETE FROM plan_upload_parts WHERE upload_id = \(upload.id.uuid)")
            return id
        }
    }

    /// What is known of a plan, and whose it is.
    func plan(_ id: PlanID) async throws -> (plan: EventV1.Plan, owner: UserID)? {
        let rows = try await pool.query(
            """
            SELECT owner_id, name, seat_count, area_place_count, created_at
            FROM plans WHERE id = \(id.uuid)
            """)
        return try rows.first.map { row in
            var plan = EventV1.Plan()
            plan.planID = id.description
            plan.name = try row.decode("name")
            plan.seatCount = UInt32(clamping: try row.decode("seat_count", as: Int32.self))
            plan.areaPlaceCount = UInt32(
                clamping: try row.decode("area_place_count", as: Int32.self))
            plan.createdAt = Timestamp(try row.decode("created_at", as: Date.self))
            return (plan, UserID(uuid: try row.decode("owner_id")))
        }
    }

    /// The whole document.
    func document(_ id: PlanID) async throws -> [UInt8]? {
        let rows = try await pool.query("SELECT document FROM plans WHERE id = \(id.uuid)")
        return try rows.first?.decode("document", as: [UInt8].self)
    }

    /// Part of a document, as it is or as pretix takes it.
    func part(
        _ id: PlanID, offset: Int, limit: Int, plain: Bool
    ) async throws -> Part? {
        let from = Int32(clamping: offset) &+ 1
        let count = Int32(clamping: limit)
        let rows =
            if plain {
                try await pool.query(
                    """
                    SELECT substring(plain_document FROM \(from) FOR \(count)) AS data,
                     octet_length(plain_document) AS size, sha256(plain_document) AS sha256
                    FROM plans WHERE id = \(id.uuid)
                    """)
            } else {
                try await pool.query(
                    """
                    SELECT substring(document FROM \(from) FOR \(count)) AS data,
                     octet_length(document) AS size, sha256(document) AS sha256
                    FROM plans WHERE id = \(id.uuid)
                    """)
            }
        return try rows.first.map { row in
            Part(
                data: try row.decode("data"),
                size: Int(try row.decode("size", as: Int32.self)),
                sha256: try row.decode("sha256"))
        }
    }

    /// True where an event that is no draft uses the plan.
    func isPublic(_ id: PlanID) async throws -> Bool {
        try await !pool.query(
            "SELECT 1 FROM events WHERE plan_id = \(id.uuid) AND state <> 'draft' LIMIT 1"
        ).isEmpty
    }
}
