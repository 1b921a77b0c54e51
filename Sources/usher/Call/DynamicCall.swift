import Descriptors
import JSON
import RPC
import Wire

/// Calls a method whose messages are known from a descriptor set alone.
struct DynamicCall {
    let method: CallableMethod
    let json: DynamicJSON
    let metadata: Metadata
    let timeout: Duration

    /// Reads what is to be sent: a JSON document, or any number of them, a line each, where the
    /// client streams.
    ///
    /// - Throws: `StartError` with the path of what is wrong.
    func requests(_ text: [UInt8]) throws -> [RawMessage] {
        guard method.kind.clientStreams else { return [try request(text, "The request")] }
        let lines = text.split(separator: UInt8(ascii: "\n")).filter { line in
            line.contains { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }
        }
        return try lines.enumerated().map { index, line in
            try request(Array(line), "Line \(index + 1)")
        }
    }

    private func request(_ text: [UInt8], _ place: String) throws -> RawMessage {
        let path: String
        let detail: String
        do {
            let value = try JSONValue(parsing: text)
            return RawMessage(try json.serialized(method.requestType, from: value))
        } catch let error as JSONError {
            (path, detail) = (error.path, error.message)
        } catch let error as DynamicJSONError {
            (path, detail) = (error.path, error.detail)
        }
        throw StartError(
            "\(place) is no \(method.requestType)\(path.isEmpty ? "" : " at \(path)"): \(detail)",
            advice: "`usher call \(method.service)/\(method.name)` shows what it looks like.")
    }

    /// Makes the call.
    ///
    /// - Parameter show: gets each message that the server sends, as it comes.
    /// - Throws: `RPCError` for how it failed.
    func run(
        _ requests: [RawMessage], on client: RPCClient, show: (JSONValue) throws -> Void
    ) async throws {
        let remote = Method<RawMessage, RawMessage>(
            method.service, method.name, kind: method.kind, isIdempotent: method.isIdempotent)
        switch method.kind {
        case .unary:
            let request = requests.first ?? RawMessage()
            try show(
                document(
                    try await client.call(remote, request, metadata: metadata, timeout: timeout)))
        case .serverStream:
            let request = requests.first ?? RawMessage()
            try await client.withServerStream(
                remote, request, metadata: metadata, timeout: timeout
            ) { messages in
                for try await message in messages { try show(document(message)) }
            }
        case .clientStream:
            let response = try await client.withClientStream(
                remote, metadata: metadata, timeout: timeout
            ) { writer in
                for request in requests { try await writer.write(request) }
            }
            try show(document(response))
        case .bidirectional:
            try await client.withBidirectionalStream(
                remote, metadata: metadata, timeout: timeout
            ) { writer, messages in
                // Side by side: a server may want its answers read before it reads on.
                async let written: Void = Self.write(requests, to: writer)
                for try await message in messages { try show(document(message)) }
                try await written
            }
        }
    }

    private static func write(
        _ requests: [RawMessage], to writer: RequestWriter<RawMessage>
    ) async throws {
        for request in requests { try await writer.write(request) }
        writer.finish()
    }

    private func document(_ message: RawMessage) throws -> JSONValue {
        do {
            return try json.json(method.responseType, from: message.bytes)
        } catch {
            throw StartError(
                "The answer is no \(method.responseType) that can be shown: \(error)",
                advice: "Are the contracts those of the server?")
        }
    }

    /// The details of a failure as JSON, each on its line; those of unknown type by their name.
    func lines(of error: RPCError) -> [String] {
        error.details.map { detail in
            guard let value = try? json.json(detail)
            else { return "detail of type \(detail.typeURL)" }
            return String(decoding: value.bytes, as: UTF8.self)
        }
    }
}
