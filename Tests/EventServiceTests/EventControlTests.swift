import Contracts
import Foundation
import RPC
import ServiceKit
import Testing
import Wire

@testable import EventService

@Suite("What an organiser does to an event")
struct EventControlTests {
    private func event(_ state: EventV1.EventState) throws -> EventV1.Event {
        var event = try SmallHall.draft()
        event.state = state
        return event
    }

    @Test("pause, resume, cancel: from where they may, idempotent, cancelled is final")
    func moves() throws {
        let onSale = try event(.onSale)
        #expect(try EventRules.moved(onSale, to: .paused, from: [.onSale])?.state == .paused)
        #expect(try EventRules.moved(onSale, to: .onSale, from: [.paused]) == nil)
        let cancelled = try event(.cancelled)
        let all: [EventV1.EventState] = [.draft, .onSale, .paused]
        #expect(try EventRules.moved(cancelled, to: .cancelled, from: all) == nil)
        for state in all {
            #expect(try EventRules.moved(try event(state), to: .cancelled, from: all) != nil)
            let error = #expect(throws: RPCError.self) {
                try EventRules.moved(cancelled, to: state, from: all)
            }
            #expect(error?.detail?.code == "event_cancelled")
        }
        let draft = #expect(throws: RPCError.self) {
            try EventRules.moved(try event(.draft), to: .paused, from: [.onSale])
        }
        #expect(draft?.detail?.code == "event_not_on_sale")
        let paused = #expect(throws: RPCError.self) {
            try EventRules.moved(try event(.paused), to: .onSale, from: [.draft])
        }
        #expect(paused?.detail?.code == "event_not_draft")
    }

    @Test("a change names what changes; everything else stays")
    func update() throws {
        let before = try event(.onSale)
        let after = try EventRules.updated(
            before,
            by: .with {
                $0.title = "Matinee"
                $0.categories = [
                    .with {
                        $0.name = "A"
                        $0.priceMinor = 5_000
                    }
                ]
            })
        var wanted = before
        wanted.title = "Matinee"
        wanted.categories[0].priceMinor = 5_000
        #expect(after == wanted)
        #expect(try EventRules.updated(before, by: .init()) == nil)
    }

    @Test("what an event cannot be is told by field")
    func faults() throws {
        let event = try event(.onSale)
        let error = #expect(throws: RPCError.self) {
            try EventRules.updated(
                event,
                by: .with {
                    $0.title = ""
                    $0.description = String(repeating: "x", count: 10_001)
                    $0.saleOpensAt = Timestamp(SmallHall.now.addingTimeInterval(20))
                    $0.saleClosesAt = Timestamp(SmallHall.now.addingTimeInterval(10))
                    $0.categories = [
                        .with {
                            $0.name = "C"
                            $0.priceMinor = -1
                        }
                    ]
                })
        }
        #expect(
            error?.detail?.reasons.map(\.subject) == [
                "title", "description", "saleClosesAt", "categories[0].priceMinor",
                "categories[0].name",
            ])
        let late = #expect(throws: RPCError.self) {
            try EventRules.updated(try self.event(.cancelled), by: .with { $0.title = "x" })
        }
        #expect(late?.detail?.code == "event_cancelled")
    }
}
