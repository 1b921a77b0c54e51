import Configuration
import Testing

@testable import usher

@Suite("Settings of usher up")
struct UpSettingsTests {
    private func settings(
        commandLine: [AbsoluteConfigKey: ConfigValue] = [:], environment: [String: String] = [:],
        isRoot: Bool = false
    ) throws -> UpSettings {
        try UpSettings(
            config: ConfigReader(providers: [
                InMemoryProvider(values: commandLine),
                EnvironmentVariablesProvider(environmentVariables: environment),
            ]), isRoot: isRoot, currentFolder: "/home/olga")
    }

    @Test("command line before environment before default")
    func precedence() throws {
        #expect(try settings().port == 8080)
        #expect(try settings(environment: ["USHER_HTTP_PORT": "1"]).port == 1)
        let both = try settings(
            commandLine: ["usher.http.port": 2], environment: ["USHER_HTTP_PORT": "1"])
        #expect(both.port == 2)
    }

    @Test("the data folder is absolute; root has one that others can reach")
    func dataFolder() throws {
        #expect(try settings().dataFolder == "/home/olga/.usher")
        #expect(try settings(isRoot: true).dataFolder == "/var/lib/usher")
        let relative = try settings(environment: ["USHER_DATA_FOLDER": "../x"])
        #expect(relative.dataFolder == "/home/x")
        let absolute = try settings(environment: ["USHER_DATA_FOLDER": "/srv/usher"])
        #expect(absolute.dataFolder == "/srv/usher")
    }

    @Test(
        "ports that cannot be are refused",
        arguments: [
            ("USHER_HTTP_PORT", "65536"), ("USHER_HTTP_PORT", "-1"),
            ("USHER_ADMIN_PORT_BASE", "65530"), ("USHER_ADMIN_PORT_BASE", "-1"),
        ])
    func ports(name: String, value: String) {
        #expect(throws: StartError.self) { try settings(environment: [name: value]) }
    }

    @Test(
        "addresses in URLs work on this machine",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"),
            ("::1", "[::1]"), ("usher.test", "usher.test"),
        ])
    func urlHost(host: String, expected: String) throws {
        #expect(try settings(environment: ["USHER_HTTP_HOST": host]).urlHost == expected)
    }
}
