/// Something that must work for this process to take traffic; never another service.
package struct ReadinessCheck: Sendable {
    /// As shown on /health/ready, e.g. "postgres".
    package let name: String
    /// Returns when all is well, throws when not. Must stop when its task is cancelled.
    package let check: @Sendable () async throws -> Void

    /// A check under `name`.
    package init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// What the checks said.
struct ReadinessReport {
    struct Outcome: Sendable {
        let name: String
        /// Nil when the check passed.
        let fault: String?
    }

    let outcomes: [Outcome]

    var isReady: Bool { outcomes.allSatisfy { $0.fault == nil } }

    /// Runs all checks at once; one that takes longer than `limit` has failed.
    static func gather(_ checks: [ReadinessCheck], limit: Duration) async -> ReadinessReport {
        let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await outcome(of: check, limit: limit)) }
            }
            var gathered: [(Int, Outcome)] = []
            for await outcome in group { gathered.append(outcome) }
            return gathered.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return ReadinessReport(outcomes: outcomes)
    }

    private static func outcome(of check: ReadinessCheck, limit: Duration) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                do {
                    try await check.check()
                    return Outcome(name: check.name, fault: nil)
                } catch {
                    return Outcome(name: check.name, fault: String("\(error)".prefix(200)))
                }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return Outcome(name: check.name, fault: "no answer within \(limit)")
            }
            defer { group.cancelAll() }
            return await group.next() ?? Outcome(name: check.name, fault: "no answer")
        }
    }

    /// `{"status":"ready","checks":[{"name":"postgres","status":"ok"}]}`
    var json: [UInt8] {
        var bytes = Array("{\"status\":\"\(isReady ? "ready" : "not_ready")\",\"checks\":[".utf8)
        for (index, outcome) in outcomes.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += Array("{\"name\":".utf8)
            JSONLine.append(outcome.name, to: &bytes)
            bytes += Array(",\"status\":\"\(outcome.fault == nil ? "ok" : "failed")\"".utf8)
            if let fault = outcome.fault {
                bytes += Array(",\"error\":".utf8)
                JSONLine.append(fault, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        return bytes + Array("]}\n".utf8)
    }
}
