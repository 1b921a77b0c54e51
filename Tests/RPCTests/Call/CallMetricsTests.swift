import Metrics
import MetricsTestKit
import NIOCore
import Synchronization
import Testing
import Wire

@testable import RPC

@Suite("Call metrics")
struct CallMetricsTests {
    private let labels = [
        ("grpc_type", "unary"), ("grpc_service", "s.S"), ("grpc_method", "M"),
    ]

    @Test("every series of a method exists before its first call, at 0")
    func precreated() throws {
        let factory = TestMetrics()
        _ = MethodMetrics(
            side: "server", kind: .unary, service: "s.S", method: "M", factory: factory)
        let started = try factory.expectCounter("grpc_server_started_total", labels)
        #expect(started.totalValue == 0)
        for name in RPCCode.names {
            let handled = try factory.expectCounter(
                "grpc_server_handled_total", labels + [("grpc_code", name)])
            #expect(handled.totalValue == 0)
        }
        #expect(try factory.expectTimer("grpc_server_handling_seconds", labels).values.isEmpty)
    }

    @Test("a call counts once, under its code; unnamed codes count as unknown")
    func counting() throws {
        let factory = TestMetrics()
        let metrics = MethodMetrics(
            side: "client", kind: .unary, service: "s.S", method: "M", factory: factory)
        for code in [RPCCode.notFound, RPCCode(rawValue: 99), RPCCode(rawValue: -1)] {
            metrics.recordStart()
            metrics.recordEnd(code, duration: .microseconds(5))
        }
        #expect(try factory.expectCounter("grpc_client_started_total", labels).totalValue == 3)
        func handled(_ code: String) throws -> Int64 {
            try factory.expectCounter(
                "grpc_client_handled_total", labels + [("grpc_code", code)]
            ).totalValue
        }
        #expect(try handled("NotFound") == 1)
        #expect(try handled("Unknown") == 2)
        #expect(try handled("OK") == 0)
        let timer = try factory.expectTimer("grpc_client_handling_seconds", labels)
        #expect(timer.values == [5000, 5000, 5000])
    }

    /// Makes a gauge that remembers what it was told last. As it is told 1, a call ends first, once
    /// it knows whose number it is.
    private final class SlowGauge: MetricsFactory, RecorderHandler {
        let told = Atomic<Int64>(-1)
        let shared = AtomicLazyReference<SharedGauge>()

        func record(_ value: Int64) {
            if value == 1 { shared.load()?.add(-1) }
            told.store(value, ordering: .relaxed)
        }

        func record(_ value: Double) { record(Int64(value)) }

        func makeRecorder(
            label: String, dimensions: [(String, String)], aggregate: Bool
        ) -> any RecorderHandler { self }

        func makeCounter(
            label: String, dimensions: [(String, String)]
        ) -> any CounterHandler { NOOPMetricsHandler.instance }

        func makeTimer(
            label: String, dimensions: [(String, String)]
        ) -> any TimerHandler { NOOPMetricsHandler.instance }

        func destroyCounter(_ handler: any CounterHandler) {}
        func destroyRecorder(_ handler: any RecorderHandler) {}
        func destroyTimer(_ handler: any TimerHandler) {}
    }

    @Test("a gauge is right in the end, though another thread was quicker to tell a later number")
    func overtaken() {
        let factory = SlowGauge()
        let gauge = SharedGauge(label: "in_flight", factory: factory)
        #expect(factory.told.load(ordering: .relaxed) == 0)
        _ = factory.shared.storeIfNil(gauge)
        gauge.add(1)
        #expect(factory.told.load(ordering: .relaxed) == 0)
        gauge.add(2)
        #expect(factory.told.load(ordering: .relaxed) == 2)
    }
}
