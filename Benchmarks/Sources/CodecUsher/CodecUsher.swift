import Measure
import Wire

/// Usher's codec.
@main
struct CodecUsher {
    static func main() throws {
        let benchmark = CodecBenchmark()
        if benchmark.isBooking {
            try run(benchmark, Booking.self)
        } else {
            try run(benchmark, FileDescriptorSet.self)
        }
    }

    static func run<M: Message>(_ benchmark: CodecBenchmark, _ type: M.Type) throws {
        let bytes = benchmark.bytes
        let message = try M(serialized: bytes)
        guard message.serialized() == bytes else { stop("encodes something else") }
        guard message.unknownFields.isEmpty else { stop("leaves fields unread") }
        if benchmark.decodes {
            try benchmark.measure { consume(try M(serialized: bytes)) }
        } else {
            benchmark.measure { consume(message.serialized()) }
        }
    }
}
