/// Which texts are prepared on one session, and under which names. The least recently used one
/// leaves when the cache is full.
struct StatementCache {
    /// Equal texts with other parameter types are other statements.
    struct Key: Hashable {
        var sql: String
        var types: [UInt32]
    }

    enum Lookup: Equatable {
        case prepared(name: String)
        /// Not there yet: the caller prepares it under the name, and deallocates the evicted one.
        case added(name: String, evicted: String?)
    }

    private struct Entry {
        var key: Key
        var name: String
        var newer: Int
        var older: Int
    }

    private static let none = -1

    private let capacity: Int
    private var slots: [Key: Int] = [:]
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var newest = none
    private var oldest = none
    private var namesMade: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { slots.count }

    mutating func lookup(_ key: Key) -> Lookup {
        if let slot = slots[key] {
            if slot != newest {
                unlink(slot)
                linkAsNewest(slot)
            }
            return .prepared(name: entries[slot].name)
        }
        var evicted: String?
        if slots.count == capacity {
            evicted = entries[oldest].name
            remove(slot: oldest)
        }
        // Names are never used twice: what still refers to an old one fails instead of running
        // another statement.
        namesMade += 1
        let name = "u\(namesMade)"
        let entry = Entry(key: key, name: name, newer: Self.none, older: Self.none)
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            entries[slot] = entry
        } else {
            slot = entries.count
            entries.append(entry)
        }
        slots[key] = slot
        linkAsNewest(slot)
        return .added(name: name, evicted: evicted)
    }

    /// Forgets the statement, unless the text has been prepared under another name since.
    mutating func remove(_ key: Key, name: String) -> Bool {
        guard let slot = slots[key], entries[slot].name == name else { return false }
        remove(slot: slot)
        return true
    }

    private mutating func remove(slot: Int) {
        unlink(slot)
        slots[entries[slot].key] = nil
        free.append(slot)
    }

    private mutating func unlink(_ slot: Int) {
        let (newer, older) = (entries[slot].newer, entries[slot].older)
        if newer == Self.none { newest = older } else { entries[newer].older = older }
        if older == Self.none { oldest = newer } else { entries[older].newer = newer }
    }

    private mutating func linkAsNewest(_ slot: Int) {
        entries[slot].newer = Self.none
        entries[slot].older = newest
        if newest == Self.none { oldest = slot } else { entries[newest].newer = slot }
        newest = slot
    }
}
