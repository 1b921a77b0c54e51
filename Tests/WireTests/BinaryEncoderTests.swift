import Contracts
import Testing
import Wire

struct BinaryEncoderTests {
    @Test func omitsDefaults() {
        let message = AllKinds.with {
            $0.double = 0
            $0.string = ""
            $0.colour = .unspecified
        }
        #expect(message.serialized() == [])
    }

    @Test func writesNegativeZero() {
        #expect(
            AllKinds.with { $0.double = -0.0 }.serialized() == hex("61 00 00 00 00 00 00 00 80"))
        #expect(AllKinds.with { $0.float = -0.0 }.serialized() == hex("5d 00 00 00 80"))
    }

    @Test func writesOptionalDefaults() {
        let message = AllKinds.with {
            $0.maybeInt32 = 0
            $0.maybeString = ""
            $0.maybeColour = .unspecified
            $0.leaf = Leaf()
            $0.choice = .number(0)
        }
        #expect(
            message.serialized()
                == hex("8a 01 00 a8 01 00 b2 01 00 b8 01 00 98 03 00"))
    }

    @Test func writesNegativeNumbersInTenBytes() {
        let message = AllKinds.with {
            $0.int32 = -1
            $0.colour = .negative
        }
        #expect(
            message.serialized()
                == hex(
                    """
                    08 ff ff ff ff ff ff ff ff ff 01
                    80 01 ff ff ff ff ff ff ff ff ff 01
                    """))
    }

    @Test func packsUnlessTold() {
        let message = AllKinds.with {
            $0.packedInts = [1, 300]
            $0.unpackedSints = [-1, 1]
            $0.bools = [true, false]
        }
        #expect(
            message.serialized()
                == hex("fa 01 03 01 ac 02 80 02 01 80 02 02 b2 02 02 01 00"))
    }

    @Test func writesMapsInTheOrderOfTheirKeys() {
        let message = AllKinds.with {
            $0.leaves = [3: Leaf(), -1: .with { $0.number = 1 }, 2: Leaf()]
            $0.flags = [true: .red, false: .unspecified]
        }
        #expect(
            message.serialized()
                == hex(
                    """
                    d2 02 0f 08 ff ff ff ff ff ff ff ff ff 01 12 02 08 01
                    d2 02 04 08 02 12 00  d2 02 04 08 03 12 00
                    da 02 04 08 00 10 00  da 02 04 08 01 10 01
                    """))
    }

    @Test func writesUnknownFieldsLast() throws {
        let message = try AllKinds(serialized: hex("a0 06 05 08 01"))
        #expect(message.serialized() == hex("08 01 a0 06 05"))
    }

    /// Lengths of one, two and three bytes, each within the other.
    @Test func writesLongMessages() throws {
        var message = AllKinds.with { $0.bytes = [UInt8](repeating: 7, count: 100) }
        for size in [127, 128, 16_383, 16_384, 100_000] {
            let inner = message
            message = .with {
                $0.children = [inner, AllKinds(), inner]
                $0.bytes = [UInt8](repeating: 1, count: size)
            }
            #expect(try AllKinds(serialized: message.serialized()) == message)
        }
    }

    @Test func leavesTheMessageAlone() {
        let message = RandomFiller.message(AllKinds.self, seed: 11)
        let copy = message
        _ = message.serialized()
        #expect(message == copy)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func readsWhatItWrites(_ seed: UInt64) throws {
        let message = RandomFiller.message(AllKinds.self, seed: seed)
        let bytes = message.serialized()
        let again = try AllKinds(serialized: bytes)
        #expect(again == message)
        #expect(again.serialized() == bytes)
    }

    @Test(arguments: Contracts.messages.indices)
    func readsWhatItWritesOfEveryContract(_ index: Int) throws {
        try roundTrip(Contracts.messages[index])
    }

    private func roundTrip<M: Message>(_ type: M.Type) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let message = RandomFiller.message(M.self, seed: seed)
            let bytes = message.serialized()
            #expect(try M(serialized: bytes) == message, "\(M.protoName), seed \(seed)")
            #expect(message.withSerialized { Array($0) } == bytes)
        }
    }
}
