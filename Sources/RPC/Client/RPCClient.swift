import Metrics
package import NIOCore
import NIOPosix
import ServiceContextModule
import ServiceLifecycle
import Synchronization
package import Wire

/// Calls methods of ttrpc servers.
///
/// Connects when it is first used and again when a connection is lost. Calls are spread over all
/// addresses, the least busy first; one that fails again and again is left out for a while. Every
/// call ends exactly once, at its deadline at the latest. `run()` only waits for shutdown: calls
/// work without it.
package final class RPCClient: Service {
    private struct MethodName: Hashable {
        let service: String
        let method: String
    }

    let configuration: RPCClientConfiguration
    let links: LinkPicker
    private let budget: RetryBudget
    let inFlight = SharedGauge(label: "grpc_client_in_flight")
    private let metrics: Mutex<[MethodName: MethodMetrics]>

    /// A client of several servers that do the same. The metrics of `methods` exist from the start.
    package init(
        addresses: [RPCAddress], configuration: RPCClientConfiguration = RPCClientConfiguration(),
        methods: [any AnyMethod] = []
    ) {
        self.configuration = configuration
        links = LinkPicker(addresses: addresses, configuration: configuration)
        budget = RetryBudget(configuration.retryBudget)
        var metrics: [MethodName: MethodMetrics] = [:]
        for method in methods {
            metrics[MethodName(service: method.service, method: method.name)] = MethodMetrics(
                side: "client", kind: method.kind, service: method.service, method: method.name)
        }
        self.metrics = Mutex(metrics)
    }

    /// A client of one server.
    package convenience init(
        address: RPCAddress, configuration: RPCClientConfiguration = RPCClientConfiguration(),
        methods: [any AnyMethod] = []
    ) {
        self.init(addresses: [address], configuration: configuration, methods: methods)
    }

    deinit {
        for link in links.all { _ = link.close() }
    }

    /// Waits for graceful shutdown, lets running calls end, and closes the connections.
    package func run() async throws {
        let isGraceful = (try? await gracefulShutdown()) != nil
        await close(timeout: isGraceful ? configuration.drainTimeout : .zero)
    }

    /// Takes no more calls; those that run may go on for `timeout`.
    package func close(timeout: TimeAmount = .zero) async {
        guard let link = links.all.first else { return }
        let eventLoop = link.eventLoop
        let allClosed = EventLoopFuture.andAllSucceed(links.all.map { $0.close() }, on: eventLoop)
        let cutting = eventLoop.scheduleTask(in: timeout) { [links] in
            for link in links.all { link.cut() }
        }
        try? await allClosed.get()
        cutting.cancel()
    }

    /// Calls a method and waits for its answer.
    ///
    /// The deadline is the earliest of `timeout`, the deadline of the call that the current task
    /// serves, and, when there is neither, the configured timeout. It covers waiting, connecting
    /// and writing. Throws what the server answered, DEADLINE_EXCEEDED, CANCELLED when the task was
    /// cancelled, UNAVAILABLE without a connection, RESOURCE_EXHAUSTED over a limit.
    package func call<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, _ request: Request, metadata: Metadata = [:],
        timeout: Duration? = nil
    ) async throws(RPCError) -> Response {
        let start = NIODeadline.now()
        let deadline = deadline(from: start, timeout: timeout)
        let metrics = metrics(method)
        metrics.recordStart()
        inFlight.add(1)
        let outcome: Result<Response, RPCError>
        do throws(RPCError) {
            outcome = .success(
                try await attempts(method, request, metadata: metadata, deadline: deadline))
        } catch {
            outcome = .failure(error)
        }
        inFlight.add(-1)
        let code = if case .failure(let error) = outcome { error.code } else { RPCCode.ok }
        metrics.recordEnd(code, duration: .now() - start)
        return try outcome.get()
    }

    func deadline(from start: NIODeadline, timeout: Duration?) -> NIODeadline {
        let inherited = CallContext.current?.loopDeadline
        if timeout == nil, let inherited { return inherited }
        let own = start + TimeAmount(timeout ?? configuration.timeout)
        return min(own, inherited ?? own)
    }

    func metrics(_ method: some AnyMethod) -> MethodMetrics {
        metrics.withLock { metrics in
            let name = MethodName(service: method.service, method: method.name)
            if let known = metrics[name] { return known }
            let new = MethodMetrics(
                side: "client", kind: method.kind, service: method.service, method: method.name)
            metrics[name] = new
            return new
        }
    }

    // MARK: Attempts

    private func attempts<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, _ request: Request, metadata: Metadata,
        deadline: NIODeadline
    ) async throws(RPCError) -> Response {
        let envelope = try request.withSerialized { payload throws(RPCError) in
            try self.envelope(method, payload: payload, metadata: metadata)
        }
        var attempt = 1
        while true {
            switch await self.attempt(envelope, deadline: deadline) {
            case .reply(let payload):
                budget.earn()
                do {
                    return try Response(serialized: payload.readableBytesUInt8Span)
                } catch {
                    throw RPCError(.internal, "the server's reply does not decode: \(error)")
                }
            case .failure(let error, let isSent):
                // A call that was never sent has waited for this connection long enough.
                let mayRepeat = isSent ? method.isIdempotent : links.all.count > 1
                let pause = configuration.retryBackoff.pause(
                    afterFailures: attempt, random: .random(in: 0..<1))
                guard
                    error.code == .unavailable, mayRepeat, attempt < configuration.attemptsMax,
                    .now() + pause < deadline, budget.spend()
                else { throw error }
                attempt += 1
                do {
                    try await Task.sleep(for: Duration(pause))
                } catch {
                    throw RPCError(.cancelled, "the call was cancelled")
                }
            }
        }
    }

    func envelope(
        _ method: some AnyMethod, payload: UnsafeRawBufferPointer, metadata: Metadata
    ) throws(RPCError) -> ByteBuffer {
        var metadata = metadata
        if metadata[TraceParent.metadataKey] == nil,
            let traceParent = ServiceContext.current?.traceParent
        {
            metadata[TraceParent.metadataKey] = traceParent.text
        }
        var envelope = ByteBuffer()
        envelope.reserveCapacity(
            payload.count + method.service.utf8.count + method.name.utf8.count + 24)
        envelope.writeRequestEnvelope(
            service: method.service, method: method.name, payload: payload, metadata: metadata)
        // Eleven bytes for the timeout.
        guard envelope.readableBytes + 11 <= configuration.payloadSizeMax else {
            throw RPCError(
                .resourceExhausted, "a request of \(envelope.readableBytes) bytes fits no frame")
        }
        return envelope
    }

    private func attempt(
        _ envelope: ByteBuffer, deadline: NIODeadline
    ) async -> ClientCall.Outcome {
        guard let link = links.pick() else {
            return .failure(RPCError(.unavailable, "the client has no address"), isSent: false)
        }
        let call = ClientCall(
            envelope: envelope, deadline: deadline,
            connectDeadline: .now() + configuration.connectWait)
        link.load.add(1, ordering: .relaxed)
        defer { link.load.subtract(1, ordering: .relaxed) }
        let outcome = await withTaskCancellationHandler {
            link.submit(call)
            return await call.outcome()
        } onCancel: {
            call.answer(
                .failure(RPCError(.cancelled, "the call was cancelled"), isSent: true))
            link.dropAnswered()
        }
        links.record(link, outcome.code)
        return outcome
    }
}
