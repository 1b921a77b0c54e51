import CLibFuzzer
import Foundation

/// libFuzzer with one target:
///
///     FUZZ_TARGET=frames Fuzz [libFuzzer's arguments]
///     FUZZ_TARGET=messages FUZZ_SEEDS=FOLDER Fuzz
///
/// The second form writes inputs to start from into the folder, and ends. The target is told by the
/// environment, because libFuzzer starts the program again with arguments of its own.
@main
struct Fuzz {
    static func main() {
        let environment = ProcessInfo.processInfo.environment
        guard FuzzTarget.selected != nil else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            stop("FUZZ_TARGET must be one of \(names)")
        }
        if let folder = environment["FUZZ_SEEDS"] {
            writeSeeds(to: URL(filePath: folder, directoryHint: .isDirectory))
            return
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { data, size in
                FuzzTarget.selected?.run(UnsafeRawBufferPointer(start: data, count: size))
                return 0
            })
    }

    private static func writeSeeds(to folder: URL) {
        do {
            for (number, seed) in (FuzzTarget.selected?.seeds() ?? []).enumerated() {
                try Data(seed).write(to: folder.appending(path: "seed-\(number)"))
            }
        } catch {
            stop("the seeds cannot be written to \(folder.path()): \(error)")
        }
    }

    private static func stop(_ why: String) -> Never {
        FileHandle.standardError.write(Data("fuzz: \(why)\n".utf8))
        exit(64)
    }
}

/// What inputs are tried on.
enum FuzzTarget: String, CaseIterable {
    /// Bytes of a connection, cut anywhere.
    case frames
    /// Requests and responses of ttrpc.
    case envelopes
    /// Messages in the wire format.
    case messages
    /// JSON documents.
    case json
    /// Messages in JSON.
    case jsonMessages = "json-messages"

    static let selected = ProcessInfo.processInfo.environment["FUZZ_TARGET"]
        .flatMap(FuzzTarget.init)

    /// Tries one input.
    func run(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .frames: FramesTarget.run(input)
        case .envelopes: EnvelopesTarget.run(input)
        case .messages: MessagesTarget.run(input)
        case .json: JSONTarget.run(input)
        case .jsonMessages: JSONMessagesTarget.run(input)
        }
    }

    /// Inputs to start from, beside the kept ones.
    func seeds() -> [[UInt8]] {
        switch self {
        case .frames, .envelopes, .json: []
        case .messages: MessageTypes.seeds(forJSON: false)
        case .jsonMessages: MessageTypes.seeds(forJSON: true)
        }
    }
}

/// Ends the program, so that libFuzzer keeps the input.
func finding(_ what: @autoclosure () -> String) -> Never {
    FileHandle.standardError.write(Data("finding: \(what())\n".utf8))
    abort()
}

/// A finding where the condition does not hold.
@inline(__always)
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { finding(what()) }
}
