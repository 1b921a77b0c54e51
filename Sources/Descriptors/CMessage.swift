import CProtobufC
import Glibc

/// Owns a message in libprotobuf-c's memory and all that hangs from it; freed exactly once.
///
/// Everything in it comes from malloc, so that one `protobuf_c_message_free_unpacked` frees what
/// libprotobuf-c unpacked and what `CMessageWriter` wrote, half-written messages included.
@safe struct CMessage: ~Copyable {
    private let message: UnsafeMutablePointer<ProtobufCMessage>

    /// A message with nothing in it. `size` is that of its layout.
    init(
        zeroed type: UnsafePointer<ProtobufCMessageDescriptor>, size: Int
    ) throws(DescriptorError) {
        unsafe message = try Self.allocate(type, size: size)
    }

    /// Reads the bytes; they must have passed `WireCheck`.
    init(
        unpacking bytes: [UInt8], as type: UnsafePointer<ProtobufCMessageDescriptor>, named: String
    ) throws(DescriptorError) {
        let unpacked = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe protobuf_c_message_unpack(type, nil, buffer.count, buffer.baseAddress)
        }
        guard let unpacked = unsafe unpacked else {
            throw DescriptorError(.malformed, "libprotobuf-c does not read it as \(named)")
        }
        unsafe message = unpacked
    }

    deinit {
        unsafe protobuf_c_message_free_unpacked(message, nil)
    }

    /// The start of the message's memory; valid while `self` lives.
    var memory: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(message) }

    /// The serialized form.
    func packed() throws(DescriptorError) -> [UInt8] {
        let size = unsafe protobuf_c_message_get_packed_size(message)
        guard size <= DynamicSchema.bytesMax else {
            throw DescriptorError(.tooLarge, "\(size) bytes, at most \(DynamicSchema.bytesMax)")
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            // Of size 0 there may be no buffer, and nothing is written.
            guard let start = buffer.baseAddress, size > 0 else { return }
            count = unsafe protobuf_c_message_pack(message, start)
        }
    }

    /// A zeroed message that the caller hangs into an owned one at once.
    static func allocate(
        _ type: UnsafePointer<ProtobufCMessageDescriptor>, size: Int
    ) throws(DescriptorError) -> UnsafeMutablePointer<ProtobufCMessage> {
        let memory = unsafe try allocate(count: 1, size: size)
        let message = unsafe memory.bindMemory(to: ProtobufCMessage.self, capacity: 1)
        unsafe message.pointee.descriptor = type
        return unsafe message
    }

    /// Zeroed memory that the caller hangs into an owned message at once.
    static func allocate(
        count: Int, size: Int
    ) throws(DescriptorError) -> UnsafeMutableRawPointer {
        guard let memory = unsafe calloc(max(count, 1), size) else {
            throw DescriptorError(.tooLarge, "no memory for \(count) × \(size) bytes")
        }
        return unsafe memory
    }
}
