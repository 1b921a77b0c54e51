import HTTPTypes
import Testing

@testable import Gateway

@Suite("Route table")
struct RouteTableTests {
    private let table = RouteTable(Routes.all)

    private func template(_ method: HTTPRequest.Method, _ path: String) -> String? {
        guard case .route(let route, _) = table.match(method, path: path) else { return nil }
        return route.template
    }

    @Test(
        "Paths and their templates",
        arguments: [
            ("/api/events", "/api/events"), ("/api/events/evt_1", "/api/events/{eventId}"),
            ("/api/events/evt_1/seats", "/api/events/{eventId}/seats"),
            ("/api/events/plans/pln_1", "/api/events/plans/{planId}"),
            ("/api/events/e/holds/h", "/api/events/{eventId}/holds/{holdId}"),
        ])
    func templates(path: String, template: String) {
        #expect(self.template(.get, path) == template)
        #expect(self.template(.head, path) == template)
    }

    @Test("A literal segment wins over a parameter whatever the method")
    func literalFirst() {
        #expect(template(.post, "/api/events/plans") == "/api/events/plans")
        #expect(template(.get, "/api/notifications/tickets") == "/api/notifications/tickets")
    }

    @Test("Parameters are decoded; what does not decode is no match")
    func parameters() {
        guard case .route(_, let parameters) = table.match(.get, path: "/api/events/a%2Fb%C3%A9")
        else {
            Issue.record("no route")
            return
        }
        #expect(parameters == ["eventId": "a/bé"])
        for path in ["/api/events/%", "/api/events/%zz", "/api/events/%00", "/api/events/%ff"] {
            #expect(template(.get, path) == nil)
        }
    }

    @Test(
        "Unknown paths",
        arguments: [
            "/", "", "/api", "/api/event", "/api/events/", "/api/events/e/", "//api/events",
        ])
    func unknown(path: String) {
        guard case .nothing = table.match(.get, path: path) else {
            Issue.record("\(path) is known")
            return
        }
    }

    @Test("A known path with another method tells the methods it takes, HEAD with GET")
    func methods() {
        guard case .methods(let allowed) = table.match(.patch, path: "/api/events/e/holds/h")
        else {
            Issue.record("not told")
            return
        }
        #expect(Set(allowed) == [.get, .head, .put, .delete])
        guard case .methods(let one) = table.match(.get, path: "/api/auth/login") else {
            Issue.record("not told")
            return
        }
        #expect(one == [.post])
    }

    @Test("No two routes are the same")
    func unique() {
        let names = Routes.all.map { "\($0.method) \($0.template)" }
        #expect(Set(names).count == names.count)
    }
}
