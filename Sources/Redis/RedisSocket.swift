import CHiredis
import Glibc

/// One socket to Redis with hiredis' buffers. Stays on the thread that made it.
@safe struct RedisSocket: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>
    private let replyBytesMax: Int
    /// Bytes appended since the start.
    private(set) var appendedBytes: UInt64 = 0

    /// Starts to connect; the socket is writable when that is over.
    init(_ configuration: RedisConfiguration) throws(RedisError) {
        unsafe context = try Self.makeContext(configuration.address)
        replyBytesMax = configuration.replyBytesMax
    }

    private static func makeContext(
        _ address: RedisConfiguration.Address
    ) throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        let made =
            switch address {
            case .unix(let path): unsafe redisConnectUnixNonBlock(path)
            case .tcp(let host, let port):
                unsafe redisConnectNonBlock(host, Int32(clamping: port))
            }
        guard let made = unsafe made else {
            throw RedisError(.notConnected, "out of memory", mayHaveRun: false)
        }
        guard unsafe made.pointee.err == 0 else {
            let text = unsafe errorText(made)
            unsafe redisFree(made)
            throw RedisError(.notConnected, text, mayHaveRun: false)
        }
        return unsafe made
    }

    deinit {
        unsafe redisFree(context)
    }

    /// Asked anew before each wait: a number may be used again after a reconnect.
    var descriptor: Int32 { unsafe context.pointee.fd }

    /// Bytes that the kernel has taken since the start.
    var writtenBytes: UInt64 { unsafe appendedBytes - UInt64(sdslen(context.pointee.obuf)) }

    var hasUnwrittenBytes: Bool { writtenBytes < appendedBytes }

    /// Why connecting failed, once the socket is writable.
    func checkConnected() throws(RedisError) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let failure = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        if failure != 0 { code = errno }
        guard code == 0 else {
            let text = unsafe String(cString: strerror(code))
            throw RedisError(.notConnected, text, mayHaveRun: false)
        }
        if unsafe context.pointee.connection_type == REDIS_CONN_TCP {
            _ = unsafe redisEnableKeepAlive(context)
        }
    }

    /// Lays the commands into the output buffer.
    mutating func append(_ commands: EncodedCommands) throws(RedisError) {
        var next = 0
        var offset = 0
        var failed = false
        let before = unsafe sdslen(context.pointee.obuf)
        unsafe commands.bytes.withUnsafeBytes { bytes in
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            var empty: CChar = 0
            unsafe withUnsafePointer(to: &empty) { emptyPointer in
                for count in commands.argumentCounts {
                    unsafe pointers.removeAll(keepingCapacity: true)
                    let lengths = Array(commands.argumentLengths[next..<next + count])
                    for length in lengths {
                        let start = unsafe bytes.baseAddress.map { base in
                            unsafe (base + offset).assumingMemoryBound(to: CChar.self)
                        }
                        unsafe pointers.append(start ?? emptyPointer)
                        offset += length
                    }
                    next += count
                    let status = unsafe redisAppendCommandArgv(
                        context, Int32(clamping: count), &pointers, lengths)
                    if status != REDIS_OK { failed = true }
                }
            }
        }
        appendedBytes += unsafe UInt64(sdslen(context.pointee.obuf) - before)
        if failed { throw lost() }
    }

    /// Writes what the kernel takes.
    func write() throws(RedisError) {
        var done: Int32 = 0
        guard unsafe redisBufferWrite(context, &done) == REDIS_OK else { throw lost() }
    }

    /// Reads what is there, once; true when something came.
    func read() throws(RedisError) -> Bool {
        let before = unsafe context.pointee.reader.pointee.len
        guard unsafe redisBufferRead(context) == REDIS_OK else { throw lost() }
        let after = unsafe context.pointee.reader.pointee.len
        guard after <= replyBytesMax else {
            let text = "a reply of more than \(replyBytesMax) bytes"
            throw RedisError(.protocolViolation, text, mayHaveRun: true)
        }
        return after != before
    }

    /// The next whole reply that was read, if there is one.
    func nextReply() throws(RedisError) -> RedisReply? {
        var pointer: UnsafeMutableRawPointer?
        guard unsafe redisGetReplyFromReader(context, &pointer) == REDIS_OK else { throw lost() }
        guard let pointer = unsafe pointer else { return nil }
        let reply = unsafe OwnedReply(pointer)
        return try reply.decoded()
    }

    private func lost() -> RedisError {
        let code: RedisError.Code =
            unsafe context.pointee.err == REDIS_ERR_PROTOCOL
            ? .protocolViolation : .connectionLost
        return RedisError(code, unsafe Self.errorText(context), mayHaveRun: true)
    }

    private static func errorText(_ context: UnsafeMutablePointer<redisContext>) -> String {
        unsafe withUnsafeBytes(of: context.pointee.errstr) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// A reply that hiredis made; freed once.
@safe private struct OwnedReply: ~Copyable {
    private let reply: UnsafeMutableRawPointer

    init(_ reply: UnsafeMutableRawPointer) {
        unsafe self.reply = unsafe reply
    }

    deinit {
        unsafe freeReplyObject(reply)
    }

    func decoded() throws(RedisError) -> RedisReply {
        try unsafe Self.decode(reply.assumingMemoryBound(to: redisReply.self))
    }

    /// Not deeper than hiredis' reader goes: 7 levels.
    private static func decode(
        _ pointer: UnsafeMutablePointer<redisReply>
    ) throws(RedisError) -> RedisReply {
        let reply = unsafe pointer.pointee
        switch unsafe reply.type {
        case REDIS_REPLY_STRING:
            return .string(unsafe Array(bytes(reply)))
        case REDIS_REPLY_STATUS:
            return .status(unsafe String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR:
            return .error(unsafe String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER:
            return .integer(unsafe reply.integer)
        case REDIS_REPLY_NIL:
            return .null
        case REDIS_REPLY_ARRAY:
            var elements: [RedisReply] = []
            unsafe elements.reserveCapacity(reply.elements)
            for index in unsafe 0..<reply.elements {
                if let element = unsafe reply.element?[index] {
                    elements.append(try unsafe decode(element))
                }
            }
            return .array(elements)
        default:
            throw RedisError(.protocolViolation, "an unknown kind of reply", mayHaveRun: true)
        }
    }

    private static func bytes(_ reply: redisReply) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: reply.str, count: reply.len)
    }
}
