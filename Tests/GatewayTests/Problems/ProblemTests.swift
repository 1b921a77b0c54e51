import Contracts
import HTTPTypes
import HummingbirdCore
import JSON
import NIOCore
import RPC
import Testing
import Wire

@testable import Gateway

@Suite("Problems")
struct ProblemTests {
    private func json(_ problem: Problem) async throws -> JSONValue {
        try await ResponseReading.json(problem.response(requestID: "req-1"))
    }

    @Test(
        "Codes and their status",
        arguments: [
            (RPCCode.cancelled, 499), (.unknown, 500), (.invalidArgument, 400),
            (.deadlineExceeded, 504), (.notFound, 404), (.alreadyExists, 409),
            (.permissionDenied, 403), (.resourceExhausted, 429), (.failedPrecondition, 400),
            (.aborted, 409), (.outOfRange, 400), (.unimplemented, 501), (.internal, 500),
            (.unavailable, 503), (.dataLoss, 500), (.unauthenticated, 401),
            (RPCCode(rawValue: 99), 500),
        ])
    func statuses(code: RPCCode, status: Int) {
        let problem = Problem(RPCError(code, "text"))
        #expect(problem.status.code == status)
        #expect(!problem.code.isEmpty)
    }

    @Test("A detail gives the code, the reasons and the pause; a state in the way is a conflict")
    func detail() async throws {
        let detail = RPCV1.ErrorDetail.with {
            $0.code = "seats_unavailable"
            $0.reasons = [
                .with {
                    $0.subject = "seat-1"
                    $0.code = "held"
                    $0.message = "somebody else holds it"
                }
            ]
            $0.retryAfterMs = 1500
        }
        let problem = Problem(RPCError(.aborted, "2 seats are taken", detail: detail))
        let response = problem.response(requestID: "req-1")
        #expect(response.status == .conflict)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.headers[.retryAfter] == "2")
        #expect(
            try await json(problem) == [
                "type": "about:blank", "title": "Conflict", "status": 409,
                "detail": "2 seats are taken", "code": "seats_unavailable",
                "reasons": [
                    ["subject": "seat-1", "code": "held", "message": "somebody else holds it"]
                ],
                "requestId": "req-1",
            ])
        #expect(Problem(RPCError(.failedPrecondition, "x", detail: detail)).status == .conflict)
    }

    @Test("What went wrong inside is not told; what the service explains is")
    func secrets() {
        for code in [RPCCode.internal, .unknown, .dataLoss, .unavailable, .deadlineExceeded] {
            let problem = Problem(RPCError(code, "/run/usher/auth.sock refused"))
            #expect(!problem.detail.contains("sock"))
        }
        let told = RPCV1.ErrorDetail.with { $0.code = "rebuilding" }
        let problem = Problem(RPCError(.unavailable, "seats are being restored", detail: told))
        #expect(problem.detail == "seats are being restored")
        #expect(problem.code == "rebuilding")
        #expect(problem.retryAfter == .seconds(1))
    }

    @Test("401 says which scheme, 429 and 503 say when")
    func headers() {
        let denied = Problem(RPCError(.unauthenticated, "x")).response(requestID: "r")
        #expect(denied.headers[.wwwAuthenticate] == "Bearer")
        let busy = Problem(RPCError(.unavailable, "x")).response(requestID: "r")
        #expect(busy.headers[.retryAfter] == "1")
        let limited = Problem.rateLimited(.milliseconds(10)).response(requestID: "r")
        #expect(limited.headers[.retryAfter] == "1")
        #expect(Problem.wholeSeconds(.milliseconds(2001)) == 3)
    }
}
