import ContractSupport
import Descriptors
import RandomSupport
import Testing

@Suite struct DynamicSchemaTests {
    private let everything = "test.v1.Everything"
    private let part = "test.v1.Everything.Part"

    /// Bytes from the Protocol Buffers encoding guide, and the same for what it does not show.
    @Test func bytesAreThoseOfTheEncodingGuide() async throws {
        let schema = try await TestProto.schema()
        let cases: [([Int: DynamicValue], [UInt8])] = [
            ([3: .int32(150)], [0x18, 0x96, 0x01]),
            ([3: .int32(-1)], [0x18] + [UInt8](repeating: 0xff, count: 9) + [0x01]),
            ([7: .int32(-2)], [0x38, 0x03]),
            ([14: .string("testing")], [0x72, 0x07] + Array("testing".utf8)),
            ([13: .bool(true)], [0x68, 0x01]),
            (
                [30: .list([.int32(3), .int32(270), .int32(86942)])],
                [0xf2, 0x01, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]
            ),
            ([31: .list([.int64(-1), .int64(1)])], [0xf8, 0x01, 0x01, 0xf8, 0x01, 0x02]),
            ([20: .int32(0)], [0xa0, 0x01, 0x00]),
            ([21: .string("")], [0xaa, 0x01, 0x00]),
            ([40: .string("")], [0xc2, 0x02, 0x00]),
            ([44: .bool(false)], [0xe0, 0x02, 0x00]),
            ([18: .message(DynamicMessage(part))], [0x92, 0x01, 0x00]),
        ]
        for (fields, bytes) in cases {
            let message = DynamicMessage(everything, fields: fields)
            #expect(try schema.pack(message) == bytes, "\(fields)")
            #expect(try schema.unpack(everything, from: bytes) == message, "\(fields)")
        }
    }

