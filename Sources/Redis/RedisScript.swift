import Crypto
import Metrics

/// A Lua script, called by its SHA-1 and sent whole where Redis does not know it.
package struct RedisScript: Sendable {
    /// What it is called in metrics.
    package let name: String
    /// Lua 5.1 text.
    package let source: String
    /// Digest of the source, lower-case hex.
    package let sha1: String
    let duration: Metrics.Timer

    /// A script; `name` is its label in `redis_script_duration_seconds`.
    package init(name: String, source: String) {
        self.name = name
        self.source = source
        // The digest is Redis' name for the script, nothing secret hangs on it.
        sha1 = Insecure.SHA1.hash(data: Array(source.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        duration = Metrics.Timer(
            label: "redis_script_duration_seconds", dimensions: [("script", name)])
    }
}
