import Crypto

/// One numbered step of a database's schema.
package struct PostgresMigration: Equatable, Sendable {
    /// Position in the history, from 1 without gaps.
    package let number: Int
    /// What it does, in `[a-z0-9_]`.
    package let name: String
    /// One or more statements. They run in one transaction and must not end it.
    package let sql: String

    /// A step given in memory.
    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// Reads number and name from `0001_name.sql`; nil when the file name has another form.
    init?(fileName: String, sql: String) {
        let pieces = fileName.split(separator: "_", maxSplits: 1)
        guard pieces.count == 2, pieces[0].count == 4, pieces[0].allSatisfy(\.isASCIIDigit),
            let number = Int(pieces[0]), pieces[1].hasSuffix(".sql")
        else { return nil }
        let name = pieces[1].dropLast(4)
        let isPlain = name.allSatisfy { character in
            ("a"..."z").contains(character) || character.isASCIIDigit || character == "_"
        }
        guard !name.isEmpty, isPlain else { return nil }
        self.init(number: number, name: String(name), sql: sql)
    }

    /// `0001_name.sql`.
    package var fileName: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + "\(digits)_\(name).sql"
    }

    /// Of the text, in hexadecimal.
    package var sha256: String {
        SHA256.hash(data: Array(sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
