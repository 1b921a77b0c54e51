import Logging
import Metrics
import Postgres
import RPC
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Lets concurrent bookings share commits: what comes while a commit is in flight is gathered and
/// goes with the next one. No timer: an order that comes alone goes alone, at once.
final class BookingBatcher: Service {
    /// Writes orders in one transaction.
    typealias Write = @Sendable ([BookingOrder]) async throws -> [BookingOutcome]

    /// Orders in one transaction at most.
    static let batchMax = 64
    /// Orders that may wait.
    static let waitingMax = 1_024

    private struct Waiting {
        var number: UInt64
        var order: BookingOrder
    }

    private struct State {
        var nextNumber: UInt64 = 0
        var isClosed = false
        var queue: [Waiting] = []
        var callers: [UInt64: CheckedContinuation<BookingOutcome, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation
    private let write: Write
    private let logger: Logger
    private let batchSize = Recorder(label: "booking_batch_size")
    private let commits = Counter(label: "booking_commits_total")

    init(logger: Logger, write: @escaping Write) {
        self.logger = logger
        self.write = write
        (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Orders that wait for the commit in flight to end.
    var waitingCount: Int {
        state.withLock { $0.queue.count }
    }

    /// Books an order with whoever else books now.
    ///
    /// - Throws: RESOURCE_EXHAUSTED where too many wait, UNAVAILABLE while this stops, and what
    ///   the transaction threw.
    func book(_ order: BookingOrder) async throws -> BookingOutcome {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(number, order, continuation)
            }
        } onCancel: {
            let caller = state.withLock { state in
                state.queue.removeAll { $0.number == number }
                return state.callers.removeValue(forKey: number)
            }
            caller?.resume(throwing: CancellationError())
        }
    }

    private func enqueue(
        _ number: UInt64, _ order: BookingOrder,
        _ continuation: CheckedContinuation<BookingOutcome, any Error>
    ) {
        let refusal: (any Error)? = state.withLock { state in
            if Task.isCancelled {
                return CancellationError()
            }
            if state.isClosed {
                return Self.stopping
            }
            guard state.queue.count < Self.waitingMax else {
                return RPCError.failure(
                    .resourceExhausted, "too_many_bookings",
                    "too many people book right now; try again", retryAfter: .seconds(1))
            }
            state.queue.append(.init(number: number, order: order))
            state.callers[number] = continuation
            return nil
        }
        if let refusal {
            continuation.resume(throwing: refusal)
        } else {
            arrival.yield()
        }
    }

    private static var stopping: RPCError {
        .unavailable("stopping", "this process is stopping; try again")
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            for await _ in arrivals {
                while !Task.isCancelled, let batch = nextBatch() {
                    await book(batch)
                }
            }
        }
        let left = state.withLock { state in
            state.isClosed = true
            state.queue.removeAll()
            defer { state.callers.removeAll() }
            return Array(state.callers.values)
        }
        for caller in left {
            caller.resume(throwing: Self.stopping)
        }
    }

    /// The next orders, oldest first; of one hold or one idempotency key the first alone, the
    /// others find their answer in a later batch. Nil where nobody waits.
    private func nextBatch() -> [Waiting]? {
        state.withLock { state in
            var holds: Set<HoldID> = []
            var keys: Set<IdempotencyKey> = []
            var batch: [Waiting] = []
            var rest: [Waiting] = []
            for waiting in state.queue {
                let key = waiting.order.idempotency.map {
                    IdempotencyKey(
                        user: $0.user, method: $0.method, key: $0.key, fingerprint: [])
                }
                let isFirst =
                    !holds.contains(waiting.order.hold) && key.map { !keys.contains($0) } != false
                if batch.count < Self.batchMax, isFirst {
                    batch.append(waiting)
                } else {
                    rest.append(waiting)
                }
                holds.insert(waiting.order.hold)
                if let key {
                    keys.insert(key)
                }
            }
            state.queue = rest
            return batch.isEmpty ? nil : batch
        }
    }

    private func book(_ batch: [Waiting]) async {
        batchSize.record(batch.count)
        do {
            let outcomes = try await commit(batch)
            for (waiting, outcome) in zip(batch, outcomes) {
                finish(waiting, .success(outcome))
            }
        } catch {
            guard batch.count > 1, !Self.isCommon(error) else {
                for waiting in batch {
                    finish(waiting, .failure(error))
                }
                return
            }
            // One of them may be at fault for all: each gets a transaction of its own.
            logger.warning(
                "batch of bookings failed",
                metadata: ["error": "\(error)", "bookings": "\(batch.count)"])
            for waiting in batch {
                do {
                    finish(waiting, .success(try await commit([waiting])[0]))
                } catch {
                    finish(waiting, .failure(error))
                }
            }
        }
    }

    /// Writes a batch. Where the connection was lost, nobody knows whether it has been: written
    /// again, each order finds the booking that its hold has made.
    private func commit(_ batch: [Waiting]) async throws -> [BookingOutcome] {
        let orders = batch.map(\.order)
        defer { commits.increment() }
        do {
            return try await write(orders)
        } catch let error as PostgresError {
            guard error.isConnectionError else {
                throw error
            }
            return try await write(orders)
        }
    }

    /// True where going one by one would fail the same way.
    private static func isCommon(_ error: any Error) -> Bool {
        error is CancellationError || (error as? PostgresError)?.isConnectionError == true
    }

    private func finish(_ waiting: Waiting, _ result: Result<BookingOutcome, any Error>) {
        state.withLock { $0.callers.removeValue(forKey: waiting.number) }?.resume(with: result)
    }
}
