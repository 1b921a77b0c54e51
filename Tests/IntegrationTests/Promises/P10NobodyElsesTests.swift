import ContractSupport
import Contracts
import Descriptors
import Foundation
import JSON
import NIOHTTP1
import Postgres
import RPC
import ServiceKit
import Testing
import Wire

/// Promise P10: nobody holds, pays for, reads, cancels or scans what is not theirs, at the gateway
/// or at any service.
@Suite("P10: nobody touches what is not theirs", .serialized)
struct P10NobodyElsesTests {
    private static let platform = Lazy { try await Platform() }

    @Test("with the look at who calls taken away, the table sees it: the breach")
    func breach() async throws {
        let platform = try await Platform(environment: ["USHER_SABOTAGE": "everybody-may"])
        let scene = try await AccessScene(platform)
        let wanted = [
            "AuthService/SetRoles", "EventService/PauseEvent", "EventService/ReadFeed",
            "BookingService/GetBooking", "BookingService/GetSales",
            "BookingService/BlockPlaces", "PaymentService/GetPayment",
            "NotificationService/ResendTickets",
        ]
        let lines = AccessTable.lines.filter { wanted.contains($0.name) }
        #expect(lines.count == wanted.count)
        for line in lines {
            let faults = try await refused([line], scene)
            #expect(!faults.isEmpty, "\(line.name) is not missed")
        }
        // Tokens and signatures are still looked at: nobody without one gets anywhere.
        let anonymous = try await refused(lines, scene, as: [.anonymous, .forged])
        #expect(anonymous.filter { !$0.contains("ReadFeed") } == [])
    }

    @Test("every method of every service has a line, and every route of the gateway")
    func complete() async throws {
        let proto = try await ProtoCompiler.contracts()
        let methods = Set(
            proto.services.flatMap { service in
                service.methods.map { "\(service.name)/\($0.name)" }
            })
        #expect(methods.count > 60)
        let known = Set(AccessTable.lines.map(\.methodName))
        #expect(methods.subtracting(known).sorted() == [], "without a line in AccessTable")
        #expect(known.subtracting(methods).sorted() == [], "no such method")
        let names = AccessTable.lines.map(\.name)
        #expect(Set(names).count == names.count)
        for method in Contracts.services.flatMap({ $0.methods }) {
            guard case .services(let services) = method.access else { continue }
            let unknown = services.subtracting(Caller.services.map(\.rawValue))
            #expect(unknown == [], "no such service; \(method.service)/\(method.name)")
            let lines = AccessTable.lines.filter {
                $0.service == method.service && $0.method == method.name
            }
            for line in lines {
                #expect(
                    line.who.allowed == Set(services.compactMap(Caller.init(rawValue:))),
                    "\(line.name) is declared for others")
            }
        }

        let routes = try GatewayTable.described()
        #expect(routes.count > 40)
        let listed = Set(GatewayTable.lines.map(\.route))
        #expect(routes.subtracting(listed) == [], "without a line in GatewayTable")
        #expect(listed.subtracting(routes) == [], "no such route")
        #expect(Set(GatewayTable.lines.map(\.line)).subtracting(names) == [])
    }

    @Test("whoever may not is refused, by every service, with the right code; nothing happens")
    func refusals() async throws {
        let scene = try await AccessScene(Self.platform.get())
        let before = try await Self.facts(scene.platform)
        #expect(try await refused(AccessTable.lines, scene) == [])
        #expect(try await Self.facts(scene.platform) == before)
    }

    @Test("and at the gateway, which nobody passes as a service")
    func gateway() async throws {
        let scene = try await AccessScene(Self.platform.get())
        let before = try await Self.facts(scene.platform)
        let faults = try await withThrowingTaskGroup(of: [String].self) { group in
            for (route, query, name) in GatewayTable.lines {
                let line = try #require(AccessTable.lines.first { $0.name == name })
                group.addTask {
                    var faults: [String] = []
                    for caller in Caller.outside {
                        // Who may, and would change something, is let through in other tests.
                        let may = line.who.allowed.union(line.who.seeNothing).contains(caller)
                        guard line.who.refusals[caller] != nil || (may && route.method == "GET")
                        else {
                            continue
                        }
                        let answer = try await GatewayTable.call(
                            route, query: query, line, scene, as: caller)
                        if let fault = GatewayTable.fault(answer, route, line, scene, as: caller) {
                            faults.append(fault)
                        }
                    }
                    return faults
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(faults == [])
        #expect(try await Self.facts(scene.platform) == before)

        // A credential that would open everything does not come in from outside.
        let key = try Secrets(folder: scene.platform.ready.secretsFolder).key(.serviceCredential)
        let credential = ServiceCredential(key: key).issue(as: operatorName)
        let account: JSONValue = [
            "email": .string(People.email()), "password": .string(People.password),
            "displayName": "An intruder", "roles": ["ROLE_ADMIN"],
        ]
        for token in [nil, scene.token(of: .buyer)] {
            let answer = try await APIClient(scene.platform, token: token).send(
                .POST, "/api/auth/users", bytes: account.bytes,
                headers: [(ServiceCredential.metadataKey, credential)])
            #expect(answer.status == (token == nil ? 401 : 403), "\(answer.text)")
        }
    }

    @Test("whoever may is let through, and sees their own alone")
    func allowed() async throws {
        let scene = try await AccessScene(Self.platform.get())
        var faults: [String] = []
        for line in AccessTable.lines {
            try await People.withClient(scene.platform, of: line.process) { client in
                for caller in Caller.allCases
                where line.who.allowed.contains(caller) || line.who.seeNothing.contains(caller) {
                    let outcome = try await line.call(client, scene, as: caller)
                    if let fault = line.fault(outcome, scene, as: caller) { faults.append(fault) }
                }
            }
        }
        #expect(faults == [])
    }

    /// What is wrong where everybody calls who may not.
    private func refused(
        _ lines: [AccessLine], _ scene: AccessScene, as callers: [Caller] = Caller.allCases
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for process in Set(lines.map(\.process)) {
                group.addTask {
                    try await People.withClient(scene.platform, of: process) { client in
                        var faults: [String] = []
                        for line in lines where line.process == process {
                            for caller in callers where line.who.refusals[caller] != nil {
                                let outcome = try await line.call(client, scene, as: caller)
                                if let fault = line.fault(outcome, scene, as: caller) {
                                    faults.append(fault)
                                }
                            }
                        }
                        return faults
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// How many facts every service has told, and the number of accounts: what is refused adds to
    /// neither.
    private static func facts(_ platform: Platform) async throws -> [String: Int64] {
        var facts: [String: Int64] = [:]
        for service in ["auth", "event", "booking", "payment"] {
            facts[service] = try await Databases.with(platform, service) { pool in
                try await pool.query("SELECT position FROM feed_head").first?
                    .decode("position", as: Int64.self)
            }
        }
        facts["mails"] = try await Databases.with(platform, "notification") { pool in
            try await pool.query("SELECT count(*) AS count FROM mails").first?
                .decode("count", as: Int64.self)
        }
        return facts
    }
}
