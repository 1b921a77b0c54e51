import NIOCore

/// When one of several addresses is left out.
package struct EjectionSettings: Sendable {
    /// UNAVAILABLE so many times in a row puts an address out.
    package var failuresMax = 5
    /// How long: a first time, doubled each time until `maximum`.
    package var pause = Backoff(initial: .seconds(1), maximum: .seconds(60))
    /// At most this share of all addresses is out, from 0 to 1, and never the last one.
    package var shareMax = 0.5

    /// The defaults.
    package init() {}
}

/// Which of several addresses gets a call, as a pure state machine: addresses that cannot be
/// reached, or fail again and again, are left out and tried again after growing times.
struct OutlierEjection {
    /// A connection that could take the call.
    struct Candidate {
        let address: Int
        /// Calls that it has already.
        let load: Int
        /// False since a connection could not be made or was lost early.
        let isReachable: Bool
    }

    struct Choice: Equatable {
        /// Which candidate gets the call.
        var index: Int
        /// Candidates that are to be connected again, though no call is risked on them.
        var reconnects: [Int] = []
    }

    private struct Record {
        /// UNAVAILABLE in a row.
        var failures = 0
        /// Ejections that followed each other closely.
        var ejections = 0
        /// Until when it is out, or how long the call that probes it may take.
        var outUntil: NIODeadline?
        var backSince: NIODeadline?
    }

    /// A candidate that cannot be reached.
    private struct Lost {
        var reconnectAt: NIODeadline
        var times = 1
    }

    private let settings: EjectionSettings
    private let outMax: Int
    private var records: [Record]
    /// By the indexes of candidates.
    private var lost: [Int: Lost] = [:]

    init(addresses: Int, settings: EjectionSettings) {
        self.settings = settings
        outMax = min(Int(Double(addresses) * settings.shareMax), addresses - 1)
        records = Array(repeating: Record(), count: addresses)
    }

    /// No address has failed of late: the least busy connection can be taken without asking here.
    var isCalm: Bool {
        lost.isEmpty && records.allSatisfy { $0.failures == 0 && $0.outUntil == nil }
    }

    /// How many addresses are out.
    var addressesOut: Int { records.count { $0.outUntil != nil } }

    /// The candidate for a call: one whose time is over, as a probe; else the least busy of those
    /// that are in and can be reached; else of those that are in. Equals take turns by `offset`.
    /// `candidates` are the same each time, in the
    /// same order; `random` is in 0..<1.
    mutating func choose(
        _ candidates: [Candidate], offset: Int, now: NIODeadline, random: Double
    ) -> Choice? {
        guard !candidates.isEmpty else { return nil }
        let reconnects = reconnects(candidates, now: now, random: random)
        var best: (index: Int, rank: Int, load: Int)?
        for step in candidates.indices {
            let index = (offset + step) % candidates.count
            let candidate = candidates[index]
            let outUntil = records[candidate.address].outUntil
            if let outUntil, outUntil <= now, candidate.isReachable {
                // The next probe follows if this one does not end.
                records[candidate.address].outUntil = now + pause(candidate.address, random)
                return Choice(index: index, reconnects: reconnects)
            }
            let rank = (outUntil == nil ? 0 : 2) + (candidate.isReachable ? 0 : 1)
            if let best, (best.rank, best.load) <= (rank, candidate.load) { continue }
            best = (index, rank, candidate.load)
        }
        return best.map { Choice(index: $0.index, reconnects: reconnects) }
    }

    private mutating func reconnects(
        _ candidates: [Candidate], now: NIODeadline, random: Double
    ) -> [Int] {
        var due: [Int] = []
        for (index, candidate) in candidates.enumerated() {
            guard !candidate.isReachable else {
                lost[index] = nil
                continue
            }
            var entry = lost[index] ?? Lost(reconnectAt: now, times: 0)
            guard entry.reconnectAt <= now else { continue }
            // What was only just lost is not connected again at once.
            if entry.times > 0 { due.append(index) }
            entry.times += 1
            entry.reconnectAt =
                now + settings.pause.pause(afterFailures: entry.times, random: random)
            lost[index] = entry
        }
        return due
    }

    /// A call to an address was answered: it is back, if it was out.
    mutating func succeeded(_ address: Int, now: NIODeadline) {
        records[address].failures = 0
        guard records[address].outUntil != nil else { return }
        records[address].outUntil = nil
        records[address].backSince = now
    }

    /// A call to an address ended with UNAVAILABLE.
    mutating func failed(_ address: Int, now: NIODeadline, random: Double) {
        records[address].failures += 1
        let isOut = records[address].outUntil != nil
        guard isOut || records[address].failures >= settings.failuresMax else { return }
        guard isOut || addressesOut < outMax else { return }
        if !isOut, let since = records[address].backSince, now - since > settings.pause.maximum {
            records[address].ejections = 0
        }
        records[address].ejections += 1
        records[address].outUntil = now + pause(address, random)
    }

    private func pause(_ address: Int, _ random: Double) -> TimeAmount {
        settings.pause.pause(
            afterFailures: max(records[address].ejections, 1), random: random)
    }
}
