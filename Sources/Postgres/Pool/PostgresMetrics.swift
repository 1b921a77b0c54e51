import Metrics
import Synchronization

/// The driver's metrics. One per pool; `pool` is the label that tells them apart.
final class PostgresMetrics: Sendable {
    /// From being asked to being sent.
    private let waitTimer: Timer
    /// From being sent to the result.
    private let queryTimer: Timer
    /// Whole transactions, with their wait for a connection.
    private let transactionTimer: Timer
    private let lossCounter: Counter
    private let connectionsGauge: Gauge
    private let waitersGauge: Gauge
    private let connections = Atomic<Int>(0)
    private let dimensions: [(String, String)]

    init(pool: String) {
        dimensions = [("pool", pool)]
        waitTimer = Timer(
            label: "postgres_wait_seconds", dimensions: dimensions,
            preferredDisplayUnit: .seconds)
        queryTimer = Timer(
            label: "postgres_query_seconds", dimensions: dimensions,
            preferredDisplayUnit: .seconds)
        transactionTimer = Timer(
            label: "postgres_transaction_seconds", dimensions: dimensions,
            preferredDisplayUnit: .seconds)
        lossCounter = Counter(
            label: "postgres_connection_losses_total", dimensions: dimensions)
        connectionsGauge = Gauge(
            label: "postgres_pool_connections", dimensions: dimensions)
        waitersGauge = Gauge(label: "postgres_pool_waiters", dimensions: dimensions)
    }

    func waited(_ duration: Duration) {
        waitTimer.recordNanoseconds(duration.wholeNanoseconds)
    }

    func queried(_ duration: Duration) {
        queryTimer.recordNanoseconds(duration.wholeNanoseconds)
    }

    func transacted(_ duration: Duration) {
        transactionTimer.recordNanoseconds(duration.wholeNanoseconds)
    }

    func addConnections(_ change: Int) {
        connectionsGauge.record(connections.add(change, ordering: .relaxed).newValue)
    }

    /// A session broke.
    func countLoss() {
        lossCounter.increment()
    }

    func setWaiters(_ count: Int) {
        waitersGauge.record(count)
    }

    /// By code: SQLSTATEs are a closed list, so the label stays bounded.
    func count(_ error: PostgresError) {
        Counter(
            label: "postgres_errors_total",
            dimensions: dimensions + [("code", error.code.rawValue)]
        ).increment()
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return nanoseconds.overflow
            ? .max : nanoseconds.partialValue &+ attoseconds / 1_000_000_000
    }
}
