import HTTPTypes
import RPC
import Testing

@testable import Gateway

@Suite("Query, header and percent-encoding")
struct QueryParametersTests {
    private func problem(_ body: () throws -> Void) -> Problem? {
        #expect(throws: Problem.self) { try body() }
    }

    @Test("Values are decoded")
    func values() throws {
        let query = try QueryParameters(
            "pageSize=50&pageToken=a%2Bb+c%3D", known: ["pageSize", "pageToken"])
        #expect(try query.unsigned("pageSize") == 50)
        #expect(query.text("pageToken") == "a+b c=")
        #expect(try QueryParameters(nil, known: []).text("x") == nil)
        #expect(try QueryParameters("", known: []).text("x") == nil)
    }

    @Test("An unknown parameter is told by its name, with those that are known")
    func unknown() {
        let problem = problem { _ = try QueryParameters("pagesize=1", known: ["pageSize"]) }
        #expect(problem?.status == .badRequest)
        #expect(problem?.code == "unknown_parameter")
        #expect(problem?.reasons.map(\.subject) == ["pagesize"])
        #expect(problem?.detail.contains("pageSize") == true)
    }

    @Test("Doubled and broken parameters are refused", arguments: ["a=1&a=1", "a=%", "a=%ff"])
    func broken(text: String) {
        let problem = problem { _ = try QueryParameters(text, known: ["a"]) }
        #expect(problem?.code == "invalid_parameter")
        #expect(problem?.reasons.map(\.subject) == ["a"])
    }

    @Test("Numbers and flags", arguments: ["-1", "+1", "1.0", "", "x", "4294967296"])
    func numbers(text: String) throws {
        let query = try QueryParameters("n=\(text)", known: ["n"])
        #expect(throws: Problem.self) { try query.unsigned("n") }
        #expect(throws: Problem.self) { try query.flag("n") }
    }

    @Test("Flags are true or false and nothing else")
    func flags() throws {
        #expect(try QueryParameters("f=true", known: ["f"]).flag("f"))
        #expect(try !QueryParameters("f=false", known: ["f"]).flag("f"))
        #expect(try !QueryParameters("", known: ["f"]).flag("f"))
        #expect(throws: Problem.self) { try QueryParameters("f", known: ["f"]).flag("f") }
    }

    @Test("Any text survives being a path segment")
    func segments() {
        for text in ["evt_1", "a/b", "ä ö?#%", "..", "\u{1F600}"] {
            let encoded = PercentCoding.encodedSegment(text)
            #expect(!encoded.contains("/"))
            #expect(PercentCoding.decoded(encoded) == text)
        }
    }

    @Test(
        "Timeouts",
        arguments: [
            ("2S", Duration.seconds(2)), ("500m", .milliseconds(500)), ("1H", .seconds(3600)),
            ("3M", .seconds(180)), ("7u", .microseconds(7)), ("9n", .nanoseconds(9)),
        ])
    func timeouts(text: String, duration: Duration) throws {
        #expect(try CallHeaders.timeout(of: [.grpcTimeout: text]) == duration)
    }

    @Test(
        "Timeouts that are none", arguments: ["", "S", "1", "1s", "-1S", "123456789S", "1.5S"])
    func noTimeouts(text: String) {
        #expect(throws: Problem.self) { try CallHeaders.timeout(of: [.grpcTimeout: text]) }
    }

    @Test("Token and idempotency key travel on, and nothing else")
    func metadata() throws {
        let headers: HTTPFields = [
            .authorization: "Bearer x", .idempotencyKey: "k", .cookie: "c", .userAgent: "u",
        ]
        let metadata = try CallHeaders.metadata(of: headers)
        #expect(metadata.map(\.key) == ["authorization", "idempotency-key"])
        #expect(metadata.map(\.value) == ["Bearer x", "k"])
        let long = String(repeating: "k", count: 256)
        #expect(throws: Problem.self) { try CallHeaders.metadata(of: [.idempotencyKey: long]) }
    }

    @Test("The names of header fields are what they say")
    func fieldNames() {
        let names: [HTTPField.Name] = [
            .contentTypeOptions, .crossOriginOpenerPolicy, .grpcTimeout, .idempotencyKey,
            .referrerPolicy, .requestID, .xForwardedFor,
        ]
        #expect(
            names.map(\.canonicalName) == [
                "x-content-type-options", "cross-origin-opener-policy", "grpc-timeout",
                "idempotency-key", "referrer-policy", "x-request-id",
                "x-forwarded-for",
            ])
    }
}
