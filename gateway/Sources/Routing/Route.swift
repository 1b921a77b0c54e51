import HTTPTypes
import Hummingbird
import ServiceKit

/// One entry of the API: what it is called by, who may, what it takes, what it does.
struct Route: Sendable {
    /// Who may call. Services check again and check ownership; a route saves them the trouble.
    enum Access: Sendable, Equatable {
        case anyone
        case user
        case role(Role)
    }

    /// What body a request may have.
    enum Body: Sendable, Equatable {
        case none
        /// application/json of at most so many bytes.
        case json(bytesMax: Int)
        /// application/json that the handler reads piece by piece.
        case stream(bytesMax: Int)
    }

    typealias Handler = @Sendable (APICall) async throws -> Response

    let method: HTTPRequest.Method
    /// "/api/events/{eventId}": a segment in braces matches any one segment.
    let template: String
    let access: Access
    let limited: RateClass
    /// Names of the query parameters.
    let query: [String]
    let body: Body
    /// Time for the whole call, unless the caller wants less.
    let timeout: Duration
    let handler: Handler

    init(
        _ method: HTTPRequest.Method, _ template: String, _ access: Access,
        limited: RateClass = .api, query: [String] = [], body: Body = .none,
        timeout: Duration = .seconds(10), handler: @escaping Handler
    ) {
        self.method = method
        self.template = template
        self.access = access
        self.limited = limited
        self.query = query
        self.body = body
        self.timeout = timeout
        self.handler = handler
    }
}

extension Route.Body {
    /// The body of an ordinary call.
    static let json = Route.Body.json(bytesMax: 256 * 1024)
}
