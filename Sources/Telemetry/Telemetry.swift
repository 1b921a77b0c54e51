package import Logging
import Metrics
package import ServiceContextModule
import Synchronization

/// Installs logs and metrics for the process.
package enum Telemetry {
    private static let isInstalled = Atomic(false)

    /// Logs go to standard error as JSON lines of `logLevel` and above; metrics go to
    /// `MetricsRegistry.shared`. `traceID` finds the trace's id in the task's context. The first
    /// call of a process counts, later ones do nothing.
    package static func bootstrap(
        service: String, logLevel: Logger.Level,
        traceID: @escaping @Sendable (ServiceContext) -> String? = { _ in nil }
    ) {
        guard !isInstalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        MetricsSystem.bootstrap(PrometheusMetricsFactory(registry: .shared))
        let writer = LineWriter.standardError
        LoggingSystem.bootstrap(
            { label, provider in
                JSONLogHandler(
                    label: label, service: service, logLevel: logLevel, writer: writer,
                    metadataProvider: provider, traceID: traceID)
            }, metadataProvider: nil)
    }
}
