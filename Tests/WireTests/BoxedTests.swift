import ConformanceMessages
import Testing
import Wire

struct BoxedTests {
    /// A chain of messages, the innermost with a number.
    private static func chain(_ levels: Int) -> TestAllTypesProto3 {
        var message = TestAllTypesProto3.with { $0.optionalInt32 = 7 }
        for _ in 0..<levels {
            let inner = message
            message = .with { $0.recursiveMessage = inner }
        }
        return message
    }

    private static func jsonChain(_ levels: Int) -> [UInt8] {
        Array(
            (String(repeating: #"{"recursiveMessage":"#, count: levels) + #"{"optionalInt32":7}"#
                + String(repeating: "}", count: levels)).utf8)
    }

    @Test func isOnePointer() {
        #expect(MemoryLayout<Boxed<TestAllTypesProto3>>.size == MemoryLayout<Int>.size)
    }

    @Test func copiesDoNotChangeEachOther() throws {
        let first = Self.chain(1)
        var second = first
        second.recursiveMessage?.optionalInt32 = 8
        #expect(first.recursiveMessage?.optionalInt32 == 7)
        #expect(second.recursiveMessage?.optionalInt32 == 8)
        // Merging is in place for the owner alone, too.
        var third = first
        try third.merge(serialized: hex("da 01 02 08 09").span)
        #expect(first.recursiveMessage?.optionalInt32 == 7)
        #expect(third.recursiveMessage?.optionalInt32 == 9)
        second.recursiveMessage = nil
        #expect(second == TestAllTypesProto3())
        #expect(first != second)
    }

    @Test func encodesWithoutChangingIt() {
        let message = Self.chain(3)
        let copy = message
        #expect(message.serialized() == hex("da 01 08 da 01 05 da 01 02 08 07"))
        #expect(message == copy)
    }

    @Test func merges() throws {
        let message = try TestAllTypesProto3(
            serialized: hex("da 01 02 08 07 da 01 03 72 01 61 da 01 00"))
        #expect(
            message.recursiveMessage
                == .with {
                    $0.optionalInt32 = 7
                    $0.optionalString = "a"
                })
    }

    @Test func emptyIsNotAbsent() throws {
        let message = try TestAllTypesProto3(serialized: hex("da 01 00"))
        #expect(message.recursiveMessage == TestAllTypesProto3())
        #expect(message.serialized() == hex("da 01 00"))
        #expect(try message.jsonBytes() == Array(#"{"recursiveMessage":{}}"#.utf8))
    }

    @Test func takes100Levels() throws {
        let message = Self.chain(100)
        #expect(try TestAllTypesProto3(serialized: message.serialized()) == message)
        #expect(try message.jsonBytes() == Self.jsonChain(100))
        #expect(try TestAllTypesProto3(json: Self.jsonChain(100)) == message)
    }

    @Test func refuses101Levels() {
        let message = Self.chain(101)
        var error = #expect(throws: WireError.self) {
            try TestAllTypesProto3(serialized: message.serialized())
        }
        #expect(error?.code == .tooDeep)
        error = #expect(throws: WireError.self) { try message.jsonBytes() }
        #expect(error?.code == .tooDeep)
        error = #expect(throws: WireError.self) {
            try TestAllTypesProto3(json: Self.jsonChain(101))
        }
        #expect(error?.code == .tooDeep)
    }

    @Test func isAMessageToReflection() throws {
        let field = try #require(
            TestAllTypesProto3.fields.first { $0.name == "recursive_message" })
        #expect(field.number == 27)
        #expect(field.label == .singular)
        #expect(field.typeName == TestAllTypesProto3.protoName)
    }
}
