/// Who has which member of a bounded set, and who waits for one. Pure: the caller resumes the
/// waiters it is given.
struct LeaseState<Member, Waiter> {
    enum Acquisition {
        case leased(Member)
        /// The set may grow: the caller makes the member, or calls `openingFailed`.
        case open
        /// Nothing has changed; the caller may `enqueue`.
        case wait
        case full
        case closed
    }

    let limit: Int
    let waitersMax: Int
    private var idle: [Member] = []
    private var opened = 0
    private var isClosed = false
    private var waiters: [(id: UInt64, waiter: Waiter)] = []

    init(limit: Int, waitersMax: Int) {
        self.limit = limit
        self.waitersMax = waitersMax
    }

    var leased: Int { opened - idle.count }
    var waiting: Int { waiters.count }

    /// Prefers the member that was used last among those that are `usable`.
    mutating func acquire(usable: (Member) -> Bool) -> Acquisition {
        if isClosed { return .closed }
        if let index = idle.lastIndex(where: usable) {
            return .leased(idle.remove(at: index))
        }
        if opened < limit {
            opened += 1
            return .open
        }
        if let member = idle.popLast() { return .leased(member) }
        return waiters.count < waitersMax ? .wait : .full
    }

    mutating func enqueue(_ waiter: Waiter, id: UInt64) {
        waiters.append((id, waiter))
    }

    mutating func openingFailed() {
        opened -= 1
    }

    /// The waiter that gets the member now; nil when it has become idle.
    mutating func release(_ member: Member) -> Waiter? {
        guard waiters.isEmpty else { return waiters.removeFirst().waiter }
        idle.append(member)
        return nil
    }

    /// A waiter that stops waiting; nil when it has its member already.
    mutating func abandon(_ id: UInt64) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index).waiter
    }

    /// From now on nobody gets a member. Returns who waited.
    mutating func close() -> [Waiter] {
        isClosed = true
        defer { waiters = [] }
        return waiters.map(\.waiter)
    }
}
