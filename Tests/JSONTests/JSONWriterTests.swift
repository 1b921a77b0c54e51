import JSON
import Testing

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) throws -> Void) rethrows -> String {
        var writer = JSONWriter()
        try write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func setsCommas() throws {
        let written = try text { writer in
            writer.beginObject()
            writer.name("a")
            writer.beginArray()
            writer.integer(1)
            try writer.double(2.5)
            writer.beginObject()
            writer.endObject()
            writer.null()
            writer.endArray()
            writer.name("b")
            writer.bool(false)
            writer.endObject()
        }
        #expect(written == #"{"a":[1,2.5,{},null],"b":false}"#)
    }

    @Test func goesOnAfterOtherBytes() {
        var writer = JSONWriter(appendingTo: Array("data: ".utf8))
        writer.bool(true)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "data: true")
    }

    @Test func escapesWhatItMust() {
        let written = text { $0.string("\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é😀\u{2028}") }
        #expect(written == #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7f}é😀\u{2028}\"")
        #expect(text { $0.string("ab\nc".dropFirst()) } == #""b\nc""#)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"),
            (1e21, "1e+21"), (.leastNonzeroMagnitude, "5e-324"), (123_456_789, "123456789"),
            (-2.5, "-2.5"),
        ] as [(Double, String)])
    func writesShortestDoubles(_ value: Double, _ expected: String) throws {
        let written = try text { try $0.double(value) }
        #expect(written == expected)
        #expect(JSONNumber(written)?.double == value)
    }

    @Test func writesFloatsWithTheirOwnDigits() throws {
        #expect(try text { try $0.float(0.1) } == "0.1")
        #expect(try text { try $0.float(16_777_216) } == "16777216")
    }

    @Test func refusesWhatIsNotANumber() throws {
        for value in [Double.nan, .infinity, -.infinity] {
            let error = try #require(throws: JSONError.self) { try text { try $0.double(value) } }
            #expect(error.code == .outOfRange)
        }
        #expect(throws: JSONError.self) { try text { try $0.float(.nan) } }
    }

    @Test func writesLiterals() {
        let value: JSONValue = ["b": [1, "x", true, .null], "a": ["c": 2]]
        #expect(
            String(decoding: value.bytes, as: UTF8.self) == #"{"b":[1,"x",true,null],"a":{"c":2}}"#)
        #expect(value["a"]?["c"]?.number?.int64 == 2)
        #expect(value != ["a": ["c": 2], "b": [1, "x", true, .null]])
    }
}
