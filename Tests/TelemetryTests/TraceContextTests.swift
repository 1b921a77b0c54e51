import Testing

@testable import Telemetry

@Suite("W3C trace context")
struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test("A header is read and written back")
    func roundTrip() throws {
        let header = "00-\(Self.trace)-\(Self.span)-01"
        let context = try #require(TraceContext(traceparent: header))
        #expect(context.traceID == Self.trace)
        #expect(context.spanID == Self.span)
        #expect(context.flags == 1)
        #expect(context.traceparent == header)
    }

    @Test("A later version is read as far as version 00 goes")
    func laterVersion() {
        #expect(TraceContext(traceparent: "01-\(Self.trace)-\(Self.span)-01") != nil)
        #expect(TraceContext(traceparent: "01-\(Self.trace)-\(Self.span)-01-more") != nil)
        #expect(TraceContext(traceparent: "01-\(Self.trace)-\(Self.span)-01more") == nil)
    }

    @Test(
        "Malformed headers are refused",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-more",
            "ff-\(trace)-\(span)-01", "00-\(trace.uppercased())-\(span)-01",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
            "00-\(trace)-\(span)-0g", "00_\(trace)-\(span)-01", "0x-\(trace)-\(span)-01",
        ])
    func malformed(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test("A child keeps the trace; a root starts one")
    func children() throws {
        let root = TraceContext.root()
        let child = root.child()
        #expect(child.traceID == root.traceID)
        #expect(child.spanID != root.spanID)
        #expect(TraceContext.root().traceID != root.traceID)
        #expect(TraceContext(traceparent: child.traceparent) == child)
    }
}
