import ArgumentParser
import Glibc

/// What `usher up` runs its database servers under, so that they end when it ends.
struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Runs a server and stops it when standard input ends.",
        discussion: """
            The server also gets the stop signal when the guard itself is killed. The exit code \
            is the server's, or 128 and the number of the signal that ended it.
            """,
        shouldDisplay: false)

    @Option(help: "How the server is asked to stop: term or int.")
    var stopSignal = StopSignal.term

    @Option(help: "Seconds it has for that before it is killed, 1 to 3,600.")
    var patience: UInt32 = 20

    @Option(help: "User that the server runs as (needs root).")
    var user: String?

    @Argument(parsing: .postTerminator, help: "After --: the server and its arguments.")
    var command: [String] = []

    enum StopSignal: String, ExpressibleByArgument, CaseIterable {
        case term
        case int

        var number: Int32 {
            switch self {
            case .term: SIGTERM
            case .int: SIGINT
            }
        }
    }

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("Say which server to run, after --.")
        }
        guard (1...3_600).contains(patience) else {
            throw ValidationError("--patience is 1 to 3600 seconds.")
        }
    }

    func run() throws {
        let code = try ProcessGuard(
            arguments: Privileges.wrap(
                command, user: user, parentDeathSignal: stopSignal.rawValue.uppercased()),
            stopSignal: stopSignal.number, patienceSeconds: patience
        ).run()
        throw ExitCode(code)
    }
}
