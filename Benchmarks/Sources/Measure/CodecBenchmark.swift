import Foundation

/// What a codec's program is asked for:
///
///     codec-… decode|encode booking|descriptor FILE MILLISECONDS
///
/// It prints nanoseconds of CPU time per operation. The C peers' is `Peers/measure.h`.
package struct CodecBenchmark {
    /// Decoding or encoding.
    package let decodes: Bool
    /// The booking or the descriptor set.
    package let isBooking: Bool
    /// The message.
    package let bytes: [UInt8]
    private let ms: Double

    /// From the command line; ends the program where that is wrong.
    package init() {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let ms = Double(arguments[4]),
            let file = FileManager.default.contents(atPath: arguments[3])
        else { stop("usage: decode|encode booking|descriptor FILE MILLISECONDS") }
        decodes = arguments[1] == "decode"
        isBooking = arguments[2] == "booking"
        bytes = [UInt8](file)
        self.ms = ms
    }

    /// Runs the operation for the time asked for, in batches, and prints the mean.
    @inline(__always)
    package func measure(_ operation: () throws -> Void) rethrows {
        for _ in 0..<1000 { try operation() }
        let begin = cpuNanoseconds()
        var used = 0.0
        var count = 0
        while used < ms * 1e6 {
            for _ in 0..<1000 { try operation() }
            count += 1000
            used = cpuNanoseconds() - begin
        }
        print(
            (used / Double(count)).formatted(.number.precision(.fractionLength(1)).grouping(.never))
        )
    }
}

/// Ends the program with a message.
package func stop(_ why: String) -> Never {
    FileHandle.standardError.write(Data((why + "\n").utf8))
    exit(1)
}

/// CPU time of this process, user and system.
package func cpuNanoseconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
}

/// Keeps the optimiser from leaving out what made the value.
@inline(never)
package func consume<T>(_ value: T) {}
