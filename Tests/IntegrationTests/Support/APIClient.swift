import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Synchronization

/// Somebody at the public API, with a source address of their own, so that the rate limit counts
/// each simulated person apart.
struct APIClient: Sendable {
    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var bytes: [UInt8]

        /// The body as JSON; null where it is none.
        var json: JSONValue {
            (try? JSONValue(parsing: bytes)) ?? .null
        }

        /// The problem's stable code.
        var code: String {
            json["code"]?.string ?? ""
        }

        /// The problem's reasons: subject and code.
        var reasons: [(subject: String, code: String)] {
            (json["reasons"]?.array ?? []).map {
                ($0["subject"]?.string ?? "", $0["code"]?.string ?? "")
            }
        }

        /// For the message of a failed expectation.
        var text: String {
            "\(status) " + String(decoding: bytes.prefix(2_000), as: UTF8.self)
        }
    }

    private static let nextAddress = Atomic<UInt32>(1)
    private static let http = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: {
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4
            configuration.timeout.connect = .seconds(30)
            return configuration
        }())

    let baseURL: String
    let sourceAddress: String
    var token: String?

    init(_ platform: Platform, token: String? = nil) {
        self.init(platform.ready.url, token)
    }

    private init(_ baseURL: String, _ token: String?) {
        let number = Self.nextAddress.wrappingAdd(1, ordering: .relaxed).oldValue
        self.baseURL = baseURL
        sourceAddress =
            "127.\(10 + number / 62_500 % 200).\(number / 250 % 250).\(1 + number % 250)"
        self.token = token
    }

    /// The same person at another address, who has not used up any budget.
    var elsewhere: APIClient { APIClient(baseURL, token) }

    /// Asks; again for a while where a busy platform says to try again (503).
    func get(_ path: String) async throws -> Answer {
        try await whileBusy { try await send(.GET, path) }
    }

    /// As ``get(_:)``.
    func post(_ path: String, _ body: JSONValue) async throws -> Answer {
        try await whileBusy { try await send(.POST, path, bytes: body.bytes) }
    }

    private func whileBusy(_ ask: () async throws -> Answer) async throws -> Answer {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let answer = try await ask()
            guard answer.status == 503, ContinuousClock.now < deadline else { return answer }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// As ``post(_:_:)``, again while a busy platform answers 503: for what a test only prepares.
    func postPatiently(_ path: String, _ body: JSONValue) async throws -> Answer {
        try await eventually("an answer to POST \(path)") {
            let answer = try await post(path, body)
            return answer.status == 503 ? nil : answer
        }
    }

    func send(
        _ method: HTTPMethod, _ path: String, bytes: [UInt8]? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = method
        request.localAddress = sourceAddress
        if let token {
            request.headers.add(name: "authorization", value: "Bearer \(token)")
        }
        for (name, value) in headers {
            request.headers.add(name: name, value: value)
        }
        if let bytes {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        let response = try await Self.http.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers,
            bytes: Array(body.readableBytesView))
    }
}
