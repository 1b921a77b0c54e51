import CPostgres

extension PostgresConfiguration {
    /// Reads a libpq connection string or URI
    /// (PostgreSQL 15 documentation, 34.1.1 Connection Strings).
    ///
    /// Keywords: `host`, `port`, `user`, `password`, `dbname`, `sslmode`, `sslrootcert`,
    /// `application_name`; another one is an error, because nothing would heed it.
    ///
    /// - Throws: `PostgresError` with code `unsupported` that names the fault.
    package init(connectionString: String) throws(PostgresError) {
        let values = try Self.keywords(of: connectionString)
        guard let host = values["host"], let user = values["user"],
            let database = values["dbname"], let port = Int(values["port"] ?? "5432")
        else {
            throw PostgresError(
                .unsupported,
                "a connection string says host, user, dbname and, if need be, port")
        }
        self.init(
            host: host, port: port, user: user, password: values["password"], database: database)
        if let mode = values["sslmode"] {
            guard let mode = TLSMode(rawValue: mode) else {
                throw PostgresError(
                    .unsupported, "sslmode \"\(mode)\" is not supported")
            }
            tlsMode = mode
        }
        tlsRootCertificatePath = values["sslrootcert"]
        applicationName = values["application_name"] ?? applicationName
    }

    private static let known: Set<String> = [
        "host", "port", "user", "password", "dbname", "sslmode", "sslrootcert",
        "application_name",
    ]

    private static func keywords(of text: String) throws(PostgresError) -> [String: String] {
        var fault: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(text, &fault) else {
            let message = unsafe fault.map { unsafe String(cString: $0) } ?? "out of memory"
            unsafe PQfreemem(fault)
            throw PostgresError(
                .unsupported, "the connection string cannot be read: \(message)")
        }
        defer { unsafe PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe values[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        if let unknown = values.keys.filter({ !known.contains($0) }).min() {
            throw PostgresError(
                .unsupported, "the connection string's \(unknown) is not supported")
        }
        return values
    }
}
