import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// The pages in `gateway/web` and the API's description, as files of the program's bundle.
struct Pages: Sendable {
    private let web: FileMiddleware<GatewayContext, LocalFileSystem>
    private let contract: FileMiddleware<GatewayContext, LocalFileSystem>

    init(logger: Logger) {
        let bundle = Bundle.module.bundleURL
        web = FileMiddleware(
            bundle.appendingPathComponent("web").path,
            searchForIndexHtml: true, logger: logger)
        contract = FileMiddleware(
            bundle.path, searchForIndexHtml: false, logger: logger)
    }

    /// The file of a request's path; 404 where there is none, 405 for anything but reading.
    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            throw Problem.methodNotAllowed([.get, .head])
        }
        let files = request.uri.path == "/openapi.yaml" ? contract : web
        do {
            var response = try await files.handle(request, context: context) { _, _ in
                throw HTTPError(.notFound)
            }
            // Asked for again each time, and sent again only when it has changed.
            response.headers[.cacheControl] = "no-cache"
            if response.headers[.contentType] == nil, request.uri.path == "/openapi.yaml" {
                // RFC 9512
                response.headers[.contentType] = "application/yaml"
            }
            return response
        } catch let error as HTTPError where error.status == .notFound {
            throw Problem.notFound
        } catch let error as HTTPError {
            throw Problem(error.status, "invalid_path", "This is not the path of a page.")
        }
    }
}
