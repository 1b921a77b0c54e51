import ArgumentParser
import Configuration
import Descriptors
import Foundation
import JSON
import Logging
import RPC
import ServiceKit
import SystemPackage
import Wire

/// Calls any method of any running service.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Calls a method of a running service, with JSON in and out.",
        discussion: """
            The running services themselves tell what they answer, so they may be newer or older \
            than this program. Without a method it lists all of them; with a method and no request \
            it shows the request to fill in. Responses are printed as JSON, those of a stream as \
            they come; a failure is printed with its code and details, and ends with exit code 1.

            Examples:
              usher call
              usher call event/ListEvents
              usher call event/ListEvents '{}'
              usher call auth/GetMe '{}' --token "$TOKEN"
              usher call event/ReadFeed '{"limit": 10}' --as booking
              usher call --address tcp:event.internal:7000 event/ListEvents '{}'
            """)

    @Argument(help: "SERVICE or SERVICE/METHOD: auth/GetMe, AuthService/GetMe, or in full.")
    var method: String?

    @Argument(
        help: """
            The request as JSON; - reads it from standard input. Where the client streams, a \
            message a line, each sent as it comes (--timeout is the time for all of them).
            """)
    var request: String?

    @Option(help: ArgumentHelp("Metadata to send, may be repeated.", valueName: "key=value"))
    var metadata: [String] = []

    @Option(help: ArgumentHelp("Access token of the user to call as.", valueName: "token"))
    var token: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Service to call as, with the installation's own key.", valueName: "service"))
    var service: String?

    @Option(help: ArgumentHelp("Time for the call.", valueName: "seconds"))
    var timeout = 10.0

    @OptionGroup var target: CallTargetOptions

    @OptionGroup var folders: FolderOptions

    func validate() throws {
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--timeout is a number of seconds, up to 3600.")
        }
        for entry in metadata where !entry.contains("=") || entry.hasPrefix("=") {
            throw ValidationError("--metadata \(entry) is not key=value.")
        }
    }

    func run() async throws {
        do {
            let servers = try target.servers(folders, timeout: .seconds(timeout))
            do {
                try await run(on: servers)
            } catch {
                for server in servers { await server.client.close() }
                throw error
            }
            for server in servers { await server.client.close() }
        } catch let failure as CallFailure {
            let lines = ["usher: \(failure.error)"] + failure.details
            FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
            throw ExitCode.failure
        } catch {
            Progress().failure(error)
            throw ExitCode.failure
        }
    }

    private func run(on servers: [ReflectedServer]) async throws {
        guard let text = method, text.contains("/") else {
            let (all, silent) = try await target.catalogue(of: servers)
            let shown: [ServiceCatalogue.Service]
            do {
                shown = try method.map { [try all.service(named: $0)] } ?? all.services
            } catch let error as StartError {
                throw ServerAnswers.missing(error, silent)
            }
            warn(of: silent)
            for line in shown.flatMap(\.methods).map(\.line) { print(line) }
            return
        }
        let name = try MethodName(text)
        let found = try await target.find(name, among: servers)
        warn(of: found.silent)
        let json = try DynamicJSON(found.descriptors)
        guard let request else {
            print(json.skeleton(of: found.method.requestType).indented)
            return
        }
        let call = DynamicCall(
            method: found.method, json: json, metadata: try sentMetadata(),
            timeout: .seconds(timeout))
        let input: DynamicCall.Input
        switch (request, found.method.kind.clientStreams) {
        case ("-", true): input = .lines(LineReader(.standardInput))
        case ("-", false):
            let read = FileHandle.standardInput.readDataToEndOfFile()
            input = .messages(try call.requests(Array(read)))
        default: input = .messages(try call.requests(Array(request.utf8)))
        }
        do {
            try await call.run(input, on: try found.client) { message in
                print(message.indented)
                // Seen at once, in a pipe too.
                fflush(nil)
            }
        } catch let error as RPCError {
            throw CallFailure(error: error, details: call.lines(of: error))
        }
    }

    /// Says on standard error who could not be asked.
    private func warn(of silent: [ServerAnswers.Silent]) {
        for server in silent {
            FileHandle.standardError.write(Data("usher: \(server.warning)\n".utf8))
        }
    }

    private func sentMetadata() throws -> Metadata {
        var sent = Metadata()
        for entry in metadata {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            sent.append(String(parts[1]), for: String(parts[0]))
        }
        if let token { sent["authorization"] = "Bearer \(token)" }
        if let service {
            let secrets = try Secrets(folder: try folders.secretsFolder())
            let key = try secrets.key(.serviceCredential)
            sent[ServiceCredential.metadataKey] = ServiceCredential(key: key).issue(as: service)
        }
        return sent
    }
}

/// A call that the server refused, for people and for jq: the code and the text, then each detail.
private struct CallFailure: Error {
    let error: RPCError
    let details: [String]
}
