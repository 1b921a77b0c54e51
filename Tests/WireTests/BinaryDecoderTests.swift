import RandomSupport
import Testing
import Wire

/// Bytes and the message that they are.
struct Accepted: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: String
    let message: AllKinds
    var testDescription: String { name }

    init(_ name: String, _ bytes: String, _ build: (inout AllKinds) -> Void) {
        self.name = name
        self.bytes = bytes
        message = .with(build)
    }

    static let all: [Accepted] = [
        Accepted("nothing", "") { _ in },
        Accepted("varint", "08 96 01") { $0.int32 = 150 },
        Accepted("int32 from 10 bytes", "08 ff ff ff ff ff ff ff ff ff 01") { $0.int32 = -1 },
        Accepted("int32 keeps the low 32 bits", "08 81 80 80 80 20") { $0.int32 = 1 },
        Accepted("uint32 keeps the low 32 bits", "18 81 80 80 80 20") { $0.uint32 = 1 },
        Accepted("varint with needless bytes", "08 81 80 00") { $0.int32 = 1 },
        Accepted("tag with needless bytes", "88 00 05") { $0.int32 = 5 },
        Accepted("bool from any varint", "68 80 80 80 80 80 80 80 80 80 01") { $0.bool = true },
        Accepted("bool from 2^32", "68 80 80 80 80 10") { $0.bool = true },
        Accepted("sint32 least", "28 ff ff ff ff 0f") { $0.sint32 = .min },
        Accepted("sint64 least", "30 ff ff ff ff ff ff ff ff ff 01") { $0.sint64 = .min },
        Accepted("fixed", "3d 01 02 03 04 41 01 02 03 04 05 06 07 08") {
            $0.fixed32 = 0x0403_0201
            $0.fixed64 = 0x0807_0605_0403_0201
        },
        Accepted("negative zero", "61 00 00 00 00 00 00 00 80") { $0.double = -0.0 },
        Accepted("last one wins", "08 01 08 02") { $0.int32 = 2 },
        Accepted("last one wins, others between", "08 01 72 01 61 08 02") {
            $0.int32 = 2
            $0.string = "a"
        },
        Accepted("out of order", "72 01 61 08 02") {
            $0.int32 = 2
            $0.string = "a"
        },
        Accepted("default on the wire", "08 00 72 00") { _ in },
        Accepted("optional default on the wire", "a8 01 00 b2 01 00") {
            $0.maybeInt32 = 0
            $0.maybeString = ""
        },
        Accepted("enum without a name", "80 01 63") { $0.colour = Colour(rawValue: 99) },
        Accepted("negative enum", "80 01 ff ff ff ff ff ff ff ff ff 01") { $0.colour = .negative },
        Accepted("messages merge", "8a 01 05 08 01 12 01 61 8a 01 05 08 02 12 01 62") {
            $0.leaf = .with {
                $0.number = 2
                $0.names = ["a", "b"]
            }
        },
        Accepted("packed", "fa 01 03 01 02 03") { $0.packedInts = [1, 2, 3] },
        Accepted("unpacked where packed is usual", "f8 01 01 f8 01 02") {
            $0.packedInts = [1, 2]
        },
        Accepted("packed where unpacked is usual", "82 02 02 01 02") {
            $0.unpackedSints = [-1, 1]
        },
        Accepted("packed and unpacked together", "fa 01 02 01 02 f8 01 03 fa 01 01 04") {
            $0.packedInts = [1, 2, 3, 4]
        },
        Accepted("packed nothing", "fa 01 00") { _ in },
        Accepted("packed doubles", "9a 02 10 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 40") {
            $0.doubles = [1, 2]
        },
        Accepted("map", "ca 02 06 0a 01 6b 12 01 76") { $0.texts = ["k": "v"] },
        Accepted("map without value", "ca 02 03 0a 01 6b") { $0.texts = ["k": ""] },
        Accepted("map without key", "ca 02 03 12 01 76") { $0.texts = ["": "v"] },
        Accepted("map of nothing", "ca 02 00") { $0.texts = ["": ""] },
        Accepted("map's last value wins", "ca 02 06 0a 01 6b 12 01 76 ca 02 06 0a 01 6b 12 01 77") {
            $0.texts = ["k": "w"]
        },
        Accepted("map, value before key", "ca 02 06 12 01 76 0a 01 6b") { $0.texts = ["k": "v"] },
        Accepted("map, key twice in an entry", "ca 02 09 0a 01 61 0a 01 6b 12 01 76") {
            $0.texts = ["k": "v"]
        },
        Accepted("map entry with an unknown field", "ca 02 08 0a 01 6b 12 01 76 18 01") {
            $0.texts = ["k": "v"]
        },
        Accepted("map to messages without value", "d2 02 02 08 07") { $0.leaves = [7: Leaf()] },
        Accepted("oneof: the last member wins", "98 03 05 aa 03 01 61") { $0.choice = .text("a") },
        Accepted("oneof: the same message merges", "a2 03 02 08 01 a2 03 03 12 01 61") {
            $0.choice = .leaf(
                .with {
                    $0.number = 1
                    $0.names = ["a"]
                })
        },
        Accepted("oneof: another member clears", "a2 03 02 08 01 98 03 05 a2 03 03 12 01 61") {
            $0.choice = .leaf(.with { $0.names = ["a"] })
        },
        Accepted("oneof: a default is a value", "98 03 00") { $0.choice = .number(0) },
        Accepted("unknown varint", "a0 06 05") { $0.unknownFields.bytes = hex("a0 06 05") },
        Accepted("unknown fields around known ones", "a0 06 05 08 01 aa 06 01 61") {
            $0.int32 = 1
            $0.unknownFields.bytes = hex("a0 06 05 aa 06 01 61")
        },
        Accepted("unknown group", "a3 06 08 01 ab 06 ac 06 a4 06") {
            $0.unknownFields.bytes = hex("a3 06 08 01 ab 06 ac 06 a4 06")
        },
        Accepted("unknown fixed", "a1 06 01 02 03 04 05 06 07 08 a5 06 01 02 03 04") {
            $0.unknownFields.bytes = hex("a1 06 01 02 03 04 05 06 07 08 a5 06 01 02 03 04")
        },
        Accepted("a known number of another wire type is unknown", "0a 01 61") {
            $0.unknownFields.bytes = hex("0a 01 61")
        },
        Accepted("largest field number", "f8 ff ff ff 0f 01") {
            $0.unknownFields.bytes = hex("f8 ff ff ff 0f 01")
        },
    ]
}

