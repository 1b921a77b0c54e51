import Foundation
import Postgres
import Testing

/// What P7 rests on.
@Suite("Durability")
struct DurabilityTests {
    @Test("PostgreSQL runs with fsync and synchronous_commit, in every service's database")
    func settings() async throws {
        let platform = try await Platform.shared()
        #expect(
            Set(platform.ready.databases.keys)
                == ["auth", "event", "booking", "payment", "notification"])
        for service in platform.ready.databases.keys.sorted() {
            let rows = try await Databases.with(platform, service) { pool in
                try await pool.query(
                    """
                    SELECT current_setting('fsync') AS fsync, current_database() AS name,
                     current_setting('synchronous_commit') AS synchronous,
                     current_setting('full_page_writes') AS pages
                    """)
            }
            let row = try #require(rows.first)
            #expect(try row.decode("fsync", as: String.self) == "on")
            #expect(try row.decode("synchronous", as: String.self) == "on")
            #expect(try row.decode("pages", as: String.self) == "on")
            #expect(try row.decode("name", as: String.self) == "usher_\(service)")
        }
    }
}
