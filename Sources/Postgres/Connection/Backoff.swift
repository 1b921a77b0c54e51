/// Pauses that double up to a limit, each between half and all of it, so that many clients of a
/// restarted server do not come back in step.
struct Backoff {
    let delayMin: Duration
    let delayMax: Duration
    private var failures = 0

    init(delayMin: Duration, delayMax: Duration) {
        self.delayMin = delayMin
        self.delayMax = delayMax
    }

    mutating func reset() {
        failures = 0
    }

    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let full = min(delayMax, delayMin * (1 << min(failures, 16)))
        failures += 1
        return full * Double.random(in: 0.5...1, using: &random)
    }
}
