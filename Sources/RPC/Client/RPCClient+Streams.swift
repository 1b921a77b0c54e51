import NIOCore
import Synchronization
package import Wire

// Streams live as long as the closure that uses them: what it leaves unread when it returns is
// dropped, and a server that knows cancellation is told. They are not tried again after a failure,
// since only the caller knows what has arrived. Deadlines are those of
// ``call(_:_:metadata:timeout:)``, and end the stream as a whole.
extension RPCClient {
    /// Calls a method that answers one message with many. Throws what the closure throws; reading
    /// the messages throws how the stream failed.
    package func withServerStream<Request: Message, Response: Message, Result>(
        _ method: Method<Request, Response>, _ request: Request, metadata: Metadata = [:],
        timeout: Duration? = nil,
        _ body: (MessageStream<Response>) async throws -> Result
    ) async throws -> Result {
        precondition(method.kind == .serverStream, "\(method.name) is \(method.kind.rawValue)")
        return try await withStream(
            method, payload: request.serialized(), metadata: metadata, timeout: timeout
        ) { call, link in
            try await body(try messages(of: call, link))
        }
    }

    /// Calls a method that answers many messages with one, which it may do before the closure has
    /// written all of them. The closure's return ends the client's side.
    package func withClientStream<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, metadata: Metadata = [:], timeout: Duration? = nil,
        _ body: (RequestWriter<Request>) async throws -> Void
    ) async throws -> Response {
        precondition(method.kind == .clientStream, "\(method.name) is \(method.kind.rawValue)")
        return try await withStream(method, payload: [], metadata: metadata, timeout: timeout) {
            call, link in
            let writer: RequestWriter<Request> = writer(of: call, link)
            do {
                try await body(writer)
            } catch {
                // Writing fails when the server has answered; its answer tells more.
                guard call.isAnswered else { throw error }
            }
            writer.finish()
            switch await call.outcome() {
            case .failure(let error, _):
                throw error
            case .reply(let payload):
                do {
                    return try Response(serialized: payload.readableBytesUInt8Span)
                } catch {
                    throw RPCError(.internal, "the server's reply does not decode: \(error)")
                }
            }
        }
    }

    /// Calls a method where both sides send as they like. The closure ends the client's side by
    /// ``RequestWriter/finish()`` or by returning.
    package func withBidirectionalStream<Request: Message, Response: Message, Result>(
        _ method: Method<Request, Response>, metadata: Metadata = [:], timeout: Duration? = nil,
        _ body: (RequestWriter<Request>, MessageStream<Response>) async throws -> Result
    ) async throws -> Result {
        precondition(method.kind == .bidirectional, "\(method.name) is \(method.kind.rawValue)")
        return try await withStream(method, payload: [], metadata: metadata, timeout: timeout) {
            call, link in
            try await body(writer(of: call, link), try messages(of: call, link))
        }
    }

    private func messages<Response: Message>(
        of call: ClientCall, _ link: ClientLink
    ) throws(RPCError) -> MessageStream<Response> {
        guard let inbound = call.inbound else {
            throw RPCError(.internal, "the server sends one message only")
        }
        return MessageStream(inbound) { link.grant(call) }
    }

    private func writer<Request: Message>(
        of call: ClientCall, _ link: ClientLink
    ) -> RequestWriter<Request> {
        RequestWriter(call, link: link, payloadSizeMax: configuration.payloadSizeMax)
    }

    private func withStream<Result>(
        _ method: some AnyMethod, payload: [UInt8], metadata: Metadata, timeout: Duration?,
        _ body: (ClientCall, ClientLink) async throws -> Result
    ) async throws -> Result {
        let start = NIODeadline.now()
        let deadline = deadline(from: start, timeout: timeout)
        let envelope = try payload.withUnsafeBytes { bytes in
            try self.envelope(method, payload: bytes, metadata: metadata)
        }
        guard let link = links.pick() else {
            throw RPCError(.unavailable, "the client has no address")
        }
        let call = ClientCall(
            kind: method.kind, envelope: envelope, deadline: deadline,
            connectDeadline: start + configuration.connectWait,
            streamLimits: configuration.stream)
        let metrics = metrics(method)
        metrics.recordStart()
        inFlight.add(1)
        link.load.add(1, ordering: .relaxed)
        link.submit(call)
        @Sendable func abandon() {
            call.answer(
                .failure(RPCError(.cancelled, "the call was cancelled"), isSent: true))
            link.dropAnswered()
        }
        return try await withTaskCancellationHandler {
            do {
                let result = try await body(call, link)
                end()
                return result
            } catch {
                end()
                throw error
            }
        } onCancel: {
            abandon()
        }

        func end() {
            if !call.isAnswered { abandon() }
            if let code = call.code { links.record(link, code) }
            link.load.subtract(1, ordering: .relaxed)
            inFlight.add(-1)
            metrics.recordEnd(call.code ?? .unknown, duration: .now() - start)
        }
    }
}
