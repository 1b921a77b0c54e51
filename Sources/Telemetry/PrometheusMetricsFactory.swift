package import CoreMetrics

/// swift-metrics on top of a registry. Counter → counter, Gauge and Meter → gauge, aggregating
/// Recorder and Timer → histogram (timers in seconds).
package struct PrometheusMetricsFactory: MetricsFactory {
    private let registry: MetricsRegistry

    /// Everything recorded goes to `registry`.
    package init(registry: MetricsRegistry) {
        self.registry = registry
    }

    package func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        registry.counter(label, dimensions) ?? DiscardedSeries.shared
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        registry.counter(label, dimensions) ?? DiscardedSeries.shared
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        registry.gauge(label, dimensions) ?? DiscardedSeries.shared
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            return registry.histogram(label, dimensions, isTimer: false) ?? DiscardedSeries.shared
        }
        return registry.gauge(label, dimensions) ?? DiscardedSeries.shared
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        registry.histogram(label, dimensions, isTimer: true) ?? DiscardedSeries.shared
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove(handler)
    }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private func remove(_ handler: Any) {
        if let series = handler as? any MetricSeries { registry.remove(series) }
    }
}
