import Foundation

/// Runs an operation with a folder that is gone afterwards.
func withTemporaryFolder<T>(_ operation: (String) async throws -> T) async throws -> T {
    // Short: sockets live in some.
    let path = "/tmp/ut-" + UUID().uuidString.prefix(8).lowercased()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await operation(path)
}

/// Text of a file; empty where there is none.
func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}

/// Asks until the answer is yes; false after a minute.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if try condition() {
            return true
        }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// Names of what is in a folder, sorted.
func entries(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
