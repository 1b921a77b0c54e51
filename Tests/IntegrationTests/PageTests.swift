import Foundation
import NIOHTTP1
import Testing

/// The pages and the API's description, as the gateway serves them.
@Suite("Pages")
struct PageTests {
    @Test("the pages, everything that they load, and the API's description are served")
    func pages() async throws {
        let platform = try await Platform.shared()
        let client = APIClient(platform)
        for (path, type) in [
            ("/", "text/html"), ("/event.html", "text/html"), ("/openapi.yaml", "yaml"),
        ] {
            let answer = try await client.get(path)
            #expect(answer.status == 200, "\(path): \(answer.text)")
            #expect(
                answer.headers.first(name: "content-type")?.contains(type) == true,
                "\(path): \(answer.headers)")
            #expect(answer.headers.first(name: "content-security-policy") != nil)
            let text = String(decoding: answer.bytes, as: UTF8.self)
            guard type == "text/html" else {
                continue
            }
            for part in text.matches(of: /(?:src|href)="([^"]+\.(?:js|css|svg))"/) {
                let name = String(part.output.1)
                let loaded = try await client.get(name.hasPrefix("/") ? name : "/" + name)
                #expect(loaded.status == 200, "\(path) loads \(name): \(loaded.status)")
            }
        }
    }

    @Test("what is no page is a problem, and nothing outside the folder is a page")
    func nothing() async throws {
        let platform = try await Platform.shared()
        let client = APIClient(platform)
        for path in ["/nothing.html", "/web/index.html", "/..%2Fopenapi.yaml"] {
            let answer = try await client.get(path)
            #expect([400, 404].contains(answer.status), "\(path): \(answer.text)")
            #expect(answer.headers.first(name: "content-type") == "application/problem+json")
        }
        #expect(try await client.send(.POST, "/index.html").status == 405)
    }
}
