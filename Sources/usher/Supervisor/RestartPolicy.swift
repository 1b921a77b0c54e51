/// Decides when a process that ended is started again. Knows no clock: it is told how long the
/// process ran.
struct RestartPolicy: Equatable {
    struct Settings: Equatable {
        /// Delay after the first failure; doubles with each further one.
        var delayMin = Duration.milliseconds(100)
        var delayMax = Duration.seconds(10)
        /// Part of the delay that is left to chance, 0 to 1, so that processes that died together
        /// do not come back together.
        var jitter = 0.5
        /// Running this long makes earlier failures forgotten.
        var healthyAfter = Duration.seconds(30)
        /// A process that never worked yet is given up after so many failures.
        var firstStartsMax = 5
    }

    enum Decision: Equatable {
        case restart(after: Duration)
        case giveUp
    }

    let settings: Settings
    private(set) var failures = 0
    /// True once the process did its work.
    private(set) var isEstablished = false

    init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// The process does its work: from now on it is started again for ever.
    mutating func becameReady() {
        isEstablished = true
    }

    /// - Parameters:
    ///   - running: how long the process lived.
    ///   - chance: 0 to 1, uniformly drawn.
    mutating func ended(afterRunning running: Duration, chance: Double) -> Decision {
        if isEstablished, running >= settings.healthyAfter {
            failures = 0
        }
        failures += 1
        if !isEstablished, failures >= settings.firstStartsMax {
            return .giveUp
        }
        // 2^30 of the shortest delay is far above any longest one.
        let doublings = min(failures - 1, 30)
        let full = min(settings.delayMin * (1 << doublings), settings.delayMax)
        return .restart(after: full * (1 - settings.jitter * chance))
    }
}
