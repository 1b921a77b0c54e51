import JSON
import RandomSupport
import Testing

@Suite struct JSONReaderTests {
    @Test(arguments: [
        "null", " true ", "false\n", "0", "-0", "-0.0", "1.5", "1e5", "1E+5", "1e-5",
        "123456789012",
        "\"\"", "\"a\"", "\"\u{7F}\"", "\"\u{E9}\u{10FFFF}\"", #""\"\\\/\b\f\n\r\t""#,
        #""\u00e9\uD83D\uDE00\u0000""#, "[]", "[ ]", "[1]", "[1 , 2]", "{}", "{ }",
        #"{"a":1}"#, #"{"a":{"b":[null]},"":2}"#, "[[[[]]]]", "\t[\r\n]\t", #"{"é":1,"e":2}"#,
    ])
    func accepts(_ text: String) throws {
        let bytes = Array(text.utf8)
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: value.bytes) == value)
        var reader = try JSONReader(bytes)
        try reader.skip()
        try reader.end()
        #expect(reader.offset == bytes.count)
    }

    @Test(arguments: [
        ("", 0), ("  ", 2), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("nul", 0),
        ("nulll", 0), ("True", 0), ("01", 1), ("-01", 2), ("+1", 0), (".5", 0), ("1.", 2),
        ("1.e1", 2), ("1e", 2), ("1e+", 3), ("0x1", 1), ("-", 1), ("1 2", 2), ("[1,]", 3),
        ("[,1]", 1), ("[1 2]", 3), ("[1", 2), ("[", 1), ("]", 0), ("[1}", 2), ("{", 1), ("}", 0),
        (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{a:1}"#, 1), (#"{"a" 1}"#, 5),
        (#"{"a":1]"#, 6), (#"{1:1}"#, 1), ("\"", 1), ("\"a", 2), ("\"\\", 2), (#""\x""#, 1),
        (#""\u12"#, 5), (#""\u123g""#, 6), (#""\uD800""#, 1), (#""\uD800\u0041""#, 1),
        (#""\uDC00""#, 1), (#""\uD800x""#, 1), ("\"\u{1}\"", 1), ("\"a\nb\"", 2), ("'a'", 0),
        ("[1]x", 3), ("// c", 0), ("\u{FEFF}1", 0), ("1\u{A0}", 1), ("\u{0}", 0), ("[1]\u{0}", 3),
    ])
    func refuses(_ text: String, offset: Int) throws {
        let error = try #require(throws: JSONError.self) {
            try JSONValue(parsing: Array(text.utf8))
        }
        #expect(error.code == .syntax)
        #expect(error.offset == offset)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0x80], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xC3],
            [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3, 0x28],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) throws {
        for text in [bytes, Array(#"\n"#.utf8) + bytes] {
            let quoted = Array("[\"x".utf8) + text + Array("\"]".utf8)
            let error = try #require(throws: JSONError.self) {
                var reader = try JSONReader(quoted)
                try reader.skip()
            }
            #expect(error.code == .syntax)
            #expect(error.offset == 3 + text.count - bytes.count)
            #expect(error.path == "[0]")
        }
    }

    @Test func tellsThePath() throws {
        let text = #"{"zones":[{},{"rows":[0,{"a.b":{"x-usher":[1,NaN]}}]}]}"#
        let error = try #require(throws: JSONError.self) {
            try JSONValue(parsing: Array(text.utf8))
        }
        #expect(error.path == #"zones[1].rows[1]["a.b"].x-usher[1]"#)
        #expect(error.message == #"a value is wanted, not "NaN""#)
        #expect(error.description.hasSuffix("(byte 45)"))
    }

    @Test func refusesNamesThatComeTwice() throws {
        let many = (0..<40).map { "\"n\($0)\":0" }.joined(separator: ",")
        for (text, path) in [
            (#"{"a":1,"b":2,"a":3}"#, "a"), (#"{"a":1,"\u0061":3}"#, "a"),
            (#"{"x":{"a":1,"a":2}}"#, "x.a"), ("{\(many),\"n7\":1}", "n7"),
            ("{\(many),\"m\":1,\"m\":1}", "m"),
        ] {
            let error = try #require(throws: JSONError.self) {
                try JSONValue(parsing: Array(text.utf8))
            }
            #expect(error.code == .duplicateName)
            #expect(error.path == path)
        }
        _ = try JSONValue(parsing: Array(#"[{"a":{"a":1}},{"a":1,"b":{"a":2}}]"#.utf8))
        _ = try JSONValue(parsing: Array("{\"o\":{\(many)},\"n7\":{\(many)}}".utf8))
    }

    @Test func limitsDepthWithoutRecursion() throws {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 10_000)
        let error = try #require(throws: JSONError.self) {
            var reader = try JSONReader(deep, limits: .init(depth: 32))
            try reader.skip()
        }
        #expect(error.code == .tooDeep)
        #expect(error.offset == 32)
        var reader = try JSONReader(
            deep + [UInt8](repeating: UInt8(ascii: "]"), count: 10_000),
            limits: .init(depth: 10_000))
        try reader.skip()
        try reader.end()
        _ = try JSONValue(parsing: Array("[[1]]".utf8), limits: .init(depth: 2))
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: Array("[[[]]]".utf8), limits: .init(depth: 2))
        }
    }

    @Test func limitsSizeBeforeReading() throws {
        let error = try #require(throws: JSONError.self) {
            try JSONReader([1, 2, 3, 4], limits: .init(bytes: 3))
        }
        #expect(error.code == .tooLarge)
        _ = try JSONReader(Array("123".utf8), limits: .init(bytes: 3))
    }

    @Test func goesOnAfterAWrongType() throws {
        var reader = try JSONReader(Array(#"[{"a":[1]},1e400,5]"#.utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        let wrong = try #require(throws: JSONError.self) { try reader.string() }
        #expect(wrong.code == .wrongType)
        #expect(wrong.message == "a string is wanted, not an object")
        try reader.skip()
        #expect(try reader.nextElement())
        let large = try #require(throws: JSONError.self) { try reader.double() }
        #expect(large.code == .outOfRange)
        #expect(large.path == "[1]")
        try reader.skip()
        #expect(try reader.nextElement())
        #expect(try reader.int64() == 5)
        #expect(try !reader.nextElement())
        try reader.end()
    }

    @Test func refusesToBeMisused() throws {
        func code(_ use: (inout JSONReader) throws -> Void) throws -> JSONError.Code {
            var reader = try JSONReader(Array(#"{"a":1}"#.utf8))
            return try #require(throws: JSONError.self) { try use(&reader) }.code
        }
        #expect(try code { _ = try $0.nextName() } == .misuse)
        #expect(try code { try $0.end() } == .misuse)
        #expect(
            try code {
                try $0.beginObject()
                _ = try $0.int64()
            } == .misuse)
        #expect(
            try code {
                try $0.skip()
                try $0.skip()
            } == .misuse)
    }

    @Test func readsEverySeededDocumentBackEqual() throws {
        var random = SplitMix64(state: 20_261_123)
        for _ in 0..<500 {
            let value = JSONValue.random(depth: 5, using: &random)
            let bytes = value.bytes
            #expect(try JSONValue(parsing: bytes) == value)
            guard bytes.count > 1 else { continue }
            // Cut short, a container is never a document.
            if value.array != nil || value.object != nil {
                let cut = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
                #expect(throws: JSONError.self) { try JSONValue(parsing: cut) }
            }
            // Altered anywhere, it is refused or read, and never more.
            var altered = bytes
            altered[Int.random(in: altered.indices, using: &random)] = .random(
                in: 0...255, using: &random)
            if let read = try? JSONValue(parsing: altered) {
                #expect(try JSONValue(parsing: read.bytes) == read)
            }
        }
    }
}

extension JSONValue {
    static func random(depth: Int, using random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2:
            return .number(JSONNumber(Int64.random(in: .min ... .max, using: &random)))
        case 3:
            let double = Double(bitPattern: .random(in: 0 ... .max, using: &random))
            return JSONNumber(double).map { .number($0) } ?? .null
        case 4: return .string(text(using: &random))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0...5, using: &random)).map { _ in
                    JSONValue.random(depth: depth - 1, using: &random)
                })
        default:
            var names: Set<String> = []
            return .object(
                (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                    let name = text(using: &random)
                    guard names.insert(name).inserted else { return nil }
                    return JSONMember(name, .random(depth: depth - 3, using: &random))
                })
        }
    }

    private static func text(using random: inout SplitMix64) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x7F...0x7FF, 0x800...0xD7FF, 0x10000...0x10FFFF,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let range = ranges[Int.random(in: ranges.indices, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