    @Test func randomMessagesComeBackTheSame() async throws {
        let set = try await TestProto.set()
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: 7)
        for round in 0..<400 {
            let message = generator.message(everything)
            let bytes = try schema.pack(message)
            #expect(try schema.unpack(everything, from: bytes) == message, "message \(round)")
        }
    }

    /// Also what is cut or damaged is read or refused; nothing crashes.
    @Test func damagedBytesAreReadOrRefused() async throws {
        let set = try await TestProto.set()
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: 11)
        var random = SplitMix64(state: 12)
        var refused = 0
        for _ in 0..<600 {
            var bytes = try schema.pack(generator.message(everything))
            guard !bytes.isEmpty else { continue }
            if Bool.random(using: &random) {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            } else {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: .min ... .max, using: &random)
            }
            do {
                _ = try schema.unpack(everything, from: bytes)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test func defaultsWithoutPresenceAreLeftOut() async throws {
        let schema = try await TestProto.schema()
        let message = DynamicMessage(
            everything,
            fields: [
                3: .int32(0), 13: .bool(false), 14: .string(""), 15: .bytes([]),
                16: .enumeration(0), 30: .list([]), 37: .list([]),
            ])
        #expect(try schema.pack(message).isEmpty)
        #expect(try schema.unpack(everything, from: []) == DynamicMessage(everything))
    }

    @Test func lastMemberOfOneofWins() async throws {
        let schema = try await TestProto.schema()
        let text = try schema.pack(DynamicMessage(everything, fields: [40: .string("first")]))
        let data = try schema.pack(DynamicMessage(everything, fields: [41: .bytes([1, 2])]))
        #expect(
            try schema.unpack(everything, from: text + data).fields == [41: .bytes([1, 2])])
    }

    @Test func unknownFieldsAreKept() async throws {
        let schema = try await TestProto.schema()
        // Field 2,000 as varint 5, field 2,001 as the two bytes "hi".
        let bytes: [UInt8] = [0x80, 0x7d, 0x05, 0x8a, 0x7d, 0x02, 0x68, 0x69]
        let message = try schema.unpack("test.v1.Empty", from: bytes)
        #expect(
            message.unknownFields == [
                DynamicUnknownField(number: 2000, wireType: 0, payload: [5]),
                DynamicUnknownField(number: 2001, wireType: 2, payload: [2, 0x68, 0x69]),
            ])
        #expect(try schema.pack(message) == bytes)
    }

    @Test func packedAndLooseAreBothRead() async throws {
        let schema = try await TestProto.schema()
        let expected: [Int: DynamicValue] = [30: .list([.int32(1), .int32(2)])]
        #expect(
            try schema.unpack(everything, from: [0xf0, 0x01, 1, 0xf0, 0x01, 2]).fields == expected)
        #expect(
            try schema.unpack(everything, from: [0xf2, 0x01, 1, 1, 0xf2, 0x01, 1, 2]).fields
                == expected)
    }

    @Test(arguments: [
        Refusal("cut varint", .malformed, [0x18, 0x96]),
        Refusal("cut string", .malformed, [0x72, 0x02, 0x61]),
        Refusal("field number 0", .malformed, [0x00, 0x00]),
        Refusal("wire type 6", .malformed, [0x1e]),
        Refusal("long varint", .malformed, [0x18] + [UInt8](repeating: 0x80, count: 10)),
        Refusal("another wire type", .malformed, [0x1d, 0, 0, 0, 0]),
        Refusal("not UTF-8", .malformed, [0x72, 0x02, 0xc3, 0x28]),
        Refusal("NUL in a string", .unsupported, [0x72, 0x03, 0x61, 0x00, 0x62]),
        Refusal("group", .unsupported, [0x1b, 0x1c]),
        Refusal("submessage twice", .unsupported, [0x92, 0x01, 0x00, 0x92, 0x01, 0x00]),
    ]) func wrongBytesAreRefused(refusal: Refusal) async throws {
        let schema = try await TestProto.schema()
        let error = #expect(throws: DescriptorError.self) {
            try schema.unpack(everything, from: refusal.bytes)
        }
        #expect(error?.code == refusal.code)
    }

    @Test func wrongValuesAreRefused() async throws {
        let schema = try await TestProto.schema()
        func code(_ fields: [Int: DynamicValue]) -> DescriptorError.Code? {
            #expect(throws: DescriptorError.self) {
                try schema.pack(DynamicMessage(everything, fields: fields))
            }?.code
        }
        #expect(code([3: .int64(1)]) == .mismatch)
        #expect(code([3: .list([.int32(1)])]) == .mismatch)
        #expect(code([30: .int32(1)]) == .mismatch)
        #expect(code([18: .message(DynamicMessage("test.v1.Empty"))]) == .mismatch)
        #expect(code([40: .string("a"), 44: .bool(true)]) == .mismatch)
        #expect(code([999: .int32(1)]) == .unknownType)
        #expect(code([14: .string("a\0b")]) == .unsupported)
        // The list is half written when its last element is refused.
        #expect(code([34: .list([.string("a"), .string("b"), .int32(1)])]) == .mismatch)
        let halfPart = DynamicMessage(part, fields: [1: .string("a"), 2: .string("b")])
        #expect(code([42: .message(halfPart)]) == .mismatch)
    }

    @Test func unknownTypeIsRefused() async throws {
        let schema = try await TestProto.schema()
        #expect(
            #expect(throws: DescriptorError.self) {
                try schema.pack(DynamicMessage("test.v1.Nothing"))
            }?.code == .unknownType)
        #expect(
            #expect(throws: DescriptorError.self) {
                try schema.unpack("test.v1.Nothing", from: [])
            }?.code == .unknownType)
    }

    @Test func depthIsBounded() async throws {
        let schema = try await TestProto.schema()
        /// A Part with this many submessages within each other, as values and as bytes.
        func nested(_ depth: Int) -> (message: DynamicMessage, bytes: [UInt8]) {
            var message = DynamicMessage(depth % 2 == 0 ? part : everything)
            var bytes: [UInt8] = []
            for level in stride(from: depth - 1, through: 0, by: -1) {
                // Part.whole is field 2, Everything.part field 18.
                let isPart = level % 2 == 0
                message = DynamicMessage(
                    isPart ? part : everything, fields: [isPart ? 2 : 18: .message(message)])
                var length: [UInt8] = [UInt8(bytes.count & 0x7f)]
                if bytes.count > 0x7f {
                    length = [length[0] | 0x80, UInt8(bytes.count >> 7)]
                }
                bytes = (isPart ? [0x12] : [0x92, 0x01]) + length + bytes
            }
            return (message, bytes)
        }
        let deepest = nested(DynamicSchema.depthMax)
        #expect(try schema.pack(deepest.message) == deepest.bytes)
        #expect(try schema.unpack(part, from: deepest.bytes) == deepest.message)

        let tooDeep = nested(DynamicSchema.depthMax + 1)
        #expect(
            #expect(throws: DescriptorError.self) { try schema.pack(tooDeep.message) }?.code
                == .tooDeep)
        #expect(
            #expect(throws: DescriptorError.self) {
                try schema.unpack(part, from: tooDeep.bytes)
            }?.code == .tooDeep)
    }

    @Test func typeNamesAreSorted() async throws {
        let names = try await TestProto.schema().typeNames
        #expect(names == names.sorted())
        #expect(names.contains(everything))
    }
}

/// Bytes that are refused, and as what.
struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: DescriptorError.Code
    let bytes: [UInt8]

    init(_ name: String, _ code: DescriptorError.Code, _ bytes: [UInt8]) {
        testDescription = name
        self.code = code
        self.bytes = bytes
    }
}
