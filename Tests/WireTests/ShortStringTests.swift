import Testing
import Wire

/// Strings that decoder and encoder make and read in two registers, and those just too long for it.
@Suite struct ShortStringTests {
    /// Each length from one end of the ASCII to the other, and texts whose last character is longer.
    static let texts: [String] = (0...40).flatMap { count in
        [
            String(repeating: "x", count: count), String(repeating: "\u{0}", count: count),
            String(repeating: "\u{7F}", count: count),
            String("abcdefghijklmnopqrstuvwxyz0123456789ABCD".prefix(count)),
            String(repeating: "a", count: count) + "é", String(repeating: "b", count: count) + "🎟",
            "ü" + String(repeating: "c", count: count),
        ]
    }

    @Test func theyAreUsedWithThisStandardLibrary() {
        // Else decoding is right, and twice as slow: the layout is to be looked at again.
        #expect(ShortString.isKnown)
    }

    @Test(arguments: texts)
    func aDecodedTextIsLikeAnyOther(text: String) throws {
        let utf8 = [UInt8](text.utf8)
        // The text at the very end of the input, so that a load beyond it would be seen.
        let bytes = [0x72, UInt8(utf8.count)] + utf8
        let decoded = try AllKinds(serialized: bytes).string
        #expect(decoded == text)
        #expect([UInt8](decoded.utf8) == utf8)
        #expect(decoded.hashValue == text.hashValue)
        #expect(decoded + "." == text + ".")
        #expect(Set([decoded, text]).count == 1)
    }

    /// What follows must not get in, and a load must not need more of it than there is.
    @Test(arguments: texts)
    func aDecodedTextHasNothingOfWhatFollows(text: String) throws {
        let field = [0x72, UInt8(text.utf8.count)] + [UInt8](text.utf8)
        for rest in 0...20 {
            // 0x7A: bytes, of 0xFF.
            let after = [0x7A, UInt8(rest)] + [UInt8](repeating: 0xFF, count: rest)
            let decoded = try AllKinds(serialized: field + after)
            #expect([UInt8](decoded.string.utf8) == [UInt8](text.utf8), "before \(rest) bytes")
            #expect(decoded.bytes == [UInt8](repeating: 0xFF, count: rest))
        }
    }

    @Test(arguments: ["", "short", "just fifteen b.", "more than the fifteen bytes", "ä"], texts)
    func aTextTakesThePlaceOfAnother(first: String, text: String) throws {
        func field(_ tag: [UInt8], _ text: String) -> [UInt8] {
            tag + [UInt8(text.utf8.count)] + [UInt8](text.utf8)
        }
        // Whatever its length, 16 bytes and more follow.
        let after: [UInt8] = [0x7A, 0x20] + [UInt8](repeating: 0xFF, count: 32)
        let bytes = field([0x72], first) + field([0x72], text) + after
        #expect(try AllKinds(serialized: bytes).string == text)
        let maybe = field([0xB2, 0x01], first) + field([0xB2, 0x01], text) + after
        #expect(try AllKinds(serialized: maybe).maybeString == text)
    }

    @Test(arguments: 1...15)
    func aShortTextMayNotLeaveItsMessage(count: Int) throws {
        let text = [0x72, UInt8(count)] + [UInt8](repeating: 0x61, count: count)
        // The element says that it ends one byte before its text does.
        let bytes = [0xA2, 0x02, UInt8(count + 1)] + text
        #expect(throws: WireError(.truncated, offset: 5)) {
            try AllKinds(serialized: bytes + [UInt8](repeating: 0x61, count: 32))
        }
    }

    @Test(arguments: texts)
    func anEncodedTextIsItsBytes(text: String) {
        let utf8 = [UInt8](text.utf8)
        let message = AllKinds.with {
            $0.string = text
            $0.maybeString = text
        }
        let expected =
            (utf8.isEmpty ? [] : [0x72, UInt8(utf8.count)] + utf8)
            + [0xB2, 0x01, UInt8(utf8.count)] + utf8
        #expect(message.serialized() == expected)
    }

    @Test(arguments: 1...40)
    func aByteThatIsNoUTF8IsSeenAtEachPlace(count: Int) throws {
        for place in 0..<count {
            var utf8 = [UInt8](repeating: 0x61, count: count)
            utf8[place] = 0x80
            #expect(throws: WireError(.invalidUTF8, offset: 2)) {
                try AllKinds(serialized: [0x72, UInt8(count)] + utf8)
            }
        }
    }

    @Test func aTextThatTheEncoderHasNoRoomForMakesRoom() {
        for count in 0..<600 {
            let message = AllKinds.with {
                $0.bytes = [UInt8](repeating: 1, count: count)
                $0.strings = ["fifteen bytes.."]
            }
            #expect(message.serialized().suffix(15) == [UInt8]("fifteen bytes..".utf8)[...])
        }
    }
}

/// Arrays of messages, for which the decoder makes room beforehand.
@Suite struct RepeatedMessageTests {
    private func child(_ number: Int, padding: Int = 0) -> AllKinds {
        .with {
            $0.int32 = Int32(number)
            $0.bytes = [UInt8](repeating: 7, count: padding)
        }
    }

    @Test(arguments: [1, 2, 3, 100, 2000], [0, 120, 130, 20_000])
    func aRunIsReadWhole(count: Int, padding: Int) throws {
        guard count * padding <= 4_000_000 else { return }
        let message = AllKinds.with {
            $0.children = (0..<count).map { child($0, padding: padding) }
        }
        let decoded = try AllKinds(serialized: message.serialized())
        #expect(decoded == message)
    }

    @Test func runsWithOtherFieldsBetweenGrowOneArray() throws {
        var bytes: [UInt8] = []
        for number in 0..<50 {
            bytes += AllKinds.with { $0.children = [child(number), child(number)] }.serialized()
            bytes += AllKinds.with { $0.string = "between" }.serialized()
        }
        let decoded = try AllKinds(serialized: bytes)
        #expect(decoded.children.map(\.int32) == (0..<50).flatMap { [Int32($0), Int32($0)] })
    }

    @Test func aRunThatEndsEarlyIsAnError() throws {
        let bytes = AllKinds.with { $0.children = (1...9).map { child($0) } }.serialized()
        let whole = bytes.count / 9
        for count in bytes.indices where count % whole != 0 {
            #expect(throws: WireError.self) { try AllKinds(serialized: [UInt8](bytes[..<count])) }
        }
    }
}
