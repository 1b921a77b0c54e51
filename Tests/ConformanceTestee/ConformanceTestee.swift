import ConformanceMessages
import SystemPackage
import Wire

/// The program that the runner of protobuf's conformance suite talks to: on either pipe a length
/// (32 bits, little-endian) and a message, again and again until standard input ends. See
/// `scripts/conformance`.
@main
enum ConformanceTestee {
    /// More than any case of the suite needs.
    private static let requestBytesMax = 64 << 20

    static func main() throws {
        while let header = try read(4) {
            let count = header.reversed().reduce(0) { $0 << 8 | Int($1) }
            guard count <= requestBytesMax, let bytes = try read(count) else {
                throw Failure(reason: "the request is cut off, or longer than its limit")
            }
            let answer = try ConformanceRequest(serialized: bytes).answer().serialized()
            try FileDescriptor.standardOutput.writeAll(
                (0..<4).map { UInt8(truncatingIfNeeded: answer.count >> (8 * $0)) } + answer)
        }
    }

    /// That many bytes; nil where the input ends before them.
    private static func read(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try bytes.withUnsafeMutableBytes {
                try FileDescriptor.standardInput.read(into: .init(rebasing: $0[filled...]))
            }
            if got == 0 { return nil }
            filled += got
        }
        return bytes
    }

    private struct Failure: Error {
        let reason: String
    }
}
