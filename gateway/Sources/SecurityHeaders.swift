import HTTPTypes

/// Header fields on every response: a browser gives the pages nothing that they do not need.
enum SecurityHeaders {
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'"

    static func add(to headers: inout HTTPFields) {
        headers[.contentSecurityPolicy] = policy
        headers[.contentTypeOptions] = "nosniff"
        headers[.referrerPolicy] = "same-origin"
        headers[.crossOriginOpenerPolicy] = "same-origin"
        if headers[.cacheControl] == nil {
            // What the API says is somebody's, and may be different a moment later.
            headers[.cacheControl] = "no-store"
        }
    }
}
