import Descriptors
import JSON
import RPC
import Synchronization
import Wire

/// Calls a method whose messages are known from a descriptor set alone.
struct DynamicCall {
    let method: CallableMethod
    let json: DynamicJSON
    let metadata: Metadata
    let timeout: Duration

    /// What is sent.
    enum Input {
        /// Known from the beginning.
        case messages([RawMessage])
        /// A message a line, read from a file as they come, where the client streams.
        case lines(LineReader)
    }

    /// Why writing ended before its time.
    private final class Fault: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }

    /// Reads what is to be sent: a JSON document, or any number of them, a line each, where the
    /// client streams.
    ///
    /// - Throws: `StartError` with the path of what is wrong.
    func requests(_ text: [UInt8]) throws -> [RawMessage] {
        guard method.kind.clientStreams else { return [try request(text, "The request")] }
        let lines = text.split(separator: UInt8(ascii: "\n")).filter { !Self.isBlank($0) }
        return try lines.enumerated().map { index, line in
            try request(Array(line), "Line \(index + 1)")
        }
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
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
    /// - Parameters:
    ///   - input: one message, but where the client streams.
    ///   - show: gets each message that the server sends, as it comes.
    /// - Throws: `RPCError` for how it failed; `StartError` for a line that is no message.
    func run(
        _ input: Input, on client: RPCClient, show: (JSONValue) throws -> Void
    ) async throws {
        let remote = Method<RawMessage, RawMessage>(
            method.service, method.name, kind: method.kind, isIdempotent: method.isIdempotent)
        switch method.kind {
        case .unary:
            try show(
                document(
                    try await client.call(
                        remote, input.first, metadata: metadata, timeout: timeout)))
        case .serverStream:
            try await client.withServerStream(
                remote, input.first, metadata: metadata, timeout: timeout
            ) { messages in
                for try await message in messages { try show(document(message)) }
            }
        case .clientStream:
            let response = try await client.withClientStream(
                remote, metadata: metadata, timeout: timeout
            ) { writer in
                try await write(input, to: writer)
            }
            try show(document(response))
        case .bidirectional:
            let fault = Fault()
            try await client.withBidirectionalStream(
                remote, metadata: metadata, timeout: timeout
            ) { writer, messages in
                // Side by side: a server may want its answers read before it reads on. It ends when
                // the server has ended, though more could be typed.
                async let _ = write(input, to: writer, noting: fault)
                for try await message in messages { try show(document(message)) }
                if let error = fault.error.withLock({ $0 }) { throw error }
            }
        }
    }

    /// Writes everything and ends the stream; where that fails, ends it too, so that the server comes
    /// to its end, and keeps why.
    private func write(
        _ input: Input, to writer: RequestWriter<RawMessage>, noting fault: Fault
    ) async {
        do {
            try await write(input, to: writer)
        } catch is RPCError {
            // The stream is over; reading tells why.
        } catch is CancellationError {
            // The server has ended.
        } catch {
            fault.error.withLock { $0 = error }
        }
        writer.finish()
    }

    private func write(_ input: Input, to writer: RequestWriter<RawMessage>) async throws {
        switch input {
        case .messages(let messages):
            for message in messages { try await writer.write(message) }
        case .lines(var reader):
            var number = 0
            while let line = try await reader.next() {
                number += 1
                guard !Self.isBlank(line[...]) else { continue }
                try await writer.write(try request(line, "Line \(number)"))
            }
        }
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

extension DynamicCall.Input {
    /// The only message; an empty one where there is none.
    fileprivate var first: RawMessage {
        if case .messages(let messages) = self, let message = messages.first { return message }
        return RawMessage()
    }
}
