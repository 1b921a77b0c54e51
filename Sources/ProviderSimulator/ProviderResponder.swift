import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Synchronization

/// The provider's HTTP API.
struct ProviderResponder: HTTPResponder {
    typealias Context = ProviderContext

    static let bodyBytesMax = 16384

    let ledger: Ledger
    let apiKey: String
    let delays: SimulatorDelays
    private let failures = FirstFailures()

    init(ledger: Ledger, apiKey: String, delays: SimulatorDelays) {
        self.ledger = ledger
        self.apiKey = apiKey
        self.delays = delays
    }

    func respond(to request: Request, context: ProviderContext) async throws -> Response {
        do {
            return try await route(request, context)
        } catch let error as ProviderError {
            return Self.response(error)
        }
    }

    private func route(_ request: Request, _ context: ProviderContext) async throws -> Response {
        let path = request.uri.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst().map(String.init)
        if path == ["health", "live"] { return Self.response(.ok, ["status": "live"]) }
        try authorize(request)
        switch (request.method, path.count, path.first, path.dropFirst().first) {
        case (.post, 2, "v1", "charges"):
            return try await charge(request, context)
        case (.get, 2, "v1", "charges"):
            let query = try Query(request, allowed: ["reference"])
            let charges = try await ledger.charges(reference: query.text("reference"))
            return Self.response(.ok, ["charges": .array(charges.map(\.json))])
        case (.get, 3, "v1", "charges"):
            return Self.response(.ok, try await ledger.charge(id: path[2]).json)
        case (.post, 4, "v1", "charges") where path[3] == "refunds":
            return try await refund(request, chargeID: path[2], context)
        case (.post, 3, "v1", "charges") where path[2] == "cancel":
            let charges = try await ledger.cancel(
                reference: body(request).cancelledReference())
            return Self.response(
                .ok,
                [
                    "cancelled": .bool(charges.isEmpty), "charges": .array(charges.map(\.json)),
                ])
        case (.get, 2, "v1", "ledger"):
            return try await ledgerPage(Query(request, allowed: ["after", "limit"]))
        default:
            throw Self.unrouted(path)
        }
    }

    private func charge(_ request: Request, _ context: ProviderContext) async throws -> Response {
        let key = try key(request)
        let order = try ChargeRequest(json: try await body(request))
        let answer = TestCard(order.paymentToken).answer
        if answer == .hang { try await Task.sleep(for: delays.hang) }
        if answer == .errorFirst, failures.isFirst(key) { throw ProviderError.outOfOrder }
        let charge = try await ledger.charge(order, key: key)
        if answer == .slow { try await Task.sleep(for: delays.slow) }
        if answer == .cut { context.cut() }
        return Self.response(.created, charge.json)
    }

    private func refund(
        _ request: Request, chargeID: String, _ context: ProviderContext
    ) async throws -> Response {
        let key = try key(request)
        let order = try RefundRequest(chargeID: chargeID, json: try await body(request))
        let habit = await ledger.card(ofCharge: chargeID).refunds
        if habit == .hang, failures.isFirst(key) { try await Task.sleep(for: delays.hang) }
        if habit == .errorFirst, failures.isFirst(key) { throw ProviderError.outOfOrder }
        let refund = try await ledger.refund(order, key: key)
        if habit == .cut, failures.isFirst(key) { context.cut() }
        return Self.response(.created, refund.json)
    }

    private func ledgerPage(_ query: Query) async throws -> Response {
        let after = try query.integer("after", in: 0...LedgerState.entriesMax, default: 0)
        let limit = try query.integer("limit", in: 1...1000, default: 100)
        let page = try await ledger.entries(after: after, limit: limit)
        return Self.response(
            .ok,
            [
                "entries": .array(page.entries),
                "lastPosition": .number(JSONNumber(page.last)),
            ])
    }

    private func authorize(_ request: Request) throws {
        let given = Array((request.headers[.authorization] ?? "").utf8)
        let wanted = Array("Bearer \(apiKey)".utf8)
        // Takes as long for a nearly right key as for a wrong one.
        var difference = given.count ^ wanted.count
        for (index, byte) in wanted.enumerated() {
            difference |= Int(byte ^ (index < given.count ? given[index] : 0))
        }
        guard difference == 0 else {
            throw ProviderError(
                status: 401, code: "unauthenticated", message: "The API key is missing or wrong.")
        }
    }

    private func key(_ request: Request) throws -> String {
        guard let key = request.headers.idempotencyKey else {
            throw ProviderError(
                status: 400, code: "idempotency_key_required",
                message: "Writes need an Idempotency-Key header.")
        }
        guard (1...255).contains(key.utf8.count) else {
            throw ProviderError.invalid("Idempotency-Key must have 1 to 255 bytes")
        }
        return key
    }

    private func body(_ request: Request) async throws -> JSONValue {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Self.bodyBytesMax)
        } catch is NIOTooManyBytesError {
            throw ProviderError(
                status: 413, code: "body_too_large",
                message: "A body may have \(Self.bodyBytesMax) bytes.")
        }
        do {
            return try JSONValue(parsing: Array(buffer.readableBytesView))
        } catch {
            throw ProviderError.invalid("the body is not JSON: \(error)")
        }
    }

    private static func unrouted(_ path: [String]) -> ProviderError {
        let isKnown =
            path == ["v1", "ledger"]
            || path.starts(with: ["v1", "charges"])
                && (path.count < 4 || path.count == 4 && path[3] == "refunds")
        return isKnown
            ? ProviderError(
                status: 405, code: "method_not_allowed", message: "Not by this method.")
            : ProviderError(status: 404, code: "not_found", message: "There is nothing here.")
    }

    private static func response(_ error: ProviderError) -> Response {
        response(
            HTTPResponse.Status(code: error.status),
            ["error": ["code": .string(error.code), "message": .string(error.message)]])
    }

    private static func response(_ status: HTTPResponse.Status, _ json: JSONValue) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}

/// What is known of a request's connection.
struct ProviderContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Cuts the connection: the caller gets no answer.
    func cut() {
        channel.close(promise: nil)
    }
}

/// Keys that have been seen, a bounded number of them.
private final class FirstFailures: Sendable {
    private static let keysMax = 100_000
    private let seen = Mutex<Set<String>>([])

    /// True the first time that a key is seen.
    func isFirst(_ key: String) -> Bool {
        seen.withLock { seen in
            if seen.count >= Self.keysMax { seen.removeAll() }
            return seen.insert(key).inserted
        }
    }
}

/// The parameters of a query; unknown ones are refused.
private struct Query {
    private let values: [String: String]

    init(_ request: Request, allowed: Set<String>) throws(ProviderError) {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            guard allowed.contains(String(name)) else { throw .invalid("\(name) is unknown") }
            values[String(name)] = String(value)
        }
        self.values = values
    }

    func text(_ name: String) throws(ProviderError) -> String {
        guard let value = values[name], !value.isEmpty else { throw .invalid("\(name) is missing") }
        return value
    }

    func integer(
        _ name: String, in range: ClosedRange<Int>, default preset: Int
    ) throws(ProviderError) -> Int {
        guard let text = values[name] else { return preset }
        guard let value = Int(text), range.contains(value) else {
            throw .invalid("\(name) must be \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}

extension HTTPFields {
    /// draft-ietf-httpapi-idempotency-key-header
    fileprivate var idempotencyKey: String? {
        HTTPField.Name("Idempotency-Key").flatMap { self[$0] }
    }
}
