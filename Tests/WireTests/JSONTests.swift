import Contracts
import Testing
import Wire

struct JSONTests {
    private static let types = KnownTypes([Leaf.self, AllKinds.self])

    private func decode(
        _ json: String, ignoringUnknown: Bool = false
    ) throws(WireError) -> AllKinds {
        try AllKinds(
            json: Array(json.utf8),
            options: JSONDecodingOptions(ignoresUnknownFields: ignoringUnknown, types: Self.types))
    }

    private func encode(_ message: some Message, zeros: Bool = false) throws -> String {
        let bytes = try message.jsonBytes(
            options: JSONEncodingOptions(writesZeroValues: zeros, types: Self.types))
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Writing

    @Test func writesEveryKind() throws {
        let message = AllKinds.with {
            $0.int32 = -5
            $0.int64 = .min
            $0.uint64 = .max
            $0.float = 1.5
            $0.double = -0.0
            $0.bool = true
            $0.string = "a\"b\n€"
            $0.bytes = [0xFB, 0xFF, 1, 2]
            $0.colour = .red
            $0.maybeInt32 = 0
            $0.maybeColour = Colour(rawValue: 99)
            $0.doubles = [.nan, .infinity, -.infinity, 1e21]
            $0.texts = ["b": "2", "a": "1"]
            $0.leaves = [-1: Leaf()]
            $0.flags = [true: .red]
            $0.choice = .text("")
            $0.time = Timestamp(seconds: 1_700_000_000, nanos: 120_000_000)
            $0.length = ProtoDuration(seconds: 0, nanos: -1)
        }
        #expect(
            try encode(message)
                == #"{"int32":-5,"int64":"-9223372036854775808","#
                + #""uint64":"18446744073709551615","float":1.5,"double":-0,"bool":true,"#
                + #""string":"a\"b\n€","bytes":"+/8BAg==","colour":"COLOUR_RED","#
                + #""maybeInt32":0,"maybeColour":99,"#
                + #""doubles":["NaN","Infinity","-Infinity",1e+21],"#
                + #""texts":{"a":"1","b":"2"},"leaves":{"-1":{}},"#
                + #""flags":{"true":"COLOUR_RED"},"text":"","#
                + #""time":"2023-11-14T22:13:20.120Z","length":"-0.000000001s"}"#)
    }

    @Test func writesZerosWhenAsked() throws {
        #expect(try encode(Leaf()) == "{}")
        #expect(try encode(Leaf(), zeros: true) == #"{"number":0,"names":[]}"#)
        let hold = EventV1.Hold.with { $0.places = [EventV1.HeldPlace()] }
        #expect(
            try encode(hold, zeros: true)
                == #"{"holdId":"","eventId":"","state":"HOLD_STATE_UNSPECIFIED","#
                + #""places":[{"place":0,"seatGuid":"","areaId":"","label":"","category":"","#
                + #""priceType":"","priceMinor":"0"}],"totalMinor":"0","currency":"","#
                + #""token":"","fence":"0"}"#)
    }

    @Test func leavesAbsentPresenceOut() throws {
        let json = try encode(AllKinds(), zeros: true)
        for name in ["leaf\"", "maybe", "text\"", "number", "time"] {
            #expect(!json.contains(name), "\(name)")
        }
        #expect(json.contains(#""texts":{}"#))
    }

    @Test(
        arguments: [
            (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
            (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
            (0, 0, "1970-01-01T00:00:00Z"),
            (-1, 500_000_000, "1969-12-31T23:59:59.500Z"),
            (951_782_400, 1_000, "2000-02-29T00:00:00.000001Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
            (-2_203_891_200, 0, "1900-03-01T00:00:00Z"),
        ] as [(Int64, Int32, String)])
    func writesAndReadsTimes(_ seconds: Int64, _ nanos: Int32, _ text: String) {
        let time = Timestamp(seconds: seconds, nanos: nanos)
        #expect(time.rfc3339 == text)
        #expect(Timestamp(rfc3339: text) == time)
    }

    @Test(
        arguments: [
            (Timestamp(seconds: -62_135_596_801), nil), (Timestamp(seconds: 253_402_300_800), nil),
            (Timestamp(seconds: 0, nanos: -1), nil),
            (Timestamp(seconds: 0, nanos: 1_000_000_000), nil),
        ] as [(Timestamp, String?)])
    func refusesToWriteTimesOutOfRange(_ time: Timestamp, _ text: String?) {
        #expect(time.rfc3339 == text)
        let error = #expect(throws: WireError.self) { try time.jsonBytes() }
        #expect(error?.code == .notRepresentable)
    }

    @Test(arguments: [
        ProtoDuration(seconds: 315_576_000_001), ProtoDuration(seconds: 1, nanos: -1),
        ProtoDuration(seconds: -1, nanos: 1), ProtoDuration(seconds: 0, nanos: 1_000_000_000),
    ])
    func refusesToWriteDurationsOutOfRange(_ length: ProtoDuration) {
        let error = #expect(throws: WireError.self) { try length.jsonBytes() }
        #expect(error?.code == .notRepresentable)
    }

    // MARK: Reading

    static let accepted: [Accepted] = [
        Accepted("empty", "{}") { _ in },
        Accepted("own names", #"{"maybe_int32": 1, "packed_ints": [1, 2]}"#) {
            $0.maybeInt32 = 1
            $0.packedInts = [1, 2]
        },
        Accepted("JSON names, any order", #"{"packedInts": [1, 2], "maybeInt32": 1}"#) {
            $0.maybeInt32 = 1
            $0.packedInts = [1, 2]
        },
        Accepted(
            "null is absent", #"{"int32":null,"leaf":null,"strings":null,"texts":null,"text":null}"#
        ) { _ in },
        Accepted("a null member does not count", #"{"number":null,"text":"a"}"#) {
            $0.choice = .text("a")
        },
        Accepted(
            "integers from strings", #"{"int32":"-7","int64":"9","uint64":18446744073709551615}"#
        ) {
            $0.int32 = -7
            $0.int64 = 9
            $0.uint64 = .max
        },
        Accepted("integral forms", #"{"int32":1e2,"int64":5.0,"uint32":"1.0e1"}"#) {
            $0.int32 = 100
            $0.int64 = 5
            $0.uint32 = 10
        },
        Accepted("not numbers", #"{"doubles":["NaN","Infinity","-Infinity","1.5",2]}"#) {
            $0.doubles = [.nan, .infinity, -.infinity, 1.5, 2]
        },
        Accepted("enum by number", #"{"colour":1,"colours":["COLOUR_NEGATIVE",42]}"#) {
            $0.colour = .red
            $0.colours = [.negative, Colour(rawValue: 42)]
        },
        Accepted("base64", #"{"bytes":"+/8BAg=="}"#) { $0.bytes = [0xFB, 0xFF, 1, 2] },
        Accepted("base64url, no padding", #"{"bytes":"-_8BAg"}"#) {
            $0.bytes = [0xFB, 0xFF, 1, 2]
        },
        Accepted("time with an offset", #"{"time":"1970-01-01T01:00:00.5+01:00"}"#) {
            $0.time = Timestamp(seconds: 0, nanos: 500_000_000)
        },
        Accepted("durations", #"{"length":"-1.5s"}"#) {
            $0.length = ProtoDuration(seconds: -1, nanos: -500_000_000)
        },
        Accepted("maps", #"{"leaves":{"-1":{"number":1}},"flags":{"true":"COLOUR_RED","false":0}}"#)
        {
            $0.leaves = [-1: .with { $0.number = 1 }]
            $0.flags = [true: .red, false: .unspecified]
        },
        Accepted("escapes", #"{"string":"\ud83c\udf9f\u0041\/"}"#) { $0.string = "🎟A/" },
        Accepted(
            "Any, its type last", #"{"any":{"number":3,"@type":"type.googleapis.com/test.Leaf"}}"#
        ) {
            $0.any = AnyMessage(packing: Leaf.with { $0.number = 3 })
        },
        Accepted(
            "Any of a type with a form of its own",
            #"{"any":{"@type":"x/google.protobuf.Duration","value":"1s"}}"#
        ) {
            $0.any = .with {
                $0.typeURL = "x/google.protobuf.Duration"
                $0.value = ProtoDuration(seconds: 1).serialized()
            }
        },
        Accepted("an empty Any", #"{"any":{}}"#) { $0.any = AnyMessage() },
    ]

    @Test(arguments: accepted)
    func accepts(_ accepted: Accepted) throws {
        let message = try decode(accepted.bytes)
        #expect(message.serialized() == accepted.message.serialized())
    }

    @Test(arguments: [
        (#"{"int32":2147483648}"#, WireError.Code.invalidJSON, "int32"),
        (#"{"int32":0.5}"#, .invalidJSON, "int32"),
        (#"{"int32":"0.5"}"#, .invalidJSON, "int32"),
        (#"{"int32":""}"#, .invalidJSON, "int32"),
        (#"{"int32":" 1"}"#, .invalidJSON, "int32"),
        (#"{"int32":"+1"}"#, .invalidJSON, "int32"),
        (#"{"int32":"0x1"}"#, .invalidJSON, "int32"),
        (#"{"int32":true}"#, .invalidJSON, "int32"),
        (#"{"int64":"9223372036854775808"}"#, .invalidJSON, "int64"),
        (#"{"uint32":-1}"#, .invalidJSON, "uint32"),
        (#"{"uint64":18446744073709551616}"#, .invalidJSON, "uint64"),
        (#"{"float":3.502823e+38}"#, .invalidJSON, "float"),
        (#"{"double":"1.89769e+308"}"#, .invalidJSON, "double"),
        (#"{"double":"nan"}"#, .invalidJSON, "double"),
        (#"{"bool":"true"}"#, .invalidJSON, "bool"),
        (#"{"bool":1}"#, .invalidJSON, "bool"),
        (#"{"string":1}"#, .invalidJSON, "string"),
        (#"{"bytes":"a"}"#, .invalidJSON, "bytes"),
        (#"{"bytes":"a*"}"#, .invalidJSON, "bytes"),
        (#"{"bytes":"aa="}"#, .invalidJSON, "bytes"),
        (#"{"colour":"RED"}"#, .invalidJSON, "colour"),
        (#"{"colour":1.5}"#, .invalidJSON, "colour"),
        (#"{"packedInts":[1,null]}"#, .invalidJSON, "packedInts[1]"),
        (#"{"packedInts":1}"#, .invalidJSON, "packedInts"),
        (#"{"leaf":[]}"#, .invalidJSON, "leaf"),
        (
            #"{"children":[{},{"leaf":{"names":["a",2]}}]}"#, .invalidJSON,
            "children[1].leaf.names[1]"
        ),
        (#"{"texts":{"a":null}}"#, .invalidJSON, "texts.a"),
        (#"{"leaves":{"1.0":{}}}"#, .invalidJSON, "leaves[\"1.0\"]"),
        (#"{"time":"1970-01-01"}"#, .invalidJSON, "time"),
        (#"{"time":"1970-02-30T00:00:00Z"}"#, .invalidJSON, "time"),
        (#"{"time":"1970-01-01t00:00:00Z"}"#, .invalidJSON, "time"),
        (#"{"time":"1970-01-01T00:00:00z"}"#, .invalidJSON, "time"),
        (#"{"time":"1970-01-01T00:00:00"}"#, .invalidJSON, "time"),
        (#"{"time":"1970-01-01T24:00:00Z"}"#, .invalidJSON, "time"),
        (#"{"time":"1970-01-01T00:00:00.0000000001Z"}"#, .invalidJSON, "time"),
        (#"{"time":"0000-01-01T00:00:00Z"}"#, .invalidJSON, "time"),
        (#"{"time":"10000-01-01T00:00:00Z"}"#, .invalidJSON, "time"),
        (#"{"length":"1"}"#, .invalidJSON, "length"),
        (#"{"length":"315576000001s"}"#, .invalidJSON, "length"),
        (#"{"length":"1.0000000001s"}"#, .invalidJSON, "length"),
        (#"{"any":{"number":3}}"#, .invalidJSON, "any"),
        (#"{"any":{"@type":"x/none.Such"}}"#, .invalidJSON, "any"),
        (#"{"any":{"@type":"x/test.Leaf","bad":1}}"#, .unknownField, "any.bad"),
        (#"{"nope":1}"#, .unknownField, "nope"),
        (#"{"children":[{},{"nope":{"a":[1]}}]}"#, .unknownField, "children[1].nope"),
        (#"{"Int32":1}"#, .unknownField, "Int32"),
        (#"{"int32":1,"int32":2}"#, .duplicateField, "int32"),
        (#"{"maybeInt32":1,"maybe_int32":2}"#, .duplicateField, "maybe_int32"),
        (#"{"number":1,"text":"a"}"#, .duplicateField, "text"),
        (#"{"choiceLeaf":{},"number":1}"#, .duplicateField, "number"),
        (#"{"texts":{"a":"1","a":"2"}}"#, .duplicateField, "texts.a"),
        (#"{"int32":1"#, .invalidJSON, "int32"),
        (#"{"int32":1,}"#, .invalidJSON, "int32"),
        ("{} {}", .invalidJSON, ""),
        ("null", .invalidJSON, ""),
        ("[]", .invalidJSON, ""),
        ("", .invalidJSON, ""),
    ])
    func refuses(_ json: String, _ code: WireError.Code, _ path: String) {
        let error = #expect(throws: WireError.self) { try decode(json) }
        #expect(error?.code == code)
        #expect(error?.path == path)
    }

    @Test func passesOverUnknownFieldsWhenAsked() throws {
        let json =
            #"{"nope":{"a":[1,{"b":null}]},"int32":1,"colours":["NONE",1],"flags":{"true":"NONE"}}"#
        let message = try decode(json, ignoringUnknown: true)
        #expect(
            message
                == .with {
                    $0.int32 = 1
                    $0.colours = [.red]
                })
    }

    @Test func limitsDepth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: #"{"children":["#, count: levels) + "{}"
                + String(repeating: "]}", count: levels)
        }
        _ = try decode(nested(100))
        let error = #expect(throws: WireError.self) { try decode(nested(101)) }
        #expect(error?.code == .tooDeep)
    }

    // MARK: Both

    @Test(arguments: 1...100 as ClosedRange<UInt64>, [false, true])
    func readsWhatItWrites(_ seed: UInt64, _ zeros: Bool) throws {
        let message = RandomFiller.message(AllKinds.self, seed: seed, forJSON: true)
        let json = try encode(message, zeros: zeros)
        #expect(try decode(json) == message)
    }

    @Test(arguments: Contracts.messages.indices)
    func readsWhatItWritesOfEveryContract(_ index: Int) throws {
        try roundTrip(Contracts.messages[index])
    }

    private func roundTrip<M: Message>(_ type: M.Type) throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let message = RandomFiller.message(M.self, seed: seed, forJSON: true)
            let bytes = try message.jsonBytes(options: JSONEncodingOptions(writesZeroValues: true))
            #expect(try M(json: bytes) == message, "\(M.protoName), seed \(seed)")
        }
    }
}
