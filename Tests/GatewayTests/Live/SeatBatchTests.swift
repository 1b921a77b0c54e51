import Contracts
import NIOCore
import Testing
import Wire

@testable import Gateway

@Suite("Seat changes as events of a stream")
struct SeatBatchTests {
    private func changes(
        _ from: UInt64, _ number: UInt64, _ places: [UInt32], _ states: String
    ) -> EventV1.SeatChanges {
        .with {
            $0.generation = "7-0123abcd"
            $0.from = from
            $0.number = number
            $0.places = places
            $0.states = states
            $0.changedAtMs = Int64(1_000 + number)
        }
    }

    @Test("Several changes as one: each place once, with its last letter")
    func merged() throws {
        let batch = try #require(
            SeatBatch([
                changes(4, 5, [7, 8], "hh"), changes(5, 6, [8, 1], "fh"), changes(6, 9, [7], "s"),
            ]))
        #expect(batch.changes.from == 4)
        #expect(batch.changes.number == 9)
        #expect(batch.changes.places == [7, 8, 1])
        #expect(batch.changes.states == "sfh")
        #expect(batch.changes.changedAtMs == 1_005)
        var letters = Array("ffffffff".utf8)
        batch.apply(to: &letters)
        // Place 8 is beyond the last: what this plan does not have is left out.
        #expect(String(decoding: letters, as: UTF8.self) == "fhfffffs")
        #expect(SeatBatch([]) == nil)
    }

    @Test("An event names its version, and the version is read back from it")
    func events() throws {
        let version = EventV1.SeatVersion.with {
            $0.generation = "7-0123abcd"
            $0.number = 42
        }
        let text = try SeatEventText.event("changes", version, changes(41, 42, [3], "h"))
        #expect(
            String(buffer: text)
                == "id: 7-0123abcd.42\nevent: changes\ndata: "
                + #"{"generation":"7-0123abcd","from":"41","number":"42","places":[3],"#
                + #""states":"h","changedAtMs":"1042"}"# + "\n\n")
        #expect(SeatEventText.version(ofID: "7-0123abcd.42") == version)
    }

    @Test(
        "What is no id of an event is none",
        arguments: ["", "42", ".42", "7-a.", "7-a.x", "7-a.-1", String(repeating: "7", count: 200)])
    func strangers(id: String) {
        #expect(SeatEventText.version(ofID: id) == nil)
    }

    @Test("The binary form has half a byte per place")
    func binary() {
        let bytes = SeatSnapshots.binary(
            .with {
                $0.version = .with {
                    $0.generation = "7-a"
                    $0.number = 258
                }
                $0.states = "fhcsbx?"
            })
        #expect(
            bytes == Array("USM1".utf8) + [2, 1, 0, 0, 0, 0, 0, 0] + [7, 0, 0, 0] + [3]
                + Array("7-a".utf8) + [0x21, 0x43, 0x65, 0x00])
    }
}
