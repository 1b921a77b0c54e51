import CPostgres
import Glibc

/// A connection without pipeline, for a thread that may block: migrations and administration.
/// Closes itself exactly once.
@safe
struct PlainConnection: ~Copyable {
    private let connection: OpaquePointer

    /// Connects, within `connectTimeout`.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let opening = Opening(configuration)
        let deadline = ContinuousClock.now + configuration.connectTimeout
        while true {
            switch opening.poll() {
            case .failed(let message):
                throw PostgresError(.connectFailed, message)
            case .established(let connection):
                unsafe self.connection = connection
                _ = unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
                return
            case .waiting(let socket, let events):
                guard ContinuousClock.now < deadline else {
                    throw PostgresError(.connectFailed, "The server did not answer in time.")
                }
                let happened = Descriptors.wait(
                    socket: socket, events: events, wake: -1, until: deadline)
                opening.isReady = happened.socket != 0
            }
        }
    }

    deinit {
        unsafe PQfinish(connection)
    }

    /// Whether BEGIN is in force.
    var isInTransaction: Bool {
        unsafe PQtransactionStatus(connection) == PQTRANS_INTRANS
    }

    /// Runs the text, which may have many statements, by the simple query protocol.
    func execute(_ sql: String) throws(PostgresError) {
        guard let result = unsafe PQexec(connection, sql) else {
            throw lost
        }
        defer { unsafe PQclear(result) }
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw unsafe PostgresError(result: result)
        }
    }

    /// Runs one statement with parameters.
    func query(_ query: PostgresQuery) throws(PostgresError) -> PostgresRows {
        var sender = unsafe StatementSender(connection: connection)
        guard sender.sendUnnamed(query) else { throw lost }
        var last: Result<QueryResult, PostgresError>?
        while let result = unsafe PQgetResult(connection) {
            switch unsafe PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                last = unsafe .success(QueryResult(result))
            default:
                last = unsafe .failure(PostgresError(result: result))
                unsafe PQclear(result)
            }
            // A broken connection would give error results without end.
            guard unsafe PQstatus(connection) == CONNECTION_OK else { break }
        }
        guard let last else { throw lost }
        return PostgresRows(result: try last.get())
    }

    private var lost: PostgresError {
        PostgresError(
            .connectionLost, unsafe String(cString: PQerrorMessage(connection)).trimmedLine,
            mayHaveRun: true)
    }
}

extension PlainConnection {
    /// `PQconnectStart` and `PQconnectPoll` as steps; the caller does the waiting. Not Sendable.
    @safe
    final class Opening {
        @safe
        enum Step {
            /// Now the caller's, who calls `PQfinish`.
            case established(OpaquePointer)
            /// Wait for the socket, which may change from step to step.
            case waiting(socket: Int32, events: Int16)
            case failed(String)
        }

        private var connection: OpaquePointer?
        private var events = Descriptors.writable
        /// Set by the caller when the socket is ready for what was asked.
        var isReady = false

        init(_ configuration: PostgresConfiguration) {
            let parameters = configuration.connectionParameters
            unsafe connection = Self.withCStrings(parameters.map(\.keyword)) { keywords in
                unsafe Self.withCStrings(parameters.map(\.value)) { values in
                    unsafe PQconnectStartParams(keywords, values, 0)
                }
            }
        }

        deinit {
            unsafe PQfinish(connection)
        }

        func poll() -> Step {
            guard let connection = unsafe connection else {
                return .failed("libpq is out of memory.")
            }
            guard unsafe PQstatus(connection) != CONNECTION_BAD else {
                return unsafe .failed(String(cString: PQerrorMessage(connection)).trimmedLine)
            }
            guard isReady else {
                return unsafe .waiting(socket: PQsocket(connection), events: events)
            }
            isReady = false
            switch unsafe PQconnectPoll(connection) {
            case PGRES_POLLING_OK:
                unsafe self.connection = nil
                return unsafe .established(connection)
            case PGRES_POLLING_READING:
                events = Descriptors.readable
            case PGRES_POLLING_WRITING:
                events = Descriptors.writable
            default:
                return unsafe .failed(String(cString: PQerrorMessage(connection)).trimmedLine)
            }
            return unsafe .waiting(socket: PQsocket(connection), events: events)
        }

        /// An array of C strings that ends in a null pointer.
        private static func withCStrings<R>(
            _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
        ) -> R {
            let copies = unsafe strings.map { unsafe strdup($0) }
            defer {
                unsafe copies.forEach { unsafe free($0) }
            }
            let pointers = unsafe copies.map { unsafe UnsafePointer<CChar>($0) } + [nil]
            return unsafe body(pointers)
        }
    }
}
