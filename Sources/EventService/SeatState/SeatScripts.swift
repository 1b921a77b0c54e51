import Foundation
import Redis

/// The Lua scripts of the seat state, each with the prelude before it.
struct SeatScripts: Sendable {
    let hold: RedisScript
    let extend: RedisScript
    let release: RedisScript
    let get: RedisScript
    let keyed: RedisScript
    let list: RedisScript
    let redeem: RedisScript
    let apply: RedisScript
    let install: RedisScript
    let sweep: RedisScript
    let probe: RedisScript
    let snapshot: RedisScript
    let changes: RedisScript
    let waiting: RedisScript

    /// Without the guard, `hold` takes every place for free: only ever to show that tests notice.
    /// Without the other, nothing is kept for the waiting list.
    init(isGuarded: Bool, keepsForList: Bool = true) throws {
        let prelude =
            "local GUARD, LIST_GUARD = \(isGuarded), \(keepsForList)\n"
            + (try Self.text("prelude"))
        func script(_ name: String) throws -> RedisScript {
            RedisScript(name: "seat_\(name)", source: prelude + (try Self.text(name)))
        }
        hold = try script("hold")
        extend = try script("extend")
        release = try script("release")
        get = try script("get")
        keyed = try script("keyed")
        list = try script("list")
        redeem = try script("redeem")
        apply = try script("apply")
        install = try script("install")
        sweep = try script("sweep")
        probe = try script("probe")
        snapshot = try script("snapshot")
        changes = try script("changes")
        waiting = try script("waiting")
    }

    private static func text(_ name: String) throws -> String {
        let file = Bundle.module.bundleURL.appendingPathComponent("Scripts/\(name).lua")
        return try String(contentsOf: file, encoding: .utf8)
    }
}
