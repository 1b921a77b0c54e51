import Foundation
import NIOCore
import NIOPosix

/// What a process holds that a test must give back: descriptors, connections on a test's sockets,
/// memory. Taken before and after; what other tests hold for a while passes, what leaked stays.
struct LeakCheck {
    /// What is held at one moment.
    struct Holdings: Equatable, CustomStringConvertible {
        /// Open descriptors of this process.
        var descriptors = 0
        /// Unix sockets, listening or connected, whose path begins as the test's do.
        var connections = 0
        /// Bytes that malloc has given out.
        var bytes = 0

        var description: String {
            "\(descriptors) descriptors, \(connections) connections, \(bytes) bytes"
        }
    }

    /// A kind of thing that may leak.
    enum Kind: CaseIterable {
        case descriptors, connections, memory
    }

    /// The sockets that count as connections: those with a path that begins like this.
    let pathPrefix: String
    /// Bytes that may stay: malloc's caches for each thread, tables that have grown.
    let bytesMax: Int
    private let before: Holdings

    /// Remembers what is held now.
    init(pathPrefix: String, bytesMax: Int) async throws {
        // What a process opens once and keeps, at the first sleep by each clock (the limit of a test's
        // time is one) and by the first event loop, is no leak.
        try await Task.sleep(for: .milliseconds(1), clock: .continuous)
        try await Task.sleep(for: .milliseconds(1), clock: .suspending)
        try await MultiThreadedEventLoopGroup.singleton.any().submit {}.get()
        self.pathPrefix = pathPrefix
        self.bytesMax = bytesMax
        before = try Self.holdings(pathPrefix: pathPrefix)
    }

    /// What is held now.
    static func holdings(pathPrefix: String) throws -> Holdings {
        Holdings(
            descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            connections: try String(contentsOfFile: "/proc/net/unix", encoding: .utf8)
                .split(separator: "\n").count { $0.contains(pathPrefix) },
            bytes: try allocatedBytes())
    }

    /// What is held now beyond what was held before, of those kinds that may not be.
    func leaks() throws -> Set<Kind> {
        let now = try Self.holdings(pathPrefix: pathPrefix)
        var leaks: Set<Kind> = []
        if now.descriptors > before.descriptors { leaks.insert(.descriptors) }
        if now.connections > before.connections { leaks.insert(.connections) }
        if now.bytes > before.bytes + bytesMax { leaks.insert(.memory) }
        return leaks
    }

    /// Waits until nothing is held beyond what was, for as long as the holdings still fall. What is
    /// left then; none is good.
    func settled(patience: Duration = .seconds(60)) async throws -> Set<Kind> {
        var least = try Self.holdings(pathPrefix: pathPrefix)
        var end = ContinuousClock.now + patience
        while true {
            let leaks = try leaks()
            if leaks.isEmpty || .now > end { return leaks }
            try await Task.sleep(for: .milliseconds(20))
            let now = try Self.holdings(pathPrefix: pathPrefix)
            if now.descriptors < least.descriptors || now.connections < least.connections
                || now.bytes < least.bytes - bytesMax / 16
            {
                end = .now + patience
                least = now
            }
        }
    }
}
