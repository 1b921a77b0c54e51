import Synchronization

/// The last numbered changes of one thing, for any number of readers, each at its own pace.
///
/// Nothing is queued for a reader: it says what it has and gets everything after it at once, so
/// that a slow one gets more in one piece, and one that has fallen behind what is kept is told to
/// start anew. An epoch is a time in which no change was missed; whoever takes the whole state
/// takes the epoch first.
package final class LiveBoard<Change: Sendable>: Sendable {
    /// What a reader has.
    package struct Position: Sendable, Equatable {
        /// The epoch in which it took the whole state.
        package var epoch: UInt64
        /// Of the state that it has.
        package var number: UInt64

        /// A state taken in an epoch.
        package init(epoch: UInt64, number: UInt64) {
            self.epoch = epoch
            self.number = number
        }
    }

    /// What there is for a reader.
    package enum News: Sendable {
        /// In order; at least one. They lead to the number.
        case changes([Change], number: UInt64)
        /// Something was missed: take the whole state.
        case gap
        /// Nothing, for as long as a tick takes.
        case nothing
        /// There will be no more.
        case closed
    }

    fileprivate typealias Waiter = (
        position: Position, continuation: CheckedContinuation<News, Never>
    )

    fileprivate struct Entry {
        let from: UInt64
        let number: UInt64
        let change: Change
        let size: Int
    }

    fileprivate struct State {
        var entries: [Entry] = []
        /// Entries before it are gone.
        var first = 0
        var size = 0
        var epoch: UInt64 = 0
        var isClosed = false
        var nextID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
    }

    private let countMax: Int
    private let sizeMax: Int
    private let state = Mutex(State())

    /// A board that keeps at most `countMax` changes of together at most `sizeMax`.
    package init(countMax: Int, sizeMax: Int) {
        self.countMax = max(countMax, 1)
        self.sizeMax = sizeMax
    }

    /// The epoch now.
    package var epoch: UInt64 { state.withLock { $0.epoch } }

    /// Whether ``close()`` was called.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Readers that wait.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    // MARK: Writing

    /// Adds a change that leads from one number to another; where the one before did not lead to
    /// `from`, something was missed.
    package func append(from: UInt64, number: UInt64, size: Int, _ change: Change) {
        wake { state in
            if let last = state.entries.last, last.number != from {
                state.forget()
            }
            state.entries.append(Entry(from: from, number: number, change: change, size: size))
            state.size += size
            state.trim(countMax: countMax, sizeMax: sizeMax)
        }
    }

    /// Something was missed, or everything is different.
    package func reset() {
        wake { $0.forget() }
    }

    /// Tells readers that wait that there is nothing.
    package func tick() {
        let waiters = state.withLock { state in
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .nothing) }
    }

    /// Ends all readers.
    package func close() {
        wake { $0.isClosed = true }
    }

    // MARK: Reading

    /// The position of a reader that comes back with a number of the present generation; nil where
    /// it has to take the whole state.
    package func resume(from number: UInt64) -> Position? {
        state.withLock { state in
            guard !state.isClosed, let first = state.kept.first, let last = state.kept.last,
                (first.from...last.number).contains(number)
            else { return nil }
            return Position(epoch: state.epoch, number: number)
        }
    }

    /// What comes after a position; waits for it. `.closed` when the task is cancelled.
    package func next(after position: Position) async -> News {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let news: News? = state.withLock { state in
                    if Task.isCancelled { return .closed }
                    if let news = state.news(after: position) { return news }
                    state.waiters[id] = (position, continuation)
                    return nil
                }
                if let news { continuation.resume(returning: news) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(returning: .closed)
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let woken = state.withLock { state in
            change(&state)
            return state.takeWoken()
        }
        for (waiter, news) in woken { waiter.continuation.resume(returning: news) }
    }
}

extension LiveBoard.State {
    fileprivate var kept: ArraySlice<LiveBoard.Entry> { entries[first...] }

    fileprivate mutating func forget() {
        entries.removeAll()
        first = 0
        size = 0
        epoch += 1
    }

    fileprivate mutating func trim(countMax: Int, sizeMax: Int) {
        while entries.count - first > countMax || (size > sizeMax && first < entries.count) {
            size -= entries[first].size
            first += 1
        }
        // Moved together only now and then.
        if first > countMax {
            entries.removeFirst(first)
            first = 0
        }
    }

    /// The readers for whom there is something.
    fileprivate mutating func takeWoken() -> [(LiveBoard.Waiter, LiveBoard.News)] {
        var woken: [(LiveBoard.Waiter, LiveBoard.News)] = []
        var waiting: [UInt64: LiveBoard.Waiter] = [:]
        for (id, waiter) in waiters {
            if let news = news(after: waiter.position) {
                woken.append((waiter, news))
            } else {
                waiting[id] = waiter
            }
        }
        waiters = waiting
        return woken
    }

    /// Nil: nothing yet.
    fileprivate func news(after position: LiveBoard.Position) -> LiveBoard.News? {
        if isClosed { return .closed }
        guard position.epoch == epoch else { return .gap }
        // The reader may be ahead: it took the state before the change came by here.
        guard let last = entries.last, last.number > position.number else { return nil }
        let kept = kept
        guard let oldest = kept.first, oldest.from <= position.number else { return .gap }
        var low = kept.startIndex
        var high = kept.endIndex
        while low < high {
            let middle = (low + high) / 2
            if kept[middle].number > position.number { high = middle } else { low = middle + 1 }
        }
        return .changes(kept[low...].map(\.change), number: last.number)
    }
}
