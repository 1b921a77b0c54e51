import NIOCore
import Synchronization

/// Carries messages from any thread to one event loop, waking it once for many.
///
/// Unbounded itself: each sender's messages are bounded by the calls that it may have in flight.
final class LoopMailbox<Message: Sendable>: Sendable {
    let eventLoop: any EventLoop
    private let turn: LoopTurn
    private let queue = Mutex<[Message]>([])
    private let receiver: NIOLoopBoundBox<(([Message]) -> Void)?>

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        turn = .of(eventLoop)
        receiver = .makeEmptyBox(eventLoop: eventLoop)
    }

    /// Sets who gets the messages; nil drops them. On the loop only.
    func setReceiver(_ receive: (([Message]) -> Void)?) {
        receiver.value = receive
    }

    /// Delivers in order, on the loop, later.
    func post(_ message: Message) {
        let wasEmpty = queue.withLock { queue in
            queue.append(message)
            return queue.count == 1
        }
        if wasEmpty {
            eventLoop.execute { self.deliver() }
        }
    }

    private func deliver() {
        guard turn.hasSteps else { return turn.later { self.deliver() } }
        let batch = queue.withLock { queue in
            let batch = queue
            queue = []
            return batch
        }
        turn.take(batch.count)
        receiver.value?(batch)
    }
}