struct BinaryDecoderTests {
    @Test(arguments: Accepted.all)
    func accepts(_ accepted: Accepted) throws {
        let message = try AllKinds(serialized: hex(accepted.bytes))
        #expect(message == accepted.message)
        #expect(try AllKinds(serialized: message.serialized()) == message)
    }

    @Test func keepsTheSignOfZero() throws {
        let message = try AllKinds(serialized: hex("61 00 00 00 00 00 00 00 80"))
        #expect(message.double.sign == .minus)
    }

    @Test(arguments: [
        ("00", WireError.Code.illegalTag),
        ("00 00", .illegalTag),
        ("08 01 00", .illegalTag),
        ("01", .illegalTag),
        ("06", .illegalTag),
        ("0e 01", .illegalTag),
        ("0f 01", .illegalTag),
        ("80 00", .illegalTag),
        ("a6 06", .illegalTag),
        ("f8 ff ff ff 1f 01", .illegalTag),
        ("88 80 80 80 80 00 01", .illegalTag),
        ("8a 01 01 00", .illegalTag),
        ("08", .truncated),
        ("88", .truncated),
        ("08 80", .truncated),
        ("3d 01 02 03", .truncated),
        ("41 01 02 03 04 05 06 07", .truncated),
        ("72", .truncated),
        ("72 02 61", .truncated),
        ("72 ff ff ff ff 07", .truncated),
        ("72 ff ff ff ff ff ff ff ff ff 01", .truncated),
        ("8a 01 02 08", .truncated),
        ("8a 01 01 08 01", .truncated),
        ("8a 01 02 12 01 61", .truncated),
        ("fa 01 02 01", .truncated),
        ("fa 01 01 80 01", .truncated),
        ("9a 02 07 00 00 00 00 00 00 f0", .truncated),
        ("a0 06", .truncated),
        ("a1 06 01", .truncated),
        ("aa 06 02 61", .truncated),
        ("a3 06", .truncated),
        ("a3 06 08", .truncated),
        ("ca 02 02 0a 01", .truncated),
        ("08 ff ff ff ff ff ff ff ff ff ff 01", .malformedVarint),
        ("a0 06 80 80 80 80 80 80 80 80 80 80 00", .malformedVarint),
        ("a4 06", .malformedGroup),
        ("a3 06 ac 06", .malformedGroup),
        ("a3 06 ab 06 a4 06", .malformedGroup),
        ("a3 06 00 a4 06", .illegalTag),
        ("72 01 ff", .invalidUTF8),
        ("72 02 c0 80", .invalidUTF8),
        ("72 03 ed a0 80", .invalidUTF8),
        ("72 04 f4 90 80 80", .invalidUTF8),
        ("8a 02 01 80", .invalidUTF8),
        ("b2 01 01 ff", .invalidUTF8),
        ("aa 03 01 ff", .invalidUTF8),
        ("ca 02 03 0a 01 ff", .invalidUTF8),
    ])
    func refuses(_ bytes: String, _ code: WireError.Code) {
        let error = #expect(throws: WireError.self) {
            try AllKinds(serialized: hex(bytes))
        }
        #expect(error?.code == code)
    }

    @Test func everyPrefixOfAMessageIsAMessageOrTruncated() {
        let bytes = RandomFiller.message(AllKinds.self, seed: 5).serialized()
        #expect(bytes.count > 300)
        for end in 0..<bytes.count {
            do {
                _ = try AllKinds(serialized: Array(bytes[..<end]))
            } catch {
                #expect(error.code == .truncated)
                #expect(error.offset <= end)
            }
        }
    }

    /// What is damaged is refused or is another message: never a trap, never a loop.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func takesAnyBytes(_ seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let good = RandomFiller.message(AllKinds.self, seed: seed).serialized()
        for _ in 0..<200 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            if let message = try? AllKinds(serialized: bytes) {
                let again = message.serialized()
                #expect((try? AllKinds(serialized: again))?.serialized() == again)
            }
        }
    }

    // MARK: Depth

    private func nested(_ levels: Int) -> [UInt8] {
        var message = AllKinds()
        for _ in 0..<levels {
            let inner = message
            message = .with { $0.children = [inner] }
        }
        return message.serialized()
    }

    @Test func takes100Levels() throws {
        _ = try AllKinds(serialized: nested(100))
    }

    @Test func refuses101Levels() {
        let error = #expect(throws: WireError.self) { try AllKinds(serialized: nested(101)) }
        #expect(error?.code == .tooDeep)
    }

    @Test func limitsGroupsToo() throws {
        func groups(_ count: Int) -> [UInt8] {
            (0..<count).flatMap { _ in hex("a3 06") } + (0..<count).flatMap { _ in hex("a4 06") }
        }
        _ = try AllKinds(serialized: groups(100))
        let error = #expect(throws: WireError.self) { try AllKinds(serialized: groups(101)) }
        #expect(error?.code == .tooDeep)
    }

    @Test func mergesIntoWhatIsThere() throws {
        var message = AllKinds.with {
            $0.int32 = 1
            $0.string = "kept"
            $0.packedInts = [1]
            $0.leaf = .with { $0.number = 3 }
        }
        try message.merge(serialized: hex("08 02 fa 01 01 02 8a 01 03 12 01 61").span)
        #expect(
            message
                == .with {
                    $0.int32 = 2
                    $0.string = "kept"
                    $0.packedInts = [1, 2]
                    $0.leaf = .with {
                        $0.number = 3
                        $0.names = ["a"]
                    }
                })
    }
}
