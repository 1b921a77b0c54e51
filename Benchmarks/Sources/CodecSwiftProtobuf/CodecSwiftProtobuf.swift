import Measure
import SwiftProtobuf

/// swift-protobuf with the code that protoc-gen-swift generates.
@main
struct CodecSwiftProtobuf {
    static func main() throws {
        let benchmark = CodecBenchmark()
        if benchmark.isBooking {
            try run(benchmark, Usher_Bench_V1_Booking.self)
        } else {
            try run(benchmark, Google_Protobuf_FileDescriptorSet.self)
        }
    }

    static func run<M: Message>(_ benchmark: CodecBenchmark, _ type: M.Type) throws {
        let bytes = benchmark.bytes
        let message = try M(serializedBytes: bytes)
        let again: [UInt8] = try message.serializedBytes()
        guard again == bytes else { stop("encodes something else") }
        if benchmark.decodes {
            try benchmark.measure { consume(try M(serializedBytes: bytes)) }
        } else {
            try benchmark.measure {
                let encoded: [UInt8] = try message.serializedBytes()
                consume(encoded)
            }
        }
    }
}
