import Foundation
import JSON
import Testing

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
}
