import NIOCore

/// The thread-safe end of one server connection: handlers that ended and orders to stop go through
/// it to the connection's loop.
final class ServerLink: Sendable {
    enum Message: Sendable {
        case finished(UInt32, ServerCore.Outcome)
        case message(UInt32, [UInt8])
        case grant(UInt32)
        case drain
        case close
    }

    let core: ServerCore
    private let mailbox: LoopMailbox<Message>
    private let handler: NIOLoopBoundBox<ServerChannelHandler?>
    private let registry: ConnectionRegistry

    init(core: ServerCore, eventLoop: any EventLoop, registry: ConnectionRegistry) {
        self.core = core
        mailbox = LoopMailbox(eventLoop: eventLoop)
        handler = .makeEmptyBox(eventLoop: eventLoop)
        self.registry = registry
    }

    var eventLoop: any EventLoop { mailbox.eventLoop }

    /// On the loop only.
    func attach(_ handler: ServerChannelHandler) {
        self.handler.value = handler
        mailbox.setReceiver { handler.receive($0) }
    }

    /// The connection and its handlers are gone; on the loop only.
    func leave() {
        handler.value = nil
        mailbox.setReceiver(nil)
        registry.remove(self)
    }

    /// A stream's handler has written a message, within the stream's window.
    func send(_ streamID: UInt32, _ message: [UInt8]) {
        mailbox.post(.message(streamID, message))
    }

    /// A stream's handler has read so much that its client may send more.
    func grant(_ streamID: UInt32) {
        mailbox.post(.grant(streamID))
    }

    /// A handler has ended. A stream's end goes the way of its messages, so that it is the last.
    func finished(_ streamID: UInt32, _ outcome: ServerCore.Outcome, isStream: Bool) {
        if !isStream, mailbox.eventLoop.inEventLoop {
            handler.value?.finishedOnLoop(streamID, outcome)
        } else {
            mailbox.post(.finished(streamID, outcome))
        }
    }

    /// Takes no more calls and closes after the last one.
    func drain() {
        mailbox.post(.drain)
    }

    /// Closes now, which cancels what runs.
    func close() {
        mailbox.post(.close)
    }
}
