package import Wire

/// How a call failed: what travels as google.rpc.Status.
package struct RPCError: Error, Equatable, Sendable {
    /// What kind of failure; never OK.
    package var code: RPCCode
    /// For people, English.
    package var message: String
    /// Messages that tell programs more, e.g. `usher.rpc.v1.ErrorDetail`.
    package var details: [AnyMessage]

    /// An error with any number of details.
    package init(_ code: RPCCode, _ message: String, details: [AnyMessage] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// An error with one detail.
    package init(_ code: RPCCode, _ message: String, detail: some Message) {
        self.init(code, message, details: [AnyMessage(packing: detail)])
    }

    /// The first detail of a type that decodes.
    package func detail<M: Message>(_ type: M.Type) -> M? {
        for detail in details {
            if let message = try? detail.unpacked(as: type) { return message }
        }
        return nil
    }

    /// The status that travels.
    package var status: RPCStatus {
        RPCStatus.with {
            $0.code = code.rawValue
            $0.message = message
            $0.details = details
        }
    }

    /// The error that a status stands for; nil for OK.
    package init?(status: RPCStatus) {
        guard status.code != RPCCode.ok.rawValue else { return nil }
        self.init(
            RPCCode(rawValue: status.code), status.message, details: status.details)
    }
}

extension RPCError: CustomStringConvertible {
    package var description: String { "\(code.name): \(message)" }
}
