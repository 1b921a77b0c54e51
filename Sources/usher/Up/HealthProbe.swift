import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks a process over HTTP whether it works.
enum HealthProbe {
    /// What `/health/ready` of an admin port says.
    struct Answer: Sendable, Equatable {
        /// HTTP status; 0 where there was no answer.
        var status: UInt
        /// At most 64 KiB.
        var body: String

        var isReady: Bool { status == 200 }
    }

    static func ask(_ adminURL: String, timeout: TimeAmount = .seconds(3)) async -> Answer {
        do {
            let request = HTTPClientRequest(url: adminURL + "/health/ready")
            let response = try await HTTPClient.shared.execute(request, timeout: timeout)
            let body = try await response.body.collect(upTo: 64 << 10)
            return Answer(status: response.status.code, body: String(buffer: body))
        } catch {
            return Answer(status: 0, body: "\(error)")
        }
    }
}
