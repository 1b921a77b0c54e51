import ConformanceMessages
import Testing
import Wire

struct ProtoValueTests {
    private func roundTrip(_ json: String) throws -> String {
        let value = try ProtoValue(json: Array(json.utf8))
        #expect(try ProtoValue(serialized: value.serialized()) == value)
        return String(decoding: try value.jsonBytes(), as: UTF8.self)
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-1.5", "1e+300", #""""#, #""a\"\n€""#, "[]", "{}",
        #"[null,[1,[]],{"a":{}}]"#, #"{"a":null,"b":[true,"c"],"d":{"e":1}}"#,
    ])
    func anyJSONIsAValue(_ json: String) throws {
        #expect(try roundTrip(json) == json)
    }

    @Test func membersAreWrittenInOrder() throws {
        #expect(try roundTrip(#"{"b":1,"a":2}"#) == #"{"a":2,"b":1}"#)
    }

    @Test(arguments: ["", "nul", "1e999", "NaN", #"{"a":1,"a":2}"#, "[1,]", "[1"])
    func refuses(_ json: String) {
        let error = #expect(throws: WireError.self) { try ProtoValue(json: Array(json.utf8)) }
        #expect(error?.code == .invalidJSON || error?.code == .duplicateField)
    }

    @Test(arguments: [
        ProtoValue(), ProtoValue(.number(.nan)), ProtoValue(.number(-.infinity)),
        ProtoValue(.list(ListValue(values: [ProtoValue()]))),
        ProtoValue(.object(ProtoStruct(fields: ["a": ProtoValue(.number(.infinity))]))),
    ])
    func refusesToWrite(_ value: ProtoValue) {
        let error = #expect(throws: WireError.self) { try value.jsonBytes() }
        #expect(error?.code == .notRepresentable)
    }

    @Test func nullIsAValueHereAndAbsentElsewhere() throws {
        let json =
            #"{"optionalValue":null,"optionalNullValue":null,"optionalStruct":null,"#
            + #""oneofNullValue":null,"repeatedValue":[null],"optionalBoolWrapper":null}"#
        let message = try TestAllTypesProto3(json: Array(json.utf8))
        #expect(
            message
                == .with {
                    $0.optionalValue = ProtoValue(.null(.null))
                    $0.oneofField = .nullValue(.null)
                    $0.repeatedValue = [ProtoValue(.null(.null))]
                })
        #expect(
            try message.jsonBytes()
                == Array(
                    #"{"oneofNullValue":null,"optionalValue":null,"repeatedValue":[null]}"#.utf8))
    }

    @Test func anyOfAValueIsUnderValue() throws {
        let any = AnyMessage(packing: ProtoValue(.null(.null)))
        let json = Array(
            #"{"@type":"type.googleapis.com/google.protobuf.Value","value":null}"#.utf8)
        #expect(try any.jsonBytes() == json)
        #expect(try AnyMessage(json: json) == any)
    }

    // MARK: Depth

    /// What JSON takes, the wire format takes, too: a list's level is a Value and a ListValue there.
    @Test func listsMayBe50Deep() throws {
        func lists(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(try roundTrip(lists(50)) == lists(50))
        let error = #expect(throws: WireError.self) { try ProtoValue(json: Array(lists(51).utf8)) }
        #expect(error?.code == .tooDeep)
    }

    /// An object's level is a Value, a Struct and an entry of its map.
    @Test func objectsMayBe33Deep() throws {
        func objects(_ levels: Int) -> String {
            String(repeating: #"{"a":"#, count: levels) + "1"
                + String(repeating: "}", count: levels)
        }
        #expect(try roundTrip(objects(33)) == objects(33))
        let error = #expect(throws: WireError.self) {
            try ProtoValue(json: Array(objects(34).utf8))
        }
        #expect(error?.code == .tooDeep)
    }

    @Test func entriesOfMapsAreLevels() throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array(
                (String(
                    repeating: #"{"mapStringNestedMessage":{"k":{"corecursive":"#, count: levels)
                    + "{}" + String(repeating: "}}}", count: levels)).utf8)
        }
        let message = try TestAllTypesProto3(json: nested(33))
        #expect(try TestAllTypesProto3(serialized: message.serialized()) == message)
        let error = #expect(throws: WireError.self) { try TestAllTypesProto3(json: nested(34)) }
        #expect(error?.code == .tooDeep)
    }

    /// To the decoder an Any is bytes: only the writer can tell how deep they go.
    @Test func refusesToWriteAnysWithinAnysWithoutEnd() throws {
        var any = AnyMessage(packing: ProtoDuration(seconds: 1))
        for _ in 0..<99 { any = AnyMessage(packing: any) }
        _ = try any.jsonBytes()
        for _ in 0..<2000 { any = AnyMessage(packing: any) }
        any = try AnyMessage(serialized: any.serialized())
        let error = #expect(throws: WireError.self) { try any.jsonBytes() }
        #expect(error?.code == .tooDeep)
    }
}
