import CoreMetrics
import Synchronization

/// One line of numbers within a family. `labels` is its rendered label set, `{a="b"}` or empty.
protocol MetricSeries: AnyObject, Sendable {
    var family: String { get }
    var labels: String { get }
}

/// A number that only grows.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    let family: String
    let labels: String
    private let total = Mutex(0.0)

    init(family: String, labels: String) {
        self.family = family
        self.labels = labels
    }

    var value: Double { total.withLock { $0 } }

    func increment(by amount: Int64) {
        increment(by: Double(amount))
    }

    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        total.withLock { $0 += amount }
    }

    func reset() {
        total.withLock { $0 = 0 }
    }
}

/// A number that goes up and down.
final class GaugeSeries: MetricSeries, RecorderHandler, MeterHandler {
    let family: String
    let labels: String
    private let current = Mutex(0.0)

    init(family: String, labels: String) {
        self.family = family
        self.labels = labels
    }

    var value: Double { current.withLock { $0 } }

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
}

/// Counts of observations by upper bound.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    /// Counts per bucket, not cumulative; the last is above every bound.
    struct Counts {
        var buckets: [UInt64]
        var sum = 0.0
    }

    let family: String
    let labels: String
    let bounds: [Double]
    private let state: Mutex<Counts>

    init(family: String, labels: String, bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
        self.family = family
        self.labels = labels
    }

    var counts: Counts { state.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.buckets[index] += 1
            $0.sum += value
        }
    }

    /// Timers are exported in seconds, Prometheus' base unit.
    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }
}

/// Takes what has no place in the registry.
final class DiscardedSeries: CounterHandler, FloatingPointCounterHandler, RecorderHandler,
    MeterHandler, TimerHandler
{
    static let shared = DiscardedSeries()

    func increment(by: Int64) {}
    func increment(by: Double) {}
    func decrement(by: Double) {}
    func reset() {}
    func record(_: Int64) {}
    func record(_: Double) {}
    func set(_: Int64) {}
    func set(_: Double) {}
    func recordNanoseconds(_: Int64) {}
}
