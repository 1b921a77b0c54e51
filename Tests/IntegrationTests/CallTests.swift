import Foundation
import JSON
import Logging
import PeerSupport
import RPC
import Testing
import Wire

@testable import usher

/// `usher call` on a running platform.
@Suite("usher call")
struct CallTests {
    private func call(_ arguments: String) async throws -> Shell.Output {
        let platform = try await Platform.shared()
        let ready = platform.ready
        return try await Shell.run(
            "\"$USHER\" call \(arguments) --data '\(ready.dataFolder)' --run '\(ready.runFolder)'",
            in: platform.folder, environment: ["USHER": try Platform.executable()])
    }

    @Test("JSON goes in and comes out, from an argument or standard input")
    func answers() async throws {
        for request in ["event/ListEvents '{}'", "EventService/ListEvents - <<< '{}'"] {
            let output = try await call(request)
            #expect(output.status == 0, "\(output.text)")
            let reply = try JSONValue(parsing: Array(output.text.utf8))
            #expect((reply["events"]?.array?.count ?? 0) >= 4, "\(output.text)")
        }
    }

    @Test("a request that is none is refused before it is sent, with the path of the fault")
    func requests() async throws {
        let empty = try await call("event/ListEvents - < /dev/null")
        #expect(empty.status == 1)
        #expect(empty.text.contains("The request is no usher.event.v1.ListEventsRequest"))
        let wrong = try await call("auth/LogIn '{\"email\": 1}'")
        #expect(wrong.status == 1)
        #expect(wrong.text.contains("at email"), "\(wrong.text)")
    }

    @Test("a refusal shows its code and its details")
    func refusals() async throws {
        let anonymous = try await call("auth/GetMe '{}'")
        #expect(anonymous.status == 1)
        #expect(anonymous.text.contains("Unauthenticated: "), "\(anonymous.text)")
        #expect(anonymous.text.contains("\"code\":\"token_missing\""), "\(anonymous.text)")
        let wrong = try await call("auth/GetMe '{}' --token nonsense")
        #expect(wrong.text.contains("Unauthenticated: "), "\(wrong.text)")
        let foreign = try await call("event/ReadFeed '{}'")
        #expect(foreign.text.contains("Unauthenticated: "), "\(foreign.text)")
    }

    @Test("an operator may call as a service")
    func asService() async throws {
        let output = try await call("event/ReadFeed '{\"limit\": 2}' --as booking")
        #expect(output.status == 0, "\(output.text)")
        let reply = try JSONValue(parsing: Array(output.text.utf8))
        #expect(reply["entries"]?.array?.count == 2, "\(output.text)")
    }

    @Test("what every process serves needs to know which one is meant")
    func health() async throws {
        let unclear = try await call("Health/Check '{}'")
        #expect(unclear.status == 1)
        #expect(unclear.text.contains("--on"), "\(unclear.text)")
        let clear = try await call("Health/Check '{}' --on payment")
        #expect(clear.text.contains("SERVING_STATE_SERVING"), "\(clear.text)")
    }

    @Test("without a request it shows one; without a method, all methods")
    func lists() async throws {
        let skeleton = try await call("auth/LogIn")
        #expect(skeleton.text.contains("\"email\": \"\""), "\(skeleton.text)")
        let all = try await call("")
        #expect(all.text.contains("usher.payment.v1.PaymentService/"), "\(all.text)")
    }

    // MARK: Servers of another version

    /// A server that knows services and messages which `usher` was not built with.
    private func withNovelServer<R>(
        configuration: RPCServerConfiguration = RPCServerConfiguration(),
        _ body: (_ unix: String, _ tcp: RPCAddress) async throws -> R
    ) async throws -> R {
        var router = CallRouter()
        router.handle(Novel.greet) { request, context in
            if request.name == "nobody" {
                throw RPCError(
                    .notFound, "nobody is here", detail: Novel.Note.with { $0.text = "gone" })
            }
            return .with {
                $0.text = "Hello, \(request.name)" + (context.metadata["tone"] ?? "")
                $0.count = Int64(request.times)
            }
        }
        router.handleServerStream(Novel.repeated) { request, responses, _ in
            for index in 0..<request.times {
                try await responses.write(.with { $0.text = "\(request.name) \(index)" })
            }
        }
        router.handleClientStream(Novel.gather) { requests, _ in
            var names: [String] = []
            for try await request in requests { names.append(request.name) }
            return .with { $0.text = names.joined(separator: "+") }
        }
        router.handleBidirectional(Novel.echo) { requests, responses, _ in
            for try await request in requests {
                try await responses.write(.with { $0.text = request.name })
            }
        }
        router.handle(Novel.wait) { _, _ in
            try await Task.sleep(for: .seconds(600))
            return .init()
        }
        var configuration = configuration
        configuration.contracts = ContractSet(messages: [Novel.Note.self])
        let path = "/tmp/usher-novel-\(UUID().uuidString.prefix(8)).sock"
        let server = RPCServer(
            router: router, addresses: [.unix(path), .tcp(host: "127.0.0.1", port: 0)],
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            let addresses = try await server.waitUntilListening()
            let result = try await body("unix:\(path)", addresses[1])
            tasks.cancelAll()
            return result
        }
    }

