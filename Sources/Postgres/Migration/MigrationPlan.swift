/// Decides which migrations are missing. Pure.
struct MigrationPlan {
    /// A row of `schema_migrations`.
    struct Applied: Equatable {
        var number: Int
        var name: String
        var sha256: String
    }

    /// Sorted by number, which run from 1 without gaps.
    let migrations: [PostgresMigration]

    init(_ migrations: [PostgresMigration]) throws(PostgresMigrationError) {
        let sorted = migrations.sorted { $0.number < $1.number }
        for (index, migration) in sorted.enumerated() where migration.number != index + 1 {
            if index > 0, sorted[index - 1].number == migration.number {
                throw PostgresMigrationError(
                    .duplicateNumber,
                    "\(sorted[index - 1].fileName) and \(migration.fileName) have the same number.",
                    fileName: migration.fileName)
            }
            throw PostgresMigrationError(
                .gap, "Number \(index + 1) is missing before \(migration.fileName).",
                fileName: migration.fileName)
        }
        self.migrations = sorted
    }

    /// What to run after `applied`, the database's history in order.
    func missing(
        after applied: [Applied]
    ) throws(PostgresMigrationError) -> ArraySlice<PostgresMigration> {
        for (index, row) in applied.enumerated() {
            guard row.number == index + 1 else {
                throw PostgresMigrationError(
                    .historyChanged,
                    "The database's history has no number \(index + 1) but has \(row.number).")
            }
            guard index < migrations.count else {
                throw PostgresMigrationError(
                    .databaseNewer,
                    """
                    The database is newer than the program: it has \(applied.count) migrations, \
                    the program \(migrations.count); the first unknown one is \(row.number) \
                    "\(row.name)". Use a newer program.
                    """)
            }
            let migration = migrations[index]
            guard row.sha256 == migration.sha256, row.name == migration.name else {
                throw PostgresMigrationError(
                    .historyChanged,
                    """
                    \(migration.fileName) was changed after it had been applied as "\(row.name)": \
                    the database has SHA-256 \(row.sha256), the file \(migration.sha256). \
                    Restore the file and add a new migration.
                    """, fileName: migration.fileName)
            }
        }
        return migrations.dropFirst(applied.count)
    }
}
