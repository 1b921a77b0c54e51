import ContractSupport
import Descriptors
import JSON
import Testing

/// proto3 JSON of every kind of field (protobuf.dev, "ProtoJSON Format").
@Suite struct DynamicJSONTests {
    private let everything = "test.v1.Everything"

    private func value(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    /// What is read and what is written for it, without the fields that are zero.
    @Test(arguments: [
        ("{\"int32\": \"-7\", \"int64\": 7}", "{\"int32\": -7, \"int64\": \"7\"}"),
        ("{\"uint64\": 18446744073709551615}", "{\"uint64\": \"18446744073709551615\"}"),
        ("{\"uint32\": 4.2e9, \"sint32\": 5.0}", "{\"uint32\": 4200000000, \"sint32\": 5}"),
        (
            "{\"double\": \"NaN\", \"float\": \"-Infinity\"}",
            "{\"double\": \"NaN\", \"float\": \"-Infinity\"}"
        ),
        ("{\"double\": \"1.5\", \"float\": 0.1}", "{\"double\": 1.5, \"float\": 0.1}"),
        ("{\"double\": 1e300, \"float\": 3}", "{\"double\": 1e300, \"float\": 3}"),
        ("{\"data\": \"-_8\"}", "{\"data\": \"+/8=\"}"),
        (
            "{\"colour\": -2, \"size\": \"SIZE_LARGE\"}",
            "{\"colour\": \"COLOUR_INFRARED\", \"size\": \"SIZE_LARGE\"}"
        ),
        ("{\"colour\": 77}", "{\"colour\": 77}"),
        ("{\"maybe_int32\": 0, \"maybeText\": \"\"}", "{\"maybeInt32\": 0, \"maybeText\": \"\"}"),
        ("{\"text\": null, \"numbers\": null}", "{}"),
        (
            "{\"numbers\": [1, \"2\", 3e0], \"looseNumbers\": [\"-1\"]}",
            "{\"numbers\": [1, 2, 3], \"looseNumbers\": [\"-1\"]}"
        ),
        ("{\"counts\": {\"b\": 1, \"a\": \"2\"}}", "{\"counts\": {\"a\": \"2\", \"b\": \"1\"}}"),
        (
            "{\"partsByNumber\": {\"7\": {\"label\": \"x\"}}}",
            "{\"partsByNumber\": {\"7\": {\"label\": \"x\"}}}"
        ),
        ("{\"choiceNumber\": 0}", "{\"choiceNumber\": \"0\"}"),
        ("{\"choiceText\": null, \"choiceFlag\": true}", "{\"choiceFlag\": true}"),
        ("{\"at\": \"2026-01-31T20:00:00.5+01:00\"}", "{\"at\": \"2026-01-31T19:00:00.500Z\"}"),
        ("{\"@odd\": \"x\"}", "{\"@odd\": \"x\"}"),
        ("{\"odd_name\": \"x\"}", "{\"@odd\": \"x\"}"),
    ])
    func reads(text: String, written: String) async throws {
        let mapping = try DynamicJSON(try await TestProto.set())
        let bytes = try mapping.serialized(everything, from: try value(text))
        let zeros = try mapping.json(everything, from: [])
        let json = try mapping.json(everything, from: bytes)
        let members = (json.object ?? []).filter { zeros[$0.name] != $0.value }
        let expected = try #require(try value(written).object)
        #expect(Set(members.map(\.name)) == Set(expected.map(\.name)))
        for member in expected {
            let found = members.first { $0.name == member.name }?.value
            if let label = member.value["7"]?["label"] {
                // Zero fields are written in there, too.
                #expect(found?["7"]?["label"] == label)
            } else {
                #expect(found == member.value, "\(member.name)")
            }
        }
    }

    @Test(arguments: [
        ("[]", "", "an object"), ("{\"nope\": 1}", "nope", "no such field"),
        ("{\"int32\": 2147483648}", "int32", "32-bit"), ("{\"int32\": 1.5}", "int32", "32-bit"),
        ("{\"int32\": \"007\"}", "int32", "32-bit"), ("{\"int64\": true}", "int64", "64-bit"),
        ("{\"uint32\": -1}", "uint32", "not negative"), ("{\"float\": 1e39}", "float", "range"),
        ("{\"double\": \"nan\"}", "double", "range"), ("{\"flag\": 1}", "flag", "true or false"),
        ("{\"data\": \"*\"}", "data", "base64"), ("{\"text\": 1}", "text", "a string"),
        ("{\"text\": \"a\\u0000b\"}", "", "NUL"),
        ("{\"colour\": \"COLOUR_GREEN\"}", "colour", "COLOUR_RED"),
        ("{\"numbers\": 1}", "numbers", "an array"),
        ("{\"numbers\": [1, null]}", "numbers[1]", "32-bit"),
        ("{\"counts\": []}", "counts", "an object"),
        ("{\"counts\": {\"a\": null}}", "counts.a", "64-bit"),
        ("{\"partsByNumber\": {\"x\": {}}}", "partsByNumber.x", "32-bit"),
        ("{\"parts\": [{}, {\"label\": 1}]}", "parts[1].label", "a string"),
        ("{\"maybeInt32\": 1, \"maybe_int32\": 1}", "maybe_int32", "twice"),
        ("{\"choiceText\": \"\", \"choiceFlag\": false}", "choiceFlag", "choice"),
        ("{\"at\": \"yesterday\"}", "at", "RFC 3339"), ("{\"at\": {}}", "at", "string"),
    ])
    func refuses(text: String, path: String, detail: String) async throws {
        let mapping = try DynamicJSON(try await TestProto.set())
        let json = try value(text)
        let error = try #require(throws: DynamicJSONError.self) {
            try mapping.serialized(everything, from: json)
        }
        #expect(error.path == path)
        #expect(error.detail.contains(detail), "\(error)")
    }

