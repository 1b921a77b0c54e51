import RandomSupport
import Testing

@testable import Postgres

@Suite("StatementCache")
struct StatementCacheTests {
    private func key(_ sql: String) -> StatementCache.Key {
        StatementCache.Key(sql: sql, types: [])
    }

    @Test func theLeastRecentlyUsedOneLeaves() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.lookup(key("a")) == .added(name: "u1", evicted: nil))
        #expect(cache.lookup(key("b")) == .added(name: "u2", evicted: nil))
        #expect(cache.lookup(key("a")) == .prepared(name: "u1"))
        #expect(cache.lookup(key("c")) == .added(name: "u3", evicted: "u2"))
        #expect(cache.lookup(key("a")) == .prepared(name: "u1"))
        #expect(cache.lookup(key("b")) == .added(name: "u4", evicted: "u3"))
    }

    @Test func removingIsForOneNameOnly() {
        var cache = StatementCache(capacity: 2)
        _ = cache.lookup(key("a"))
        let first = cache.remove(key("a"), name: "u1")
        #expect(first)
        #expect(cache.lookup(key("a")) == .added(name: "u2", evicted: nil))
        let again = cache.remove(key("a"), name: "u1")
        #expect(!again)
        #expect(cache.lookup(key("a")) == .prepared(name: "u2"))
    }

    /// Against a plain list as the model.
    @Test(arguments: [UInt64(1), 2, 3])
    func agreesWithAList(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var cache = StatementCache(capacity: 5)
        var model: [(sql: String, name: String)] = []
        for _ in 0..<5_000 {
            let sql = "q\(random.next() % 9)"
            let index = model.firstIndex { $0.sql == sql }
            if random.next() % 8 == 0 {
                let name = index.map { model.remove(at: $0).name } ?? "none"
                let isRemoved = cache.remove(key(sql), name: name)
                #expect(isRemoved == (index != nil))
            } else if let index {
                let entry = model.remove(at: index)
                model.append(entry)
                #expect(cache.lookup(key(sql)) == .prepared(name: entry.name))
            } else {
                let evicted = model.count == 5 ? model.removeFirst().name : nil
                guard case .added(let name, evicted) = cache.lookup(key(sql)) else {
                    Issue.record("\(sql) should have been added and \(evicted ?? "none") evicted")
                    return
                }
                model.append((sql, name))
            }
            #expect(cache.count == model.count)
        }
    }
}
