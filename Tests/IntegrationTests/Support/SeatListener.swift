import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Somebody who listens to live seats from an address of their own, and keeps the letters.
final class SeatListener: Sendable {
    /// What has been heard.
    struct Heard: Sendable {
        var status = 0
        /// Id of the last event.
        var id = ""
        /// Of the letters' version.
        var number: UInt64 = 0
        var letters: [UInt8] = []
        var snapshots = 0
        var changes = 0
        /// Changes that do not lead on from what is known.
        var gaps = 0
        /// Milliseconds from a change to its arrival here.
        var latencies: [Int64] = []
        var isClosed = false
    }

    /// What to do with what is heard.
    struct Manner: Sendable {
        /// Numbers are looked at before changes are applied.
        var checksNumbers = true
        /// Every so many changes are lost on the way; 0 = none.
        var losesEvery = 0
    }

    final class Box: Sendable {
        let heard: Mutex<Heard>

        init(_ heard: sending Heard) {
            self.heard = Mutex(heard)
        }
    }

    private let box: Box
    private let channel: any Channel

    /// Everything so far.
    var heard: Heard { box.heard.withLock { $0 } }
    /// Number of the version that the letters are of.
    var number: UInt64 { box.heard.withLock { $0.number } }
    /// Whether the first state is there.
    var hasLetters: Bool { box.heard.withLock { !$0.letters.isEmpty } }

    /// Listens; `before` = what somebody had heard who was cut.
    init(
        _ platform: Platform, event: String, address: String, before: Heard? = nil,
        manner: Manner = Manner()
    ) async throws {
        guard let url = URL(string: platform.ready.url), let host = url.host(), let port = url.port
        else { throw Platform.NotReady(description: "no address of the gateway") }
        var start = Heard()
        if let before {
            (start.id, start.number, start.letters) = (before.id, before.number, before.letters)
        }
        let box = Box(start)
        self.box = box
        let head = Self.head(host: host, event: event, lastEventID: before?.id)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(to: try SocketAddress(ipAddress: address, port: 0))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(EventReader(box: box, manner: manner, head: head))
                }
            }
            .connect(host: host, port: port).get()
    }

    private static func head(host: String, event: String, lastEventID: String?) -> HTTPRequestHead {
        var head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/api/events/\(event)/seats/live")
        head.headers.add(name: "host", value: host)
        head.headers.add(name: "accept", value: "text/event-stream")
        if let lastEventID {
            head.headers.add(name: "last-event-id", value: lastEventID)
        }
        return head
    }

    /// Cuts the connection.
    func close() async {
        try? await channel.close().get()
    }
}

/// Reads server-sent events off a connection.
final class EventReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let box: SeatListener.Box
    private let manner: SeatListener.Manner
    private let head: HTTPRequestHead
    private var unread = ByteBuffer()

    init(box: SeatListener.Box, manner: SeatListener.Manner, head: HTTPRequestHead) {
        self.box = box
        self.manner = manner
        self.head = head
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        box.heard.withLock { $0.isClosed = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): box.heard.withLock { $0.status = Int(head.status.code) }
        case .body(var part):
            unread.writeBuffer(&part)
            box.heard.withLock { heard in
                while let event = nextEvent() { take(event, &heard) }
            }
            unread.discardReadBytes()
        case .end: box.heard.withLock { $0.isClosed = true }
        }
    }

    /// The text up to an empty line.
    private func nextEvent() -> Substring? {
        let view = unread.readableBytesView
        var end = view.startIndex
        while let line = view[end...].firstIndex(of: UInt8(ascii: "\n")) {
            end = line + 1
            if end < view.endIndex, view[end] == UInt8(ascii: "\n") {
                let length = end + 1 - view.startIndex
                return unread.readString(length: length).map { $0[...] }
            }
        }
        return nil
    }

    private func take(_ event: Substring, _ heard: inout SeatListener.Heard) {
        // As the gateway writes them: id, event, data.
        let lines = event.split(separator: "\n", maxSplits: 2)
        guard lines.count == 3, lines[0].hasPrefix("id: "), lines[2].hasPrefix("data: ") else {
            return
        }
        let id = lines[0].dropFirst(4)
        let data = lines[2].dropFirst(6)
        switch lines[1] {
        case "event: snapshot":
            heard.snapshots += 1
            heard.letters = Array(Self.value(#""states":""#, "\"", data).utf8)
            heard.number = UInt64(Self.value(#""number":""#, "\"", data)) ?? 0
            heard.id = String(id)
        case "event: changes":
            heard.changes += 1
            if manner.losesEvery > 0, heard.changes % manner.losesEvery == 0 {
                return
            }
            apply(data, &heard)
            heard.id = String(id)
        default:
            break
        }
    }

    private func apply(_ data: Substring, _ heard: inout SeatListener.Heard) {
        let changes = KnownChanges.read(String(data))
        if manner.checksNumbers, changes.from > heard.number {
            heard.gaps += 1
            return
        }
        heard.number = changes.number
        for (place, letter) in changes.letters where place < heard.letters.count {
            heard.letters[place] = letter
        }
        heard.latencies.append(Int64(Date().timeIntervalSince1970 * 1_000) - changes.changedAtMs)
    }

    /// What stands between two texts; empty where they are not there.
    static func value(_ before: String, _ after: String, _ text: Substring) -> Substring {
        guard let start = text.firstRange(of: before)?.upperBound,
            let end = text[start...].firstRange(of: after)?.lowerBound
        else { return "" }
        return text[start..<end]
    }
}

/// Changes as they were told. All listeners hear the same text, which is read once.
private struct KnownChanges {
    var from: UInt64 = 0
    var number: UInt64 = 0
    var changedAtMs: Int64 = 0
    var letters: [(Int, UInt8)] = []

    private static let known = Mutex<[String: KnownChanges]>([:])

    static func read(_ data: String) -> KnownChanges {
        if let known = known.withLock({ $0[data] }) {
            return known
        }
        let text = data[...]
        var changes = KnownChanges()
        changes.from = UInt64(EventReader.value(#""from":""#, "\"", text)) ?? 0
        changes.number = UInt64(EventReader.value(#""number":""#, "\"", text)) ?? 0
        changes.changedAtMs = Int64(EventReader.value(#""changedAtMs":""#, "\"", text)) ?? 0
        let places = EventReader.value(#""places":["#, "]", text).split(separator: ",")
        let states = EventReader.value(#""states":""#, "\"", text).utf8
        changes.letters = zip(places, states).compactMap { place, letter in
            Int(place).map { ($0, letter) }
        }
        known.withLock { $0[data] = changes }
        return changes
    }
}
