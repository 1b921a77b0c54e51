import Foundation

/// Runs the programs of this package and their peers in turns, and prints a table with ratios:
///
///     Bench codec FOLDER ROUNDS
///     Bench rpc FOLDER ROUNDS
///
/// FOLDER is what scripts/bench has filled: programs and payloads. A cell is the least of the rounds,
/// since what disturbs a measurement only makes it longer; the median is beside it.
@main
struct Bench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let rounds = Int(arguments[3]), rounds > 0 else {
            throw Failure("usage: Bench codec|rpc FOLDER ROUNDS")
        }
        let folder = URL(filePath: arguments[2], directoryHint: .isDirectory)
        switch arguments[1] {
        case "codec": try CodecRun(folder: folder).run(rounds: rounds)
        case "rpc": try await RPCRun(folder: folder).run(rounds: rounds)
        default: throw Failure("unknown benchmark \(arguments[1])")
        }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// What was measured in the rounds.
struct Samples {
    var values: [Double] = []
    var least: Double { values.min() ?? .nan }
    var median: Double { values.isEmpty ? .nan : values.sorted()[values.count / 2] }
}

/// A program that has been started.
func start(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:],
    output: Pipe? = nil
) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output ?? FileHandle.nullDevice
    try process.run()
    return process
}

/// The numbers that a program prints.
func numbers(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:]
) throws -> [Double] {
    let pipe = Pipe()
    let process = try start(program, arguments, environment: environment, output: pipe)
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw Failure("\(program.lastPathComponent) \(arguments) failed")
    }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        .compactMap { Double($0) }
}

/// A table's cell: right-aligned, with so many digits behind the point.
func cell(_ value: Double, _ digits: Int = 1, width: Int = 11) -> String {
    let text = value.formatted(
        .number.precision(.fractionLength(digits)).grouping(.never).locale(
            Locale(identifier: "en_US_POSIX")))
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

func cell(_ text: String, width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
