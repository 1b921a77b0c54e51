import Subprocess
import SystemPackage

/// A short-lived helper program: initdb, psql, pg_isready.
struct Tool: Sendable {
    /// The program and its arguments, run as they are.
    var command: [String]
    /// Runs it as this user; nil = as we are.
    var user: String?
    var environment: [String: String]

    struct Outcome: Sendable {
        var isSuccess: Bool
        /// Standard output and error, at most 256 KiB.
        var output: String
        /// How it ended, for people.
        var ending: String
    }

    /// Runs it to its end, with `input` as standard input. It is killed when we are.
    ///
    /// - Throws: `StartError` where it cannot be run or takes longer than the deadline.
    func run(input: String = "", deadline: Duration) async throws -> Outcome {
        let name = command.first ?? ""
        let outcome: Outcome?
        do {
            outcome = try await withDeadline(deadline) { try await execute(input: input) }
        } catch let error as SubprocessError {
            throw StartError("cannot run \(name): \(error)")
        }
        guard let outcome else {
            throw StartError("\(name) takes longer than \(deadline.inSeconds).")
        }
        return outcome
    }

    private func execute(input: String) async throws -> Outcome {
        let wrapped = Privileges.wrap(command, user: user, parentDeathSignal: "KILL")
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: .seconds(5))
        ]
        let environment = environment.map { (Environment.Key(stringLiteral: $0), $1) }
        let result = try await Subprocess.run(
            .name(wrapped[0]), arguments: Arguments(Array(wrapped.dropFirst())),
            environment: .custom(Dictionary(uniqueKeysWithValues: environment)),
            platformOptions: options, input: .string(input), output: .string(limit: 256 << 10),
            error: .combinedWithOutput)
        return Outcome(
            isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
            ending: result.terminationStatus.text)
    }
}
