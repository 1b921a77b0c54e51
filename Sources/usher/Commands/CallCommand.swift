import ArgumentParser
import Contracts
import Foundation
import JSON
import RPC
import ServiceKit
import Wire

/// Calls any method of any running service.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Calls a method of a running service, with JSON in and out.",
        discussion: """
            Without a method it lists all of them; with a method and no request it shows the \
            request to fill in. The response is printed as JSON; a failure is printed with its \
            code and details, and ends with exit code 1.

            Examples:
              usher call
              usher call event/ListEvents
              usher call event/ListEvents '{}'
              usher call auth/GetMe '{}' --token "$TOKEN"
              usher call event/ReadFeed '{"limit": 10}' --as booking
            """)

    @Argument(help: "SERVICE or SERVICE/METHOD: auth/GetMe, AuthService/GetMe, or in full.")
    var method: String?

    @Argument(help: "The request as JSON; - reads it from standard input.")
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

    @Option(
        help: ArgumentHelp(
            "Process to call, where the method does not tell (Health): auth, event, …",
            valueName: "process"))
    var on: String?

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
            guard let name = method else {
                for service in Contracts.services { show(service) }
                return
            }
            guard name.contains("/") else {
                show(try MethodCatalogue.service(named: name))
                return
            }
            let method = try MethodCatalogue.method(named: name)
            guard let request else {
                print(MethodCatalogue.skeleton(of: method.requestType).indented)
                return
            }
            let json =
                request == "-"
                ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(request.utf8)
            print(try await call(method, method.requestType, method.responseType, json))
        } catch let error as RPCError {
            Self.report(error)
            throw ExitCode.failure
        } catch {
            Progress().failure(error)
            throw ExitCode.failure
        }
    }

    private func show(_ service: any ServiceContract.Type) {
        for line in MethodCatalogue.lines(of: service) { print(line) }
    }

    private func call<Request: Message, Response: Message>(
        _ method: any AnyMethod, _: Request.Type, _: Response.Type, _ json: [UInt8]
    ) async throws -> String {
        guard method.kind == .unary else {
            throw StartError(
                "\(method.name) is \(method.kind.rawValue): not to be called from here.")
        }
        let types = KnownTypes(Contracts.messages)
        let request: Request
        do {
            request = try Request(json: json, options: JSONDecodingOptions(types: types))
        } catch {
            let place = error.path.isEmpty ? "" : " at \(error.path)"
            throw StartError(
                "The request is no \(Request.protoName)\(place): \(error.detail)",
                advice: "`usher call \(self.method ?? "")` shows what it looks like.")
        }
        let report = try folders.readyReport()
        guard let process = on ?? MethodCatalogue.process(of: method),
            let socket = report.sockets[process]
        else {
            throw StartError(
                "Which process is to be called?",
                advice:
                    "Say --on with one of: \(report.sockets.keys.sorted().joined(separator: ", "))."
            )
        }
        let client = RPCClient(address: .unix(socket))
        let outcome: Result<Response, RPCError>
        let sent = try metadata(report)
        do throws(RPCError) {
            outcome = .success(
                try await client.call(
                    Method<Request, Response>(method.service, method.name), request,
                    metadata: sent, timeout: .seconds(timeout)))
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        let bytes = try outcome.get().jsonBytes(
            options: JSONEncodingOptions(writesZeroValues: true, types: types))
        return try JSONValue(parsing: bytes).indented
    }

    private func metadata(_ report: ReadyReport) throws -> Metadata {
        var sent = Metadata()
        for entry in metadata {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            sent.append(String(parts[1]), for: String(parts[0]))
        }
        if let token { sent["authorization"] = "Bearer \(token)" }
        if let service {
            let key = try Secrets(folder: report.secretsFolder).key(.serviceCredential)
            sent[ServiceCredential.metadataKey] = ServiceCredential(key: key).issue(as: service)
        }
        return sent
    }

    /// A failed call, for people and for jq: the code and the text, then each detail as JSON.
    private static func report(_ error: RPCError) {
        var lines = ["usher: \(error)"]
        let options = JSONEncodingOptions(types: KnownTypes(Contracts.messages))
        for detail in error.details {
            guard let bytes = try? detail.jsonBytes(options: options) else {
                lines.append("detail of type \(detail.typeURL)")
                continue
            }
            lines.append(String(decoding: bytes, as: UTF8.self))
        }
        FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
