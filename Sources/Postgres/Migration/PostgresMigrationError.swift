/// Why a database cannot be brought to the program's schema.
package struct PostgresMigrationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        case unreadableFolder = "unreadable_folder"
        case badFileName = "bad_file_name"
        case duplicateNumber = "duplicate_number"
        case gap
        case historyChanged = "history_changed"
        case databaseNewer = "database_newer"
        case failed
        case transactionEnded = "transaction_ended"
    }

    /// For switching on.
    package let code: Code
    /// One line that says which file, and what to do about it.
    package let message: String
    /// The file concerned.
    package let fileName: String?
    /// For `failed`: the line of the file, from 1, when the server told the position.
    package let line: Int?
    /// For `failed`: the server's error.
    package let cause: PostgresError?

    init(
        _ code: Code, _ message: String, fileName: String? = nil, line: Int? = nil,
        cause: PostgresError? = nil
    ) {
        self.code = code
        self.message = message
        self.fileName = fileName
        self.line = line
        self.cause = cause
    }

    package var description: String { "\(code.rawValue): \(message)" }

    static func failed(_ migration: PostgresMigration, _ cause: PostgresError) -> Self {
        var line: Int?
        if let position = cause.position, position > 0 {
            // In characters as the server counts them, which are Unicode scalars.
            let before = migration.sql.unicodeScalars.prefix(position - 1)
            line = 1 + before.count { $0 == "\n" }
        }
        let place = migration.fileName + (line.map { ":\($0)" } ?? "")
        return Self(
            .failed, "\(place): \(cause.description)", fileName: migration.fileName, line: line,
            cause: cause)
    }
}
