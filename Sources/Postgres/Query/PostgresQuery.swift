/// SQL text with its parameters, made by interpolation: `"SELECT a FROM t WHERE id = \(id)"`.
///
/// Each value becomes `$1`, `$2`, … and travels in binary form; it is never part of the text. Equal
/// texts share a prepared statement. Where the server expects another type than the value's
/// (enums, jsonb, numeric), cast: `\(state)::booking_state`.
package struct PostgresQuery: Sendable {
    /// The text with its placeholders.
    package private(set) var sql: String
    var types: [UInt32] = []
    /// Binary values, one after the other.
    var bytes: [UInt8] = []
    /// Bytes of each value; nil is null.
    var lengths: [Int32?] = []

    /// Text with `$1`, `$2`, … and the values for them. The text must be the program's own.
    package init(sql: String, _ parameters: any PostgresEncodable...) {
        self.sql = sql
        for parameter in parameters {
            bind(parameter)
        }
    }

    /// The most that fit into the protocol's 16-bit count.
    static let parametersMax = 65_535
    /// Bytes of all values together.
    static let bytesMax = 256 << 20

    private mutating func bind(_ value: some PostgresEncodable) {
        types.append(type(of: value).postgresType.rawValue)
        guard !value.isPostgresNull else {
            lengths.append(nil)
            return
        }
        let start = bytes.count
        value.encode(into: &bytes)
        lengths.append(Int32(clamping: bytes.count - start))
    }
}

extension PostgresQuery: ExpressibleByStringInterpolation {
    /// Text without parameters.
    package init(stringLiteral value: String) {
        sql = value
    }

    /// Text with values in it.
    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.query
    }

    /// Collects text and values.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var query: PostgresQuery

        /// Reserves what the text will need.
        package init(literalCapacity: Int, interpolationCount: Int) {
            query = PostgresQuery(sql: "")
            query.sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            query.types.reserveCapacity(interpolationCount)
            query.lengths.reserveCapacity(interpolationCount)
        }

        /// A piece of the program's own text.
        package mutating func appendLiteral(_ literal: String) {
            query.sql += literal
        }

        /// A value: becomes the next placeholder.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            query.bind(value)
            query.sql += "$\(query.types.count)"
        }

        /// A value or NULL: becomes the next placeholder.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            query.bind(value)
            query.sql += "$\(query.types.count)"
        }

        /// Text that is put in as it is, for identifiers. Never anything from outside.
        package mutating func appendInterpolation(unescaped text: String) {
            query.sql += text
        }
    }
}
