import Metrics

/// What a client counts.
struct RedisMetrics: Sendable {
    let duration = Metrics.Timer(label: "redis_batch_duration_seconds")
    let commands = Counter(label: "redis_commands_total")
    let connections = Counter(label: "redis_connections_total")
    let isConnected = Gauge(label: "redis_connected")
    let queuedCommands = Gauge(label: "redis_queued_commands")
    let inFlightCommands = Gauge(label: "redis_in_flight_commands")

    func countError(_ code: RedisError.Code) {
        Counter(label: "redis_errors_total", dimensions: [("code", code.description)]).increment()
    }
}

extension Metrics.Timer {
    func record(since start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
