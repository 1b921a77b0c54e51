import JSON
import SeatingPlan
import Testing

@testable import EventService

@Suite("The best seats side by side")
struct SeatPickerTests {
    /// Rows of seats; a letter per seat: A or B for its category, w a wheelchair place, c a
    /// companion's seat, both in A.
    static func layout(_ rows: [String]) throws -> PlanLayout {
        let category = PlanCategory(name: "A")
        let planRows = rows.enumerated().map { row, letters in
            PlanRow(
                number: "\(row + 1)",
                seats: letters.enumerated().map { index, letter in
                    PlanSeat(
                        guid: "\(row + 1)-\(index + 1)", number: "\(index + 1)",
                        category: letter == "B" ? "B" : "A",
                        usher: letter == "w"
                            ? ["accessible": "wheelchair"]
                            : letter == "c" ? ["accessible": "companion"] : nil)
                })
        }
        return try PlanLayout(
            Plan(
                name: "Hall", categories: [category, PlanCategory(name: "B")],
                zones: [PlanZone(rows: planRows)]))
    }

    private func blocks(
        _ rows: [String], _ letters: String, _ quantity: Int, category: Int? = nil
    ) throws -> [[Int]] {
        SeatPicker(
            layout: try Self.layout(rows), letters: Array(letters.utf8), category: category
        ).blocks(of: quantity, limit: 16)
    }

    @Test("the middle of the first row, then what is beside it, then the next row")
    func order() throws {
        let blocks = try blocks(["AAAAAAAA", "AAAA"], "ffffffffffff", 2)
        #expect(blocks.first == [3, 4])
        #expect(blocks.contains([8, 9]))
        #expect(Set(blocks).count == blocks.count)
    }

    @Test("no seat is left alone where that can be avoided")
    func alone() throws {
        // Five in a row, two wanted: the middle would leave one on a side.
        #expect(try blocks(["AAAAA"], "fffff", 2).first == [0, 1])
        // Three, two wanted: it cannot be avoided.
        #expect(try blocks(["AAA"], "fff", 2).isEmpty == false)
        // The row behind can do better.
        #expect(try blocks(["AAA", "AA"], "fffff", 2).first == [3, 4])
    }

    @Test("only what is free, of the category, and kept for nobody")
    func eligible() throws {
        #expect(try blocks(["AAAA"], "fhff", 2) == [[2, 3]])
        #expect(try blocks(["AABB"], "ffff", 2, category: 1) == [[2, 3]])
        #expect(try blocks(["AwcAA"], "fffff", 2) == [[3, 4]])
        #expect(try blocks(["AA", "AA"], "fssf", 2).isEmpty)
    }

    @Test("apart, in as few pieces as can be")
    func pieces() throws {
        let picker = SeatPicker(
            layout: try Self.layout(["AAAAAA"]), letters: Array("fsfsff".utf8), category: nil)
        #expect(picker.blocks(of: 3, limit: 16).isEmpty)
        #expect(picker.pieces(of: 3)?.prefix(2) == [4, 5])
        #expect(picker.pieces(of: 5) == nil)
    }

    @Test("the edges of what is held stay in its row")
    func edges() throws {
        let layout = try Self.layout(["AAAA", "AAAA"])
        #expect(
            SeatPicker.edges(of: [2, 1], in: layout) == [
                SeatEdge(seat: 0, beyond: nil, other: 3), SeatEdge(seat: 3, beyond: nil, other: 0),
            ])
        #expect(
            SeatPicker.edges(of: [3, 4], in: layout) == [
                SeatEdge(seat: 2, beyond: 1, other: nil), SeatEdge(seat: 5, beyond: 6, other: nil),
            ])
    }
}
