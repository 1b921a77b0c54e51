#if DEBUG
    import Foundation
    import Glibc
    import Synchronization

    /// What fail points do, in debug builds alone; told by two variables of the environment.
    ///
    /// - `USHER_FAIL_POINTS`: `point=action[*count]`, with commas between them. For this process,
    ///   `count` times.
    /// - `USHER_FAIL_POINTS_FOLDER`: a folder. A file in it that is named after a point, or
    ///   `point@subject`, holds an action. It is removed as it takes effect: once, whatever starts
    ///   again.
    ///
    /// Actions: `exit` ends the process as kill -9 does; `error` throws; `delay:MS` waits;
    /// `gather:COUNT:MS` keeps everybody who comes until COUNT different subjects are there, or MS
    /// milliseconds after the first, then ends the process as kill -9 does; how many there were is
    /// left in a file beside its own, with `.gathered` at its name's end.
    package final class FailPoints: Sendable {
        /// What happens.
        package enum Action: Equatable, Sendable {
            case exit
            case error
            case delay(milliseconds: Int)
            case gather(count: Int, milliseconds: Int)

            /// Nil for what is no action.
            package init?(_ text: some StringProtocol) {
                let parts = text.split(separator: ":").map {
                    $0.trimmingCharacters(in: .whitespacesAndNewlines)
                }
                let numbers = parts.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }
                guard numbers.count == parts.count - 1 else {
                    return nil
                }
                switch (parts.first, numbers.count) {
                case ("exit", 0): self = .exit
                case ("error", 0): self = .error
                case ("delay", 1): self = .delay(milliseconds: numbers[0])
                case ("gather", 2): self = .gather(count: numbers[0], milliseconds: numbers[1])
                default: return nil
                }
            }
        }

        /// An entry of `USHER_FAIL_POINTS` that cannot be.
        package struct Unreadable: Error, CustomStringConvertible {
            package let description: String
        }

        private struct Rule {
            var action: Action
            /// Times left; nil = always.
            var count: Int?
        }

        /// Nil where the environment says nothing, or nothing readable: see `check`.
        static let shared = try? FailPoints(ProcessInfo.processInfo.environment)

        private let folder: String?
        private let rules: Mutex<[FailPoint: Rule]>
        private let gathered = Mutex<[FailPoint: Set<String>]>([:])

        /// Reads the environment; nil where it says nothing.
        package init?(_ environment: [String: String]) throws {
            let text = environment["USHER_FAIL_POINTS"] ?? ""
            folder = environment["USHER_FAIL_POINTS_FOLDER"]
            rules = Mutex(try Self.rules(text))
            if folder == nil, text.isEmpty {
                return nil
            }
        }

        /// Makes sure that the environment can be read.
        package static func check() throws {
            _ = try FailPoints(ProcessInfo.processInfo.environment)
        }

        private static func rules(_ text: String) throws -> [FailPoint: Rule] {
            var rules: [FailPoint: Rule] = [:]
            for item in text.split(separator: ",") {
                let pair = item.split(separator: "=", maxSplits: 1)
                let parts = (pair.last ?? "").split(separator: "*", maxSplits: 1)
                guard pair.count == 2, let point = FailPoint(rawValue: String(pair[0])),
                    let action = parts.first.flatMap({ Action($0) }),
                    parts.count == 1 || Int(parts[1]) != nil
                else {
                    throw Unreadable(
                        description: "USHER_FAIL_POINTS has \"\(item)\"; write point=action or "
                            + "point=action*count; the points are "
                            + FailPoint.allCases.map(\.rawValue).joined(separator: ", "))
                }
                rules[point] = Rule(action: action, count: parts.count == 2 ? Int(parts[1]) : nil)
            }
            return rules
        }

        /// Does what was asked for at this point.
        package func reach(_ point: FailPoint, _ subject: String) async throws {
            if let action = take(point) {
                try await act(action, point, subject, file: nil)
            }
            guard let folder else {
                return
            }
            let names = [point.rawValue] + (subject.isEmpty ? [] : ["\(point.rawValue)@\(subject)"])
            for file in names.map({ folder + "/" + $0 }) {
                guard let text = try? String(contentsOfFile: file, encoding: .utf8),
                    let action = Action(text)
                else {
                    continue
                }
                try await act(action, point, subject, file: file)
            }
        }

        private func take(_ point: FailPoint) -> Action? {
            rules.withLock { rules in
                guard var rule = rules[point], rule.count != 0 else {
                    return nil
                }
                rule.count = rule.count.map { $0 - 1 }
                rules[point] = rule
                return rule.action
            }
        }

        private func act(
            _ action: Action, _ point: FailPoint, _ subject: String, file: String?
        ) async throws {
            switch action {
            case .exit:
                end(file)
            case .error:
                // Of two who come at once, the one that removes the file fails.
                if file.map({ unlink($0) == 0 }) ?? true {
                    throw InjectedFailure(point)
                }
            case .delay(let milliseconds):
                if file.map({ unlink($0) == 0 }) ?? true {
                    try await Task.sleep(for: .milliseconds(milliseconds))
                }
            case .gather(let count, let milliseconds):
                let present = gathered.withLock { gathered in
                    gathered[point, default: []].insert(subject)
                    return gathered[point, default: []].count
                }
                if present < count {
                    try await Task.sleep(for: .milliseconds(milliseconds))
                }
                tell(point, file)
                end(file)
            }
        }

        /// Leaves word of how many had gathered, for whoever has put the file there.
        private func tell(_ point: FailPoint, _ file: String?) {
            let count = gathered.withLock { $0[point, default: []].count }
            if let file {
                try? "\(count)".write(
                    toFile: file + ".gathered", atomically: true, encoding: .utf8)
            }
        }

        private func end(_ file: String?) {
            if let file, unlink(file) != 0 {
                return
            }
            kill(getpid(), SIGKILL)
        }
    }
#endif
