import Contracts
import NIOCore
import Wire

/// Changes that follow each other as one: each place once, with its last letter. Pure.
struct SeatBatch: Equatable {
    let changes: EventV1.SeatChanges

    /// Nil for none.
    init?(_ list: [EventV1.SeatChanges]) {
        guard let first = list.first, let last = list.last else {
            return nil
        }
        guard list.count > 1 else {
            changes = first
            return
        }
        var letters: [UInt32: UInt8] = [:]
        var order: [UInt32] = []
        for (place, letter) in list.lazy.flatMap({ zip($0.places, $0.states.utf8) })
        where letters.updateValue(letter, forKey: place) == nil {
            order.append(place)
        }
        changes = .with {
            $0.generation = first.generation
            $0.from = first.from
            $0.number = last.number
            $0.places = order
            $0.states = String(decoding: order.compactMap { letters[$0] }, as: UTF8.self)
            $0.changedAtMs = first.changedAtMs
        }
    }

    /// Brings a state to the version that the changes lead to.
    func apply(to letters: inout [UInt8]) {
        for (place, letter) in zip(changes.places, changes.states.utf8)
        where Int(place) < letters.count {
            letters[Int(place)] = letter
        }
    }
}

/// Seat states in the format of server-sent events (HTML Living Standard, 9.2).
enum SeatEventText {
    /// An event whose id is the version: "17-3fa9c011.42".
    static func event(
        _ name: String, _ version: EventV1.SeatVersion, _ message: some Message
    ) throws -> ByteBuffer {
        let json = try message.jsonBytes(options: .init(writesZeroValues: true))
        var text = ByteBuffer()
        text.reserveCapacity(json.count + 64)
        text.writeString("id: \(version.generation).\(version.number)\nevent: \(name)\ndata: ")
        text.writeBytes(json)
        text.writeString("\n\n")
        return text
    }

    /// The version of an event's id; nil for anything else.
    static func version(ofID id: String) -> EventV1.SeatVersion? {
        guard id.utf8.count <= 100, let dot = id.lastIndex(of: "."), dot != id.startIndex,
            let number = UInt64(id[id.index(after: dot)...])
        else {
            return nil
        }
        return .with {
            $0.generation = String(id[..<dot])
            $0.number = number
        }
    }
}
