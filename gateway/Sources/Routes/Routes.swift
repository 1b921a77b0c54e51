/// The whole API. `gateway/openapi.yaml` describes exactly these routes.
enum Routes {
    static let all: [Route] =
        auth + events + seats + holds + bookings + organisers + payments + notifications
}