    private func call(
        address: String, _ arguments: String, timeout: Double = 60,
        environment: [String: String] = [:]
    ) async throws -> Shell.Output {
        var environment = environment
        environment["USHER"] = try Platform.executable()
        return try await Shell.run(
            "\"$USHER\" call --address \(address) --timeout \(timeout) \(arguments)",
            environment: environment)
    }

    @Test("a server of contracts that usher never saw: lists, skeleton, call, failure, metadata")
    func novel() async throws {
        try await withNovelServer { address, _ in
            let all = try await call(address: address, "")
            #expect(
                all.text.contains(
                    "test.novel.v1.Novel/Repeat  test.novel.v1.Greeting → test.novel.v1.Note"
                        + "  (serverStream)"), "\(all.text)")
            #expect(all.text.contains("usher.rpc.v1.Reflection/ListServices"))
            let skeleton = try await call(address: address, "Novel/Greet")
            let shown = try JSONValue(parsing: Array(skeleton.text.utf8))
            #expect(shown == ["name": "", "times": 0, "tags": [""]])
            let answer = try await call(
                address: address,
                "Novel/Greet '{\"name\": \"Ada\", \"times\": 3}' --metadata tone=!")
            #expect(
                try JSONValue(parsing: Array(answer.text.utf8))
                    == ["text": "Hello, Ada!", "count": "3"])
            let failed = try await call(address: address, "Novel/Greet '{\"name\": \"nobody\"}'")
            #expect(failed.status == 1)
            #expect(failed.text.contains("NotFound: nobody is here"), "\(failed.text)")
            #expect(failed.text.contains("\"text\":\"gone\""), "\(failed.text)")
            let unknown = try await call(address: address, "Novel/Sing '{}'")
            #expect(unknown.text.contains("It has: Greet, Repeat"), "\(unknown.text)")
        }
    }

    @Test("streams of all kinds, and a deadline")
    func streams() async throws {
        try await withNovelServer { address, _ in
            let down = try await call(
                address: address, "Novel/Repeat '{\"name\": \"a\", \"times\": 2}'")
            #expect(down.text.contains("\"a 0\"") && down.text.contains("\"a 1\""), "\(down.text)")
            let lines = "$'{\"name\": \"a\"}\\n{\"name\": \"b\"}'"
            let up = try await call(address: address, "Novel/Gather \(lines)")
            #expect(up.text.contains("\"a+b\""), "\(up.text)")
            let both = try await call(address: address, "Novel/Echo - <<< \(lines)")
            #expect(both.text.contains("\"a\"") && both.text.contains("\"b\""), "\(both.text)")
            let late = try await call(address: address, "Novel/Wait '{}'", timeout: 0.5)
            #expect(late.status == 1)
            #expect(late.text.contains("DeadlineExceeded"), "\(late.text)")
        }
    }

    @Test("a message a line is sent as it comes, and the answer shown before the next one")
    func typed() async throws {
        try await withNovelServer { address, _ in
            // The second line is typed when the first is answered, and not before.
            let answered = try await call(
                address: address,
                """
                Novel/Echo - < <(echo '{"name": "one"}'; for i in {1..1200}; do \
                if grep -q '"one"' "$OUT"; then echo '{"name": "two"}'; break; fi; sleep 0.1; \
                done) > "$OUT"; cat "$OUT"
                """, timeout: 180, environment: ["OUT": "/tmp/usher-typed-\(UUID().uuidString)"])
            let one = try #require(answered.text.range(of: "\"one\""), "\(answered.text)")
            #expect(answered.text[one.upperBound...].contains("\"two\""), "\(answered.text)")
            let gathered = try await call(
                address: address, "Novel/Gather - <<< $'{\"name\": \"a\"}\\n\\n{\"name\": \"b\"}'")
            #expect(gathered.text.contains("\"a+b\""), "\(gathered.text)")
            for method in ["Novel/Echo", "Novel/Gather"] {
                let wrong = try await call(
                    address: address, "\(method) - <<< $'{\"name\": \"a\"}\\n{\"name\": 2}'")
                #expect(wrong.status == 1)
                #expect(wrong.text.contains("Line 2 is no test.novel.v1.Greeting"), "\(wrong.text)")
            }
        }
    }

    /// What `usher up` leaves for others to find, with sockets of the test's.
    private func withReadyReport<R>(
        sockets: [String: String], _ body: (_ folder: String) async throws -> R
    ) async throws -> R {
        let folder = "/tmp/usher-ready-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let report = ReadyReport(
            pid: 1, url: "", providerURL: "", adminURLs: [:], sockets: sockets, databases: [:],
            redisSocket: "", dataFolder: folder, runFolder: folder, secretsFolder: folder,
            outboxFolder: folder, logFolder: folder, processes: [:])
        try report.write(to: RunFolder(path: folder).readyFile)
        return try await body(folder)
    }

    @Test("a process that is down keeps nobody from what the others have")
    func partlyDown() async throws {
        let usher = ["USHER": try Platform.executable()]
        let gone = "/tmp/usher-gone-\(UUID().uuidString.prefix(8)).sock"
        try await withNovelServer { address, _ in
            let sockets = ["gone": gone, "novel": String(address.dropFirst("unix:".count))]
            try await withReadyReport(sockets: sockets) { folder in
                func run(_ arguments: String) async throws -> (Shell.Output, errors: String) {
                    let errors = folder + "/errors"
                    let output = try await Shell.run(
                        "\"$USHER\" call --data \(folder) --run \(folder) --timeout 5 "
                            + "\(arguments) 2> \(errors)", environment: usher)
                    return (output, try String(contentsOfFile: errors, encoding: .utf8))
                }
                let all = try await run("")
                #expect(all.0.status == 0, "\(all)")
                #expect(all.0.text.contains("test.novel.v1.Novel/Repeat"), "\(all)")
                #expect(all.errors.contains("usher: warning: gone is left out."), "\(all)")
                #expect(all.errors.contains("usher health"), "\(all)")
                let found = try await run("test.novel.v1.Novel/Greet '{\"name\": \"Ada\"}'")
                #expect(found.0.status == 0, "\(found)")
                #expect(found.0.text.contains("Hello, Ada"), "\(found)")
                #expect(found.errors.contains("usher: warning: gone is left out."), "\(found)")
                for wanted in ["Lost/Find '{}'", "Lost"] {
                    let lost = try await run(wanted)
                    #expect(lost.0.status == 1, "\(lost)")
                    #expect(lost.errors.contains("There is no service Lost."), "\(lost)")
                    #expect(
                        lost.errors.contains("Not everybody could be asked: gone."), "\(lost)")
                }
                let alone = try await run("gone/Find '{}'")
                #expect(alone.0.status == 1, "\(alone)")
                #expect(alone.errors.contains("gone does not tell what it answers"), "\(alone)")
            }
        }
        try await withReadyReport(sockets: ["gone": gone, "lost": gone]) { folder in
            let nobody = try await Shell.run(
                "\"$USHER\" call --data \(folder) --run \(folder) --timeout 5", environment: usher)
            #expect(nobody.status == 1)
            for name in ["gone does not", "lost does not", "usher up"] {
                #expect(nobody.text.contains(name), "\(nobody.text)")
            }
        }
    }

    @Test("contracts from a file, for servers that do not tell theirs and without any server")
    func descriptorFile() async throws {
        let folder = "/tmp/usher-descriptors-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/set.binpb"
        let proto = Platform.projectFolder.appendingPathComponent("proto").path
        let made = try await Shell.run(
            "cd '\(proto)' && protoc --include_imports --descriptor_set_out='\(file)' "
                + "usher/rpc/v1/health.proto usher/auth/v1/auth.proto")
        #expect(made.status == 0, "\(made.text)")
        let offline = "--descriptors '\(file)' --data \(folder) --run \(folder)"
        let usher = ["USHER": try Platform.executable()]
        let skeleton = try await Shell.run(
            "\"$USHER\" call auth/LogIn \(offline)", environment: usher)
        #expect(skeleton.text.contains("\"email\": \"\""), "\(skeleton.text)")
        let nobody = try await Shell.run(
            "\"$USHER\" call auth/LogIn '{}' \(offline)", environment: usher)
        #expect(nobody.status == 1)
        #expect(nobody.text.contains("--address"), "\(nobody.text)")

        try await TtrpcPeer.go().withServer { address, _ in
            let unknown = try await call(address: "\(address)", "")
            #expect(unknown.status == 1)
            #expect(unknown.text.contains("--descriptors"), "\(unknown.text)")
            let answer = try await call(
                address: "\(address)", "Health/Check '{}' --descriptors '\(file)'")
            // Go has no Health: the call itself went through.
            #expect(answer.text.contains("Unimplemented"), "\(answer.text)")
        }
    }
}

/// Contracts of another program.
private enum Novel {
    static let name = "test.novel.v1.Novel"
    static let greet = Method<Greeting, Note>(name, "Greet", isIdempotent: true)
    static let repeated = Method<Greeting, Note>(name, "Repeat", kind: .serverStream)
    static let gather = Method<Greeting, Note>(name, "Gather", kind: .clientStream)
    static let echo = Method<Greeting, Note>(name, "Echo", kind: .bidirectional)
    static let wait = Method<Greeting, Note>(name, "Wait")

    struct Greeting: Message {
        static let protoName = "test.novel.v1.Greeting"
        var name = ""
        var times: Int32 = 0
        var tags: [String] = []
        var unknownFields = UnknownFields()

        mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "name", &name)
            v.field(2, "times", &times)
            v.field(3, "tags", &tags)
        }
    }

    struct Note: Message {
        static let protoName = "test.novel.v1.Note"
        var text = ""
        var count: Int64 = 0
        var unknownFields = UnknownFields()

        mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "text", &text)
            v.field(2, "count", &count)
        }
    }
}
