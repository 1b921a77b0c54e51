import Foundation
package import Postgres
package import RPC
package import Wire

/// What became of writes that have an `Idempotency-Key`: table `idempotency` of the service's own
/// database (P5).
///
/// The key's advisory lock is kept to the end of the transaction, and the answer is recorded in
/// the transaction of the write: either both are there or neither.
package struct IdempotencyRecords: Sendable {
    /// Code of the refusal while the same write is running.
    package static let inFlightCode = "idempotency_key_in_flight"

    /// What a key stands for, asked in a transaction.
    package enum Standing: Sendable, Equatable {
        /// Nobody has answered it; its lock is this transaction's.
        case new
        /// This write was answered before.
        case answered(IdempotentAnswer)
        /// Another transaction is at it.
        case inFlight
        /// It was used for another request.
        case reused

        /// The answer of before, or nil where the write is to be made.
        ///
        /// - Throws: ABORTED `idempotency_key_in_flight`, INVALID_ARGUMENT
        ///   `idempotency_key_reused`.
        package func answer() throws(RPCError) -> IdempotentAnswer? {
            switch self {
            case .new: return nil
            case .answered(let answer): return answer
            case .inFlight:
                throw .failure(
                    .aborted, IdempotencyRecords.inFlightCode,
                    "the same request is being worked on; ask again", retryAfter: .seconds(1))
            case .reused:
                throw .invalid(
                    field: "idempotencyKey", "reused", "this key was used for another request",
                    code: "idempotency_key_reused")
            }
        }
    }

    private let pool: PostgresPool

    /// Records in the database of a pool.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Makes a write once: in one transaction its lock, the write and its answer. A refusal that
    /// is final undoes what `body` has written and is recorded; any other error undoes all.
    ///
    /// - Parameters:
    ///   - key: nil makes the write without a record.
    ///   - retries: as of `PostgresPool.transaction`.
    ///   - body: the write; may run again after a conflict.
    package func once<Response: Message>(
        _ key: IdempotencyKey?, retries: Int = 5,
        _ body: (PostgresTransaction) async throws -> Response
    ) async throws -> Response {
        guard let key else {
            return try await pool.transaction(retries: retries, body)
        }
        return try await pool.transaction(retries: retries) { transaction in
            if let answer = try await standings(of: [key], in: transaction)[0].answer() {
                return answer
            }
            let answer = try await attempt(body, in: transaction)
            try await record([(key, answer)], in: transaction)
            return answer
        }.response()
    }

    private func attempt<Response: Message>(
        _ body: (PostgresTransaction) async throws -> Response, in transaction: PostgresTransaction
    ) async throws -> IdempotentAnswer {
        try await transaction.query("SAVEPOINT idempotent_write")
        do {
            return .success(try await body(transaction).serialized())
        } catch let error as RPCError {
            guard IdempotentAnswer.isFinal(error) else {
                throw error
            }
            try await transaction.query("ROLLBACK TO SAVEPOINT idempotent_write")
            return .refusal(error)
        }
    }

    /// The answer that is recorded, outside of any transaction: whoever finds none must ask again
    /// where the write is made.
    ///
    /// - Throws: INVALID_ARGUMENT `idempotency_key_reused`.
    package func answer(of key: IdempotencyKey) async throws -> IdempotentAnswer? {
        let rows = try await pool.query(
            """
            SELECT fingerprint, status, answer FROM idempotency
            WHERE user_id = \(key.user) AND method = \(key.method) AND key = \(key.key)
            """)
        return try rows.first.map { try Self.standing($0, of: key) }?.answer()
    }

    /// Records a refusal that was given before any write began.
    package func refuse(_ key: IdempotencyKey, _ error: RPCError) async throws {
        guard IdempotentAnswer.isFinal(error) else {
            return
        }
        try await pool.transaction { transaction in
            if case .new = try await standings(of: [key], in: transaction)[0] {
                try await record([(key, .refusal(error))], in: transaction)
            }
        }
    }

    /// What keys stand for, each in its place; takes the locks of those that are new.
    ///
    /// - Parameter keys: no two of the same write; at most 1,000.
    package func standings(
        of keys: [IdempotencyKey], in transaction: PostgresTransaction
    ) async throws -> [Standing] {
        guard !keys.isEmpty else {
            return []
        }
        let locked = try await transaction.query(
            """
            SELECT pg_try_advisory_xact_lock(item.lock) AS locked
            FROM unnest(\(keys.map(\.lock))) WITH ORDINALITY AS item(lock, number)
            ORDER BY item.number
            """)
        var standings: [Standing] = try locked.map {
            try $0.decode("locked", as: Bool.self) ? .new : .inFlight
        }
        // A statement of its own: it must see what was committed before the lock was free.
        let rows = try await transaction.query(
            """
            SELECT item.number, r.fingerprint, r.status, r.answer
            FROM unnest(\(keys.map(\.user)), \(keys.map(\.method)), \(keys.map(\.key)))
             WITH ORDINALITY AS item(user_id, method, key, number)
            JOIN idempotency r USING (user_id, method, key)
            """)
        for row in rows {
            let index = Int(try row.decode("number", as: Int64.self)) - 1
            if standings[index] == .new {
                standings[index] = try Self.standing(row, of: keys[index])
            }
        }
        return standings
    }

    private static func standing(_ row: PostgresRow, of key: IdempotencyKey) throws -> Standing {
        guard try row.decode("fingerprint", as: [UInt8].self) == key.fingerprint else {
            return .reused
        }
        let answer = try row.decode("answer", as: [UInt8].self)
        guard try row.decode("status", as: Int32.self) != RPCCode.ok.rawValue else {
            return .answered(.success(answer))
        }
        guard let error = RPCError(status: try RPCStatus(serialized: answer)) else {
            throw UnreadableFact("the answer to \(key.method)")
        }
        return .answered(.refusal(error))
    }

    /// Records answers, in the transaction of their writes.
    package func record(
        _ answers: [(key: IdempotencyKey, answer: IdempotentAnswer)],
        in transaction: PostgresTransaction
    ) async throws {
        guard !answers.isEmpty else {
            return
        }
        let keys = answers.map(\.key)
        let statuses: [Int32] = answers.map {
            if case .refusal(let error) = $0.answer { error.code.rawValue } else { 0 }
        }
        let bytes: [[UInt8]] = answers.map {
            switch $0.answer {
            case .success(let bytes): bytes
            case .refusal(let error): error.status.serialized()
            }
        }
        try await transaction.query(
            """
            INSERT INTO idempotency (user_id, method, key, fingerprint, status, answer)
            SELECT * FROM unnest(\(keys.map(\.user)), \(keys.map(\.method)), \(keys.map(\.key)),
             \(keys.map(\.fingerprint)), \(statuses), \(bytes))
            """)
    }
}
