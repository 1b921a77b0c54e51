/// Says how far a benchmark is, between one result and the next; not more often than anybody reads.
struct BenchProgress {
    /// Between two lines, at least.
    static let pause = Duration.seconds(2)

    private let write: (String) -> Void
    private var last: ContinuousClock.Instant?

    /// Results go to standard output, and these lines to standard error.
    init(write: @escaping (String) -> Void = Progress().step) {
        self.write = write
    }

    /// A part that takes long begins: told at any rate.
    mutating func begin(_ text: String, at now: ContinuousClock.Instant = .now) {
        last = now
        write(text)
    }

    /// Something has been done: told where the last line is `pause` ago.
    mutating func round(_ text: String, at now: ContinuousClock.Instant = .now) {
        if let last, now - last < Self.pause { return }
        last = now
        write(text)
    }
}
