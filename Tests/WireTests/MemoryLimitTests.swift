import ConformanceMessages
import Testing
import Wire

/// An empty message is two or three bytes of input, and hundreds in memory.
@Suite("Memory of messages")
struct MemoryLimitTests {
    private static let count = 200_000

    private func repeated(_ unit: [UInt8]) -> [UInt8] {
        (0..<Self.count).flatMap { _ in unit }
    }

    @Test func isLimitedForElements() {
        let bytes = repeated(hex("a2 02 00"))
        // Otherwise there is nothing to refuse.
        #expect(
            MemoryLayout<AllKinds>.stride * Self.count
                > Limits.elementBytesMax(inputBytes: bytes.count))
        let error = #expect(throws: WireError.self) { try AllKinds(serialized: bytes) }
        #expect(error?.code == .tooLarge)
    }

    @Test func isLimitedForBoxes() {
        let bytes = repeated(hex("82 03 02 12 00"))
        let error = #expect(throws: WireError.self) { try TestAllTypesProto3(serialized: bytes) }
        #expect(error?.code == .tooLarge)
    }

    @Test func isLimitedForMaps() {
        // Field 1: [Int32: TestAllTypesProto3].
        var bytes: [UInt8] = []
        for key in UInt8(0)..<100 {
            for group in UInt8(1)...100 {
                bytes += [0x0A, 5, 0x08, 0x80 | key, group, 0x12, 0]
            }
        }
        let error = #expect(throws: WireError.self) { try Maps(serialized: bytes) }
        #expect(error?.code == .tooLarge)
    }

    @Test func isLimitedForJSON() {
        let json = #"{"children":["# + String(repeating: "{},", count: Self.count) + "{}]}"
        let error = #expect(throws: WireError.self) { try AllKinds(json: Array(json.utf8)) }
        #expect(error?.code == .tooLarge)
    }

    @Test func sufficesForSmallMessages() throws {
        let status = try RPCStatus(serialized: repeated(hex("1a 00")))
        #expect(status.details.count == Self.count)
    }
}

private struct Maps: Message {
    static let protoName = "test.Maps"
    var messages: [Int32: TestAllTypesProto3] = [:]
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.map(1, "messages", &messages)
    }
}
