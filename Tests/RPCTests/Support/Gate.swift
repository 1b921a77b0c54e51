import NIOCore
import RPC
import Synchronization

/// Holds handlers until it is opened, and counts those that it holds and those that have ended.
final class Gate: ServerInterceptor {
    private let state = Mutex<[CheckedContinuation<Void, Never>]?>([])
    let waiting = CounterBox()
    let ended = CounterBox()
    /// Those of `Sleep`, which end with their connection.
    let awake = CounterBox()

    func intercept(
        _ request: ByteBuffer, context: CallContext, next: CallHandler
    ) async throws -> [UInt8] {
        defer {
            ended.add()
            if context.method == "Sleep" { awake.add() }
        }
        if context.method == "Large" {
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { held in
                    held?.append(continuation)
                    return held != nil
                }
                if !isHeld { continuation.resume() }
                waiting.add()
            }
        }
        return try await next(request, context)
    }

    func open() {
        for held in state.withLock({ $0.take() }) ?? [] { held.resume() }
    }
}
