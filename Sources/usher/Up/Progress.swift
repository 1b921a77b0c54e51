import Foundation
import Synchronization

/// Tells whoever waits what happens, a line at a time with the time since the start, on standard
/// error.
final class Progress: Sendable {
    private let began = ContinuousClock.now
    private let writing = Mutex(())

    /// Something was done or is being done.
    func step(_ text: String) {
        write("\(elapsed)  \(text)")
    }

    /// Something about one of the processes.
    func report(_ name: String, _ text: String) {
        step("\(name): \(text)")
    }

    /// Why it does not go on.
    func failure(_ error: any Error) {
        if let error = error as? StartError {
            write("usher: \(error.problem)")
            if !error.advice.isEmpty {
                write(error.advice)
            }
        } else {
            write("usher: \(error)")
        }
    }

    /// Time since the start: "  12.3 s".
    var elapsed: String {
        let text = (ContinuousClock.now - began).inSeconds
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    private func write(_ line: String) {
        writing.withLock { _ in
            FileHandle.standardError.write(Data((line + "\n").utf8))
        }
    }
}