    @Test func zerosAreWrittenAndWhatIsAbsentIsNot() async throws {
        let mapping = try DynamicJSON(try await TestProto.set())
        let json = try mapping.json(everything, from: [])
        #expect(json["int64"] == "0")
        #expect(json["numbers"] == [])
        #expect(json["counts"] == [:])
        #expect(json["colour"] == "COLOUR_UNSPECIFIED")
        for absent in ["part", "at", "maybeInt32", "choiceText", "otherDouble"] {
            #expect(json[absent] == nil, "\(absent)")
        }
    }

    @Test func randomMessagesComeBackTheSame() async throws {
        let set = try await TestProto.set()
        let mapping = try DynamicJSON(set)
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: 21)
        var count = 0
        for _ in 0..<300 {
            let bytes = try schema.pack(generator.message(everything))
            // Random instants may be none that JSON can say.
            guard let json = try? mapping.json(everything, from: bytes) else { continue }
            let text = try JSONValue(parsing: json.bytes)
            #expect(try mapping.serialized(everything, from: text) == bytes)
            count += 1
        }
        #expect(count > 30)
    }

    /// All well-known types whose JSON form is no object of their fields: read, and written again.
    @Test(
        arguments: [
            ("BoolValue", "true", [0x08, 0x01]),
            ("BytesValue", "\"YQ==\"", [0x0a, 0x01, 0x61]),
            ("DoubleValue", "\"Infinity\"", [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]),
            ("Duration", "\"1.500s\"", [0x08, 0x01, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]),
            ("FieldMask", "\"a,bC\"", [0x0a, 0x01, 0x61, 0x0a, 0x03, 0x62, 0x5f, 0x63]),
            ("FloatValue", "0.5", [0x0d, 0, 0, 0, 0x3f]),
            ("Int32Value", "-1", [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01]),
            ("Int64Value", "\"1\"", [0x08, 0x01]),
            ("ListValue", "[null,\"a\"]", [0x0a, 0x02, 0x08, 0x00, 0x0a, 0x03, 0x1a, 0x01, 0x61]),
            ("StringValue", "\"a\"", [0x0a, 0x01, 0x61]),
            ("Struct", "{\"a\":true}", [0x0a, 0x07, 0x0a, 0x01, 0x61, 0x12, 0x02, 0x20, 0x01]),
            ("Timestamp", "\"1970-01-01T00:00:01Z\"", [0x08, 0x01]),
            ("UInt32Value", "4294967295", [0x08, 0xff, 0xff, 0xff, 0xff, 0x0f]),
            ("UInt64Value", "\"1\"", [0x08, 0x01]),
            ("Value", "\"a\"", [0x1a, 0x01, 0x61]),
        ] as [(String, String, [UInt8])])
    func wellKnownForms(name: String, text: String, bytes: [UInt8]) async throws {
        let files = ["duration", "field_mask", "struct", "timestamp", "wrappers"]
        let source =
            "syntax = \"proto3\";\npackage test.v1;\n"
            + files.map { "import \"google/protobuf/\($0).proto\";\n" }.joined()
            + "message Holder { google.protobuf.\(name) it = 1; }\n"
        let set = try DescriptorSet(
            serialized: try await ProtoCompiler.descriptorSet(source: source))
        let mapping = try DynamicJSON(set)
        let json = try value("{\"it\": \(text)}")
        let written = try mapping.serialized("test.v1.Holder", from: json)
        #expect(written == [0x0a, UInt8(bytes.count)] + bytes)
        #expect(try mapping.json("test.v1.Holder", from: written) == json)
    }
}
