import Testing
import Wire

struct WrappersTests {
    private func json(_ message: some Message) throws -> String {
        String(decoding: try message.jsonBytes(), as: UTF8.self)
    }

    @Test func areTheirScalarInJSON() throws {
        #expect(try json(DoubleValue(1.5)) == "1.5")
        #expect(try json(DoubleValue(.nan)) == #""NaN""#)
        #expect(try json(FloatValue(-2)) == "-2")
        #expect(try json(Int64Value(-3)) == #""-3""#)
        #expect(try json(UInt64Value(.max)) == #""18446744073709551615""#)
        #expect(try json(Int32Value(-4)) == "-4")
        #expect(try json(UInt32Value(5)) == "5")
        #expect(try json(BoolValue(true)) == "true")
        #expect(try json(StringValue("a\"")) == #""a\"""#)
        #expect(try json(BytesValue([0xFB, 0xFF])) == #""+/8=""#)
    }

    @Test func readTheirScalarFromJSON() throws {
        #expect(try Int64Value(json: Array(#""12""#.utf8)) == Int64Value(12))
        #expect(try UInt32Value(json: Array("1e2".utf8)) == UInt32Value(100))
        #expect(try BoolValue(json: Array("false".utf8)) == BoolValue())
        #expect(try BytesValue(json: Array(#""-_8""#.utf8)) == BytesValue([0xFB, 0xFF]))
        for text in ["null", "{}", #""a""#, "1.5", "4294967296", #"{"value":1}"#] {
            #expect(throws: WireError.self, "\(text)") { try UInt32Value(json: Array(text.utf8)) }
        }
    }

    @Test func areMessagesOnTheWire() throws {
        #expect(Int32Value(150).serialized() == hex("08 96 01"))
        #expect(Int32Value(0).serialized().isEmpty)
        #expect(try StringValue(serialized: hex("0a 01 61")) == StringValue("a"))
        #expect(
            try FloatValue(serialized: hex("0d 00 00 80 3f 10 01")).serialized()
                == hex("0d 00 00 80 3f 10 01"), "unknown fields are kept")
        #expect(throws: WireError.self) { try StringValue(serialized: hex("0a 01 ff")) }
    }

    @Test func canBeInAnAny() throws {
        let any = AnyMessage(packing: Int64Value(7))
        #expect(
            try json(any)
                == #"{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"7"}"#)
        #expect(try AnyMessage(json: Array(json(any).utf8)) == any)
    }
}
