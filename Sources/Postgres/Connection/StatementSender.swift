import CPostgres

/// Puts statements into libpq's buffer. Every method answers false when libpq refused.
@safe
struct StatementSender {
    private let connection: OpaquePointer
    // Kept between statements, so that their memory is reused.
    private var values: [UnsafePointer<CChar>?]
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(connection: OpaquePointer) {
        unsafe self.connection = connection
        unsafe values = []
    }

    mutating func prepare(_ query: PostgresQuery, name: String) -> Bool {
        unsafe PQsendPrepare(connection, name, query.sql, Int32(query.types.count), query.types)
            == 1
    }

    mutating func sendPrepared(_ query: PostgresQuery, name: String) -> Bool {
        unsafe withParameters(of: query) { connection, values, lengths, formats in
            unsafe PQsendQueryPrepared(
                connection, name, Int32(query.types.count), values, lengths, formats, 1)
        } == 1
    }

    mutating func sendUnnamed(_ query: PostgresQuery) -> Bool {
        unsafe withParameters(of: query) { connection, values, lengths, formats in
            unsafe PQsendQueryParams(
                connection, query.sql, Int32(query.types.count), query.types, values, lengths,
                formats, 1)
        } == 1
    }

    func sync() -> Bool {
        unsafe PQpipelineSync(connection) == 1
    }

    private mutating func withParameters(
        of query: PostgresQuery,
        _ send: (
            OpaquePointer, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>,
            UnsafePointer<Int32>
        ) -> Int32
    ) -> Int32 {
        unsafe values.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        while formats.count < query.types.count {
            formats.append(1)
        }
        // An empty value is a pointer to nothing; a null one would be SQL's null.
        return unsafe withUnsafeBytes(of: UInt8(0)) { nothing in
            unsafe query.bytes.withUnsafeBytes { bytes in
                let start = unsafe bytes.baseAddress ?? nothing.baseAddress
                var offset = 0
                for length in query.lengths {
                    unsafe values.append(
                        length == nil
                            ? nil
                            : (start?.advanced(by: offset))?.assumingMemoryBound(to: CChar.self))
                    lengths.append(length ?? 0)
                    offset += Int(length ?? 0)
                }
                return unsafe send(connection, values, lengths, formats)
            }
        }
    }
}
