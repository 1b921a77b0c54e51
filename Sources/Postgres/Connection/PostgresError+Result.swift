import CPostgres

extension PostgresError {
    /// Reads an error result.
    init(result: OpaquePointer) {
        func field(_ name: UInt8) -> String? {
            guard let text = unsafe PQresultErrorField(result, Int32(name)) else { return nil }
            return unsafe String(cString: text)
        }
        // The letters are PG_DIAG_… of libpq-fe.h.
        let code = field(UInt8(ascii: "C")).map(PostgresErrorCode.init)
        let wholeMessage = unsafe String(cString: PQresultErrorMessage(result)).trimmedLine
        self.init(code ?? .connectionLost, field(UInt8(ascii: "M")) ?? wholeMessage)
        severity = field(UInt8(ascii: "V"))
        detail = field(UInt8(ascii: "D"))
        hint = field(UInt8(ascii: "H"))
        constraint = field(UInt8(ascii: "n"))
        table = field(UInt8(ascii: "t"))
        column = field(UInt8(ascii: "c"))
        position = field(UInt8(ascii: "P")).flatMap { Int($0) }
        routine = field(UInt8(ascii: "R"))
    }
}

extension String {
    /// libpq's messages end in a newline and may have several lines with tabs.
    var trimmedLine: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
