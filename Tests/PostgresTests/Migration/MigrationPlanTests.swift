import Testing

@testable import Postgres

@Suite("MigrationPlan")
struct MigrationPlanTests {
    private func migration(_ number: Int, _ name: String = "step") -> PostgresMigration {
        PostgresMigration(number: number, name: name, sql: "SELECT \(number)")
    }

    private func applied(_ migration: PostgresMigration) -> MigrationPlan.Applied {
        .init(number: migration.number, name: migration.name, sha256: migration.sha256)
    }

    @Test(arguments: [
        ("0001_users.sql", 1, "users"), ("0012_add_index_2.sql", 12, "add_index_2"),
    ])
    func fileNames(file: String, number: Int, name: String) {
        let migration = PostgresMigration(fileName: file, sql: "")
        #expect(migration?.number == number)
        #expect(migration?.name == name)
        #expect(migration?.fileName == file)
    }

    @Test(arguments: [
        "1_users.sql", "0001users.sql", "0001_.sql", "0001_Users.sql", "0001_users.txt",
        "00a1_users.sql", "٠٠٠١_users.sql", "_users.sql", "0001_us ers.sql",
    ])
    func badFileNames(file: String) {
        #expect(PostgresMigration(fileName: file, sql: "") == nil)
    }

    @Test func checksumIsSHA256() {
        #expect(
            PostgresMigration(number: 1, name: "a", sql: "abc").sha256
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func numbersHaveNoGapAndNoDouble() {
        #expect { try MigrationPlan([migration(1), migration(3)]) } throws: {
            ($0 as? PostgresMigrationError)?.code == .gap
        }
        #expect { try MigrationPlan([migration(2)]) } throws: {
            ($0 as? PostgresMigrationError)?.code == .gap
        }
        #expect { try MigrationPlan([migration(1, "a"), migration(1, "b")]) } throws: { error in
            (error as? PostgresMigrationError)?.code == .duplicateNumber
                && "\(error)".contains("0001_a.sql") && "\(error)".contains("0001_b.sql")
        }
    }

    @Test func missingAreTheOnesAfter() throws {
        let plan = try MigrationPlan([migration(3), migration(1), migration(2)])
        #expect(try plan.missing(after: []).map(\.number) == [1, 2, 3])
        #expect(try plan.missing(after: [applied(migration(1))]).map(\.number) == [2, 3])
    }

    @Test func aChangedHistoryIsRefusedWithBothChecksums() throws {
        let plan = try MigrationPlan([migration(1)])
        let other = PostgresMigration(number: 1, name: "step", sql: "SELECT 2")
        #expect { try plan.missing(after: [applied(other)]) } throws: { error in
            (error as? PostgresMigrationError)?.code == .historyChanged
                && "\(error)".contains(other.sha256) && "\(error)".contains(migration(1).sha256)
                && "\(error)".contains("0001_step.sql")
        }
    }

    @Test func aNewerDatabaseIsRefused() throws {
        let plan = try MigrationPlan([migration(1)])
        #expect {
            try plan.missing(after: [applied(migration(1)), applied(migration(2, "later"))])
        } throws: { error in
            (error as? PostgresMigrationError)?.code == .databaseNewer
                && "\(error)".contains("later")
        }
    }
}
