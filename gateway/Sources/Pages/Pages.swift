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
                throw Problem.notFound
            }
            // Asked for again each time, and sent again only when it has changed.
            response.headers[.cacheControl] = "no-cache"
            return response
        } catch let error as HTTPError {
            throw Problem(error.status, "not_found", "There is no such page.")
        }
    }
}
