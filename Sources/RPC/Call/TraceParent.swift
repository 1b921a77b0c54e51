package import ServiceContextModule

/// The W3C trace context of a call: `00-<trace id>-<parent id>-<flags>`, lower-case hex
/// (https://www.w3.org/TR/trace-context/#traceparent-header).
package struct TraceParent: Equatable, Sendable {
    /// The metadata key and HTTP header that carry it.
    package static let metadataKey = "traceparent"

    /// As it travels; 55 characters.
    package let text: String

    /// Nil unless `text` is a valid version-00 header with ids that are not all zeros.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 55, bytes[0] == 0x30, bytes[1] == 0x30 else { return nil }
        for (index, byte) in bytes.enumerated() {
            if index == 2 || index == 35 || index == 52 {
                guard byte == 0x2D else { return nil }
            } else {
                guard (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) else {
                    return nil
                }
            }
        }
        guard
            bytes[3..<35].contains(where: { $0 != 0x30 }),
            bytes[36..<52].contains(where: { $0 != 0x30 })
        else { return nil }
        self.text = text
    }

    /// 32 hex digits that all calls of one request share.
    package var traceID: String {
        String(text.dropFirst(3).prefix(32))
    }
}

private enum TraceParentKey: ServiceContextKey {
    typealias Value = TraceParent
    static var nameOverride: String? { "traceparent" }
}

extension ServiceContext {
    /// The trace that the current work belongs to. Servers bind it from a call's metadata, clients
    /// send it on, log lines show its trace id.
    package var traceParent: TraceParent? {
        get { self[TraceParentKey.self] }
        set { self[TraceParentKey.self] = newValue }
    }
}
