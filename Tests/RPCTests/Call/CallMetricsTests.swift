import Metrics
import MetricsTestKit
import NIOCore
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
}
