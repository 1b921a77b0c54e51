import NIOCore
import Synchronization

/// What RPC may do on an event loop before the loop looks after its sockets again.
///
/// NIO looks at them only when nothing is left to do at once, and what is added meanwhile counts:
/// threads that always have something new for a loop would keep it from reading. So all that works
/// there for others counts its steps here, and leaves the rest for ``later(_:)`` when there are none
/// left (docs/decisions/0022). Each has its turn: nobody waits for somebody else to be finished.
/// One for each loop, for clients and servers together; confined to its loop.
final class LoopTurn: Sendable {
    /// Steps until the loop must have looked. A step is about what a small message of a stream
    /// takes.
    static let stepsMax = 1024
    /// Only what is to be done later lets the loop look, and only if it is not due already when the
    /// loop asks. So a pause is a share of the time that a turn takes on this machine.
    private static let pauseMin = TimeAmount.microseconds(50)
    private static let pauseMax = TimeAmount.milliseconds(10)
    private static let turnsPerPause: Int64 = 8
    private static let all = Mutex<[ObjectIdentifier: LoopTurn]>([:])

    private let eventLoop: any EventLoop
    /// Confined to the loop: all who call are on it.
    private nonisolated(unsafe) var state = State()

    private struct State {
        var left = LoopTurn.stepsMax
        /// One of each mailbox, executor and link at most.
        var waiting = CircularBuffer<() -> Void>()
        var isScheduled = false
        var pause = LoopTurn.pauseMin
        /// When the turn began, where that was after a pause.
        var beganAt: NIODeadline?
        /// The loop has had time to look if nothing was left for later until then.
        var quietUntil = NIODeadline.uptimeNanoseconds(0)
    }

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// The turn of a loop, always the same one; from any thread. It keeps the loop: those that
    /// there are live as long as the process.
    static func of(_ eventLoop: any EventLoop) -> LoopTurn {
        all.withLock { all in
            let id = ObjectIdentifier(eventLoop)
            if let known = all[id] { return known }
            let new = LoopTurn(eventLoop: eventLoop)
            all[id] = new
            return new
        }
    }

    /// Whether something may be done now; else it belongs into ``later(_:)``.
    var hasSteps: Bool { state.left > 0 }

    /// Counts what is done.
    func take(_ steps: Int = 1) {
        state.left -= steps
    }

    /// The loop has looked after its sockets: a new turn.
    func begin() {
        state.left = Self.stepsMax
        state.beganAt = nil
    }

    /// Does the work once the loop has looked after its sockets, after what waits for that already.
    func later(_ work: @escaping () -> Void) {
        state.waiting.append(work)
        pause()
    }

    private func pause() {
        let now = NIODeadline.now()
        if let began = state.beganAt.take() {
            let share = TimeAmount.nanoseconds((now - began).nanoseconds / Self.turnsPerPause)
            // The loop may have been idle meanwhile: what is too long once is corrected by the next.
            state.pause = min(max(share, Self.pauseMin), state.pause * 2, Self.pauseMax)
        }
        state.quietUntil = now + state.pause
        schedule()
    }

    private func schedule() {
        guard !state.isScheduled else { return }
        state.isScheduled = true
        _ = eventLoop.assumeIsolated().scheduleTask(deadline: state.quietUntil) {
            self.state.isScheduled = false
            self.goOn()
        }
    }

    private func goOn() {
        let now = NIODeadline.now()
        // More was left for later, perhaps without a look in between.
        guard state.quietUntil <= now else { return schedule() }
        begin()
        state.beganAt = now
        while hasSteps, let work = state.waiting.popFirst() { work() }
        if !state.waiting.isEmpty { pause() }
    }
}
