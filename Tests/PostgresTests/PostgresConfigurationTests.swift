import Postgres
import Testing

@Suite("Configuration")
struct PostgresConfigurationTests {
    @Test func readsConnectionStringsAndURIs() throws {
        let plain = try PostgresConfiguration(
            connectionString: "host=/run/usher port=5433 user=u dbname=d password='a b'")
        #expect(plain.host == "/run/usher")
        #expect(plain.port == 5433)
        #expect(plain.password == "a b")
        let uri = try PostgresConfiguration(
            connectionString: "postgresql://u@db.example/d?sslmode=verify-full")
        #expect(uri.host == "db.example")
        #expect(uri.port == 5432)
        #expect(uri.database == "d")
        #expect(uri.tlsMode == .verifyFull)
    }

    @Test(arguments: [
        "host=a", "host=a user=b dbname=c port=x", "host=a user=b dbname=c options=-cfsync=off",
        "host=a user=b dbname=c sslmode=maybe", "nonsense",
    ])
    func refusesWhatItWouldNotHeed(text: String) {
        #expect(throws: PostgresError.self) {
            try PostgresConfiguration(connectionString: text)
        }
    }
}
