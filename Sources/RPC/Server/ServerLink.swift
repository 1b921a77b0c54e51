import NIOCore

/// The thread-safe end of one server connection: handlers that ended and orders to stop go through
/// it to the connection's loop.
final class ServerLink: Sendable {
    enum Message: Sendable {
        case finished(UInt32, ServerCore.Outcome)
        case drain
        case close
    }

    private let mailbox: LoopMailbox<Message>
    private let handler: NIOLoopBoundBox<ServerChannelHandler?>
    private let registry: ConnectionRegistry

    init(eventLoop: any EventLoop, registry: ConnectionRegistry) {
        mailbox = LoopMailbox(eventLoop: eventLoop)
        handler = .makeEmptyBox(eventLoop: eventLoop)
        self.registry = registry
    }

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

    func finished(_ streamID: UInt32, _ outcome: ServerCore.Outcome) {
        if mailbox.eventLoop.inEventLoop {
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
