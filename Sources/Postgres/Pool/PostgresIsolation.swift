/// Transaction isolation levels (PostgreSQL documentation, 13.2).
package enum PostgresIsolation: String, Sendable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see one snapshot; conflicting writes fail with 40001.
    case repeatableRead = "REPEATABLE READ"
    /// As if one after the other; conflicts fail with 40001.
    case serializable = "SERIALIZABLE"
}
