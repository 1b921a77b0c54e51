/// Reads a process' log as it comes: keeps the last lines for the day it dies, and picks out what
/// the operator should hear of.
struct LogScanner {
    /// The newest lines, oldest first.
    private(set) var tail: [String] = []
    private var partial: [UInt8] = []
    private var lastReport: ContinuousClock.Instant?
    private var unreported = 0

    static let tailLinesMax = 20
    static let lineBytesMax = 2_000
    /// Problems of one process are reported at most this often.
    static let reportInterval = Duration.seconds(10)

    /// - Returns: what to tell the operator now; nil = nothing.
    mutating func scan(_ bytes: [UInt8], at now: ContinuousClock.Instant) -> String? {
        var report: String?
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                // The rest of an overlong line is left out.
                if partial.count < Self.lineBytesMax {
                    partial.append(byte)
                }
                continue
            }
            let line = String(decoding: partial, as: UTF8.self)
            partial.removeAll(keepingCapacity: true)
            tail.append(line)
            if tail.count > Self.tailLinesMax {
                tail.removeFirst()
            }
            if let problem = Self.problem(in: line) {
                report = summarise(problem, at: now) ?? report
            }
        }
        return report
    }

    private mutating func summarise(
        _ problem: String, at now: ContinuousClock.Instant
    ) -> String? {
        if let lastReport, now - lastReport < Self.reportInterval {
            unreported += 1
            return nil
        }
        defer {
            lastReport = now
            unreported = 0
        }
        return unreported == 0 ? problem : "\(problem) (and \(unreported) more before)"
    }

    /// The message of a line that reports a problem, in the log formats of our own services,
    /// PostgreSQL and Redis; nil for all other lines.
    static func problem(in line: String) -> String? {
        if line.hasPrefix("{") {
            guard line.contains(#""level":"error""#) || line.contains(#""level":"critical""#)
            else {
                return nil
            }
            guard let start = line.firstRange(of: #""message":""#)?.upperBound,
                let end = line[start...].firstRange(of: "\"")?.lowerBound
            else {
                return line
            }
            return String(line[start..<end])
        }
        // What PostgreSQL says to those who come while it starts or stops.
        if line.contains("FATAL:  the database system is ") {
            return nil
        }
        for mark in ["FATAL: ", "PANIC: ", "Fatal error: ", " # Fatal"] {
            if let start = line.firstRange(of: mark)?.lowerBound {
                return line[start...].trimmingPrefix(while: { $0 == " " || $0 == "#" }).description
            }
        }
        return nil
    }
}
