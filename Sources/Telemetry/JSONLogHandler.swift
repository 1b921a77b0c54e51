package import Logging
package import ServiceContextModule

/// Writes each log event as one JSON object on one line: `time` (RFC 3339, UTC, microseconds),
/// `level`, `service`, `logger`, `message`, `trace_id`, then the metadata, flattened with dots and
/// sorted by name. Bounded: 64 metadata entries, 8 KiB a value.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let service: String
    private let writer: LineWriter
    private let traceID: @Sendable (ServiceContext) -> String?
    private let now: @Sendable () -> WallTime

    /// A handler for one logger. `traceID` finds the trace's id in the task's context.
    package init(
        label: String, service: String, logLevel: Logger.Level, writer: LineWriter,
        metadataProvider: Logger.MetadataProvider? = nil,
        traceID: @escaping @Sendable (ServiceContext) -> String? = { _ in nil },
        now: @escaping @Sendable () -> WallTime = WallTime.now
    ) {
        self.label = label
        self.service = service
        self.logLevel = logLevel
        self.writer = writer
        self.metadataProvider = metadataProvider
        self.traceID = traceID
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONLine()
        line.add("time", now().rfc3339)
        line.add("level", event.level.rawValue)
        line.add("service", service)
        line.add("logger", label)
        line.add("message", event.message.description)
        if let traceID = ServiceContext.current.flatMap(traceID) {
            line.add("trace_id", traceID)
        }
        var merged = metadataProvider?.get() ?? [:]
        merged.merge(metadata) { $1 }
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error { merged["error"] = "\(error)" }
        line.add(merged)
        writer.write(line.finished())
    }
}
