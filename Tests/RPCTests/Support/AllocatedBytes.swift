import Foundation
import Glibc
import Testing

/// Bytes that malloc has given out in this process, all arenas together; under ThreadSanitizer what
/// its own malloc has. AddressSanitizer's counts what was freed of late, so that nothing is told.
func allocatedBytes() throws -> Int {
    if isThreadSanitizer, let symbol = dlsym(nil, "__sanitizer_get_current_allocated_bytes") {
        typealias AllocatedBytes = @convention(c) () -> Int
        return unsafeBitCast(symbol, to: AllocatedBytes.self)()
    }
    typealias MallocInfo = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt
    // malloc.h is not part of the Glibc module.
    let symbol = try #require(dlsym(nil, "malloc_info"))
    let mallocInfo = unsafeBitCast(symbol, to: MallocInfo.self)
    let file = try #require(tmpfile())
    defer { fclose(file) }
    #expect(mallocInfo(0, file) == 0)
    rewind(file)
    var text = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
        text.append(contentsOf: buffer[..<count])
    }
    // The totals come last, after those of the arenas.
    let xml = String(decoding: text, as: UTF8.self)
    func total(_ name: String) throws -> Int {
        let pattern = try Regex("<\(name) .*?size=\"(\\d+)\"/>")
        let size = xml.matches(of: pattern).last?.output[1].substring
        return try #require(Int(size ?? ""), "no \(name)")
    }
    return try total("system type=\"current\"") + total("total type=\"mmap\"")
        - total("total type=\"fast\"") - total("total type=\"rest\"")
}

private let isThreadSanitizer = dlsym(nil, "__tsan_init") != nil

/// Whether ``allocatedBytes()`` tells anything.
let mallocTells = dlsym(nil, "__asan_init") == nil
