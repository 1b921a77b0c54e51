/// Every metric of Usher, declared once. Code records with swift-metrics under these names; a name
/// that is not here is exported with a generic help text.
package enum MetricCatalogue {
    /// Seconds: from 100 µs for a call on the same machine to 10 s for a lost one.
    package static let latencyBuckets: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
        5, 10,
    ]

    /// How many of something were done at once.
    package static let sizeBuckets: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000,
    ]

    /// The declarations by name.
    package static let byName: [String: MetricDescription] = Dictionary(
        all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The declarations in the order of this file.
    package static let all: [MetricDescription] =
        gateway + rpc + drivers + feeds + sale + platform

    private static let latency = MetricDescription.Kind.histogram(buckets: latencyBuckets)

    private static let gateway: [MetricDescription] = [
        .init("http_requests_total", .counter, "HTTP requests answered, by route template."),
        .init("http_request_duration_seconds", latency, "Time from request to response head."),
        .init("http_requests_in_flight", .gauge, "HTTP requests being answered."),
        .init("http_rate_limited_total", .counter, "HTTP requests refused with 429, by budget."),
        .init("live_listeners", .gauge, "Listeners to live seats."),
        .init("live_listeners_dropped_total", .counter, "Listeners cut because they did not read."),
        .init("live_snapshots_total", .counter, "Whole seat states sent to listeners."),
    ]

    private static let rpc: [MetricDescription] = [
        .init("grpc_server_started_total", .counter, "RPCs started on the server."),
        .init("grpc_server_handled_total", .counter, "RPCs completed on the server, by code."),
        .init("grpc_server_handling_seconds", latency, "Time from request to response."),
        .init("grpc_server_in_flight", .gauge, "RPCs being handled by the server."),
        .init("grpc_server_connections", .gauge, "Open connections of the server."),
        .init("grpc_client_started_total", .counter, "RPCs started by the client."),
        .init("grpc_client_handled_total", .counter, "RPCs completed by the client, by code."),
        .init("grpc_client_handling_seconds", latency, "Time from call to answer."),
        .init("grpc_client_in_flight", .gauge, "RPCs that wait for their answer."),
        .init("grpc_client_connections", .gauge, "Open connections of the client."),
        .init("tls_handshakes_total", .counter, "TLS handshakes, by side and result."),
        .init("tls_reloads_total", .counter, "Changed TLS files, used or refused."),
        .init(
            "tls_certificate_not_after_seconds", .gauge,
            "When the own certificate ends, seconds since 1970."),
    ]

    private static let drivers: [MetricDescription] = [
        .init("postgres_pool_connections", .gauge, "Connections of the pool, by state."),
        .init("postgres_pool_waiters", .gauge, "Callers that wait for a connection."),
        .init("postgres_wait_seconds", latency, "Time a caller waits for a connection."),
        .init("postgres_query_seconds", latency, "Time from statement to result."),
        .init("postgres_transaction_seconds", latency, "Time from lease to commit or rollback."),
        .init("postgres_errors_total", .counter, "Statements that failed, by code."),
        .init("postgres_connection_losses_total", .counter, "Connections lost."),
        .init(
            "database_outage_answers_total", .counter,
            "Calls answered UNAVAILABLE because the database could not be reached."),
        .init(
            "redis_batch_duration_seconds", latency, "Time from a batch of commands to its replies."
        ),
        .init("redis_script_duration_seconds", latency, "Time from script to reply, by script."),
        .init("redis_commands_total", .counter, "Commands sent."),
        .init("redis_connections_total", .counter, "Connections made."),
        .init("redis_connected", .gauge, "1 while connected."),
        .init("redis_queued_commands", .gauge, "Commands that wait to be sent."),
        .init("redis_in_flight_commands", .gauge, "Commands that wait for their reply."),
        .init("redis_errors_total", .counter, "Commands that failed, by code."),
    ]

    private static let feeds: [MetricDescription] = [
        .init("feed_lag_entries", .gauge, "Entries that a consumer has not applied yet."),
        .init(
            "feed_position_lost", .gauge,
            "1 while a feed does not have what a consumer has read of it; alert above 0."),
        .init(
            "feed_failures_total", .counter, "Rounds of a consumer that failed and are tried again."
        ),
        .init("feed_entries_applied_total", .counter, "Feed entries applied, by consumer."),
        .init("feed_entries_parked", .gauge, "Feed entries set aside, by consumer."),
    ]

    private static let sale: [MetricDescription] = [
        .init("holds_total", .counter, "Attempts to hold seats, by outcome."),
        .init("seat_streams", .gauge, "Streams of seat changes that are open."),
        .init("seat_stream_snapshots_total", .counter, "Whole seat states sent on streams."),
        .init("seat_state_rebuilds_total", .counter, "Seat states restored from the claims."),
        .init("waiting_list_offers_total", .counter, "Offers made to people on waiting lists."),
        .init(
            "seat_trail_records_moved_total", .counter,
            "Records of what happened to seats, moved from Redis to the database."),
        .init("bookings_total", .counter, "Bookings by the state they came to."),
        .init(
            "booking_batch_size", .histogram(buckets: sizeBuckets),
            "Orders that were written in one transaction."),
        .init(
            "refund_batch_size", .histogram(buckets: sizeBuckets),
            "Answers about refunds that were written in one transaction."),
        .init(
            "cancellation_bookings_left", .gauge,
            "Bookings of the cancelled event being swept that are not given back yet."),
        .init("booking_commits_total", .counter, "Transactions that wrote orders."),
        .init("payments_total", .counter, "Payments by the state they came to."),
        .init("payments_unsettled", .gauge, "Attempts to pay without the provider's verdict."),
        .init("payment_webhooks_total", .counter, "Webhooks of the provider, by what they did."),
        .init(
            "reconciler_rounds_total", .counter,
            "Looks at what the provider must be asked about; alert when there are none."),
        .init("refunds_total", .counter, "Answers of the provider about refunds, by outcome."),
        .init("refunds_unsettled", .gauge, "Refunds that the provider has not decided on."),
        .init("refunds_owed", .gauge, "Refunds that the provider refuses; alert above 0."),
        .init("tickets_issued_total", .counter, "Tickets issued."),
        .init("mails_written_total", .counter, "Mails written to the outbox."),
    ]

    private static let platform: [MetricDescription] = [
        droppedSeries,
        .init("log_lines_dropped_total", .counter, "Log lines that nobody read in time."),
    ]

    static let droppedSeries = MetricDescription(
        "telemetry_series_dropped_total", .counter,
        "Series refused: a family's limit, or its name in use with another type.")
}
