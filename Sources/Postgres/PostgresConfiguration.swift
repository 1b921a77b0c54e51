/// How to reach one database, and the limits of everything the driver keeps.
package struct PostgresConfiguration: Sendable {
    /// libpq's `sslmode`. Unix sockets never use TLS.
    package enum TLSMode: String, Sendable {
        case disable
        case prefer
        case require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"
    }

    /// A host name or address, or the folder of a unix socket (starts with `/`).
    package var host: String
    /// Also names the file of a unix socket (`.s.PGSQL.<port>`).
    package var port: Int
    /// The role to log in as.
    package var user: String
    /// The role's password; nil when the server asks for none.
    package var password: String?
    /// The database to use.
    package var database: String
    /// How much TLS to ask for; `prefer` by default.
    package var tlsMode = TLSMode.prefer
    /// File of trusted certificates (PEM); nil means libpq's default.
    package var tlsRootCertificatePath: String?
    /// Shown in `pg_stat_activity`.
    package var applicationName = "usher"

    /// Connections that independent statements share.
    package var pipelineConnections = 4
    /// Most connections that transactions lease; each is opened when first needed.
    package var transactionConnections = 8
    /// Most transactions that may wait for a connection.
    package var transactionWaitersMax = 1_024
    /// Most statements that may wait in front of one connection.
    package var queuedStatementsMax = 4_096
    /// Most statements on their way to the server on one connection.
    package var pipelineWindow = 256
    /// Prepared statements kept by one connection.
    package var preparedStatementsMax = 256

    /// Most time one attempt to connect may take.
    package var connectTimeout = Duration.seconds(5)
    /// Most time a statement may wait to be sent, and a transaction for its connection.
    package var waitTimeout = Duration.seconds(5)
    /// Most time a statement outside of transactions may wait while its connection is not up. Shorter
    /// than `waitTimeout`, callers hear of an outage before their own patience ends.
    package var outageTimeout = Duration.seconds(5)
    /// The server's `statement_timeout`; zero is none.
    package var statementTimeout = Duration.seconds(10)
    /// The server's `lock_timeout`; zero is none.
    package var lockTimeout = Duration.seconds(2)
    /// The server's `idle_in_transaction_session_timeout`; zero is none.
    package var idleInTransactionTimeout = Duration.seconds(30)
    /// How long after `statement_timeout` a silent connection is given up.
    package var stallGrace = Duration.seconds(5)
    /// The first pause before connecting again; doubles with each failure.
    package var reconnectDelayMin = Duration.milliseconds(50)
    /// The longest pause before connecting again.
    package var reconnectDelayMax = Duration.seconds(2)
    /// How long a graceful shutdown waits for what is running.
    package var drainTimeout = Duration.seconds(10)

    /// Limits keep their defaults until set.
    package init(
        host: String, port: Int = 5432, user: String, password: String? = nil, database: String
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
    }
}

extension PostgresConfiguration {
    /// Keywords and values for `PQconnectStartParams`
    /// (PostgreSQL 15 documentation, 34.1.2 Parameter Key Words).
    var connectionParameters: [(keyword: String, value: String)] {
        var parameters = [
            ("host", host), ("port", String(port)), ("user", user), ("dbname", database),
            ("sslmode", tlsMode.rawValue), ("gssencmode", "disable"),
            ("application_name", applicationName), ("client_encoding", "UTF8"),
            // Only TCP has it: a peer that vanished is noticed while data is on its way.
            ("tcp_user_timeout", "10000"),
            ("options", serverOptions),
        ]
        if let password {
            parameters.append(("password", password))
        }
        if let tlsRootCertificatePath {
            parameters.append(("sslrootcert", tlsRootCertificatePath))
        }
        return parameters
    }

    private var serverOptions: String {
        """
        -c TimeZone=UTC \
        -c statement_timeout=\(statementTimeout.wholeMilliseconds) \
        -c lock_timeout=\(lockTimeout.wholeMilliseconds) \
        -c idle_in_transaction_session_timeout=\(idleInTransactionTimeout.wholeMilliseconds)
        """
    }
}

extension Duration {
    /// Rounded up, so that a short limit does not become "none", and at most 2^31 - 1, the largest
    /// value of the server's settings.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1_000 else { return Int64(Int32.max) }
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
