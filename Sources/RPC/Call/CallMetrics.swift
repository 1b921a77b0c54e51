import Metrics
import NIOCore
import Synchronization
import Wire

/// Counts a method's calls under the names that gRPC servers and clients use.
final class MethodMetrics: Sendable {
    private let started: Counter
    private let handled: [Counter]
    private let handlingTime: Metrics.Timer

    /// `side` is "server" or "client". Every series exists from now on, at 0.
    init(
        side: String, kind: MethodKind, service: String, method: String,
        factory: any MetricsFactory = MetricsSystem.factory
    ) {
        let labels = [
            ("grpc_type", kind.metricLabel), ("grpc_service", service), ("grpc_method", method),
        ]
        started = Counter(label: "grpc_\(side)_started_total", dimensions: labels, factory: factory)
        handled = RPCCode.names.map { name in
            Counter(
                label: "grpc_\(side)_handled_total", dimensions: labels + [("grpc_code", name)],
                factory: factory)
        }
        handlingTime = Metrics.Timer(
            label: "grpc_\(side)_handling_seconds", dimensions: labels, factory: factory)
    }

    func recordStart() {
        started.increment()
    }

    /// A code without a name counts as UNKNOWN.
    func recordEnd(_ code: RPCCode, duration: TimeAmount) {
        let index = Int(code.rawValue)
        handled[handled.indices.contains(index) ? index : Int(RPCCode.unknown.rawValue)]
            .increment()
        handlingTime.recordNanoseconds(duration.nanoseconds)
    }
}

/// A gauge that many connections move up and down.
final class SharedGauge: Sendable {
    private let total = Atomic<Int>(0)
    private let gauge: Gauge

    init(label: String, factory: any MetricsFactory = MetricsSystem.factory) {
        gauge = Gauge(label: label, factory: factory)
        gauge.record(0)
    }

    func add(_ delta: Int) {
        guard delta != 0 else { return }
        var told = total.add(delta, ordering: .sequentiallyConsistent).newValue
        gauge.record(told)
        // Another thread may have told a later number in between: the last one told must be right.
        while case let now = total.load(ordering: .sequentiallyConsistent), now != told {
            told = now
            gauge.record(told)
        }
    }
}

extension MethodKind {
    /// As gRPC's metrics name it.
    fileprivate var metricLabel: String {
        switch self {
        case .unary: "unary"
        case .clientStream: "client_stream"
        case .serverStream: "server_stream"
        case .bidirectional: "bidi_stream"
        }
    }
}
