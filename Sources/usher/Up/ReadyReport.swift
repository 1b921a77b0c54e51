import Foundation

/// Where everything is, for programs: `ready.json` in the run folder, there exactly while the
/// platform is up.
struct ReadyReport: Codable, Sendable {
    /// Process id of `usher up`.
    var pid: Int32
    /// Page and API: "http://127.0.0.1:8080".
    var url: String
    /// The simulated payment provider's API.
    var providerURL: String
    /// Metrics and health by process: "http://127.0.0.1:9100".
    var adminURLs: [String: String]
    /// Unix sockets of the services by name.
    var sockets: [String: String]
    /// libpq connection strings by service.
    var databases: [String: String]
    var redisSocket: String
    var dataFolder: String
    var runFolder: String
    var secretsFolder: String
    var outboxFolder: String
    var logFolder: String
    /// Process ids by process name.
    var processes: [String: Int32]

    /// Writes it whole or not at all.
    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw DataFolder.error("write", file, error)
        }
    }

    static func read(from file: String) throws -> ReadyReport {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw StartError(
                "Usher is not up: there is no \(file).",
                advice: "Start it with `usher up`, or say its folder with --data or --run.")
        }
        return try JSONDecoder().decode(ReadyReport.self, from: data)
    }
}
