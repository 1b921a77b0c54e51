import ArgumentParser
import Testing

@testable import usher

@Suite("Commands")
struct CommandsTests {
    @Test(
        "every command has a help page",
        arguments: [
            ["up"], ["serve"], ["migrate"], ["health"], ["call"], ["guard"], ["feed"],
            ["feed", "parked"], ["feed", "release"], ["feed", "discard"],
            ["feed", "position"], [],
        ])
    func help(command: [String]) throws {
        let error = #expect(throws: (any Error).self) {
            var help = try Usher.parseAsRoot(command + ["--help"])
            try help.run()
        }
        let parsed = try #require(error)
        #expect(Usher.exitCode(for: parsed) == .success)
        #expect(Usher.fullMessage(for: parsed).contains("USAGE: usher"))
    }

    @Test(
        "what cannot be run is refused",
        arguments: [
            ["serve"], ["serve", "bank"], ["serve", "auth", "auth"], ["migrate", "gateway"],
            ["up", "--colour"], ["guard"], ["guard", "--patience", "0", "--", "true"],
            ["feed", "release"], ["feed", "release", "event"],
            ["feed", "release", "event/booking"],
            ["feed", "release", "event/booking/0"], ["feed", "release", "event/booking/x"],
            ["feed", "release", "event/booking/1", "--key", "a"], ["feed", "discard"],
            ["feed", "release", "event/booking", "--key", ""],
            ["feed", "discard", "event/booking/1"],
            ["feed", "discard", "event/booking/1", "--reason", ""],
            ["feed", "discard", "event/booking", "--reason", "a"],
            ["feed", "position"], ["feed", "position", "event"],
            ["feed", "position", "event/booking/1"],
            ["feed", "position", "event/booking", "--set", "1"],
            ["feed", "position", "event/booking", "--set", "-1", "--reason", "a"],
            ["feed", "position", "event/booking", "--set", "1", "--reason", ""],
            ["feed", "position", "event/booking", "--set", "1", "--end", "--reason", "a"],
            ["feed", "position", "event/booking", "--start", "--end", "--reason", "a"],
            ["feed", "position", "event/booking", "--reason", "a"],
            ["feed", "position", "event/booking", "--anyway"],
        ])
    func refused(command: [String]) throws {
        let error = try #require(
            #expect(throws: (any Error).self) { try Usher.parseAsRoot(command) })
        #expect(Usher.exitCode(for: error) == .validationFailure)
    }

    @Test("any set of services can be served by one process")
    func together() throws {
        let command = try Usher.parseAsRoot(["serve"] + ServiceTable.names)
        #expect((command as? ServeCommand)?.names == ServiceTable.names)
    }

    @Test("a server is run as its user, with a signal for when its parent dies")
    func privileges() {
        #expect(
            Privileges.wrap(["x", "-y"], user: "postgres", parentDeathSignal: "INT")
                == [
                    "setpriv", "--pdeathsig", "INT", "--reuid", "postgres", "--regid", "postgres",
                    "--init-groups", "--", "x", "-y",
                ])
        #expect(
            Privileges.wrap(["x"], user: nil, parentDeathSignal: "KILL")
                == ["setpriv", "--pdeathsig", "KILL", "--", "x"])
    }
}
