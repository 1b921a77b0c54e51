/// The query of a request. Unknown, doubled and broken parameters are told by name.
struct QueryParameters: Sendable {
    private let values: [String: String]

    /// Reads "a=1&b=2"; `known` are the names that the route takes.
    init(_ query: String?, known: [String]) throws(Problem) {
        var values: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decoded(parts[0], plusIsSpace: true),
                let value = PercentCoding.decoded(
                    parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else {
                throw .invalidParameter(String(parts[0].prefix(100)), "broken percent-encoding")
            }
            guard known.contains(name) else {
                throw .unknownParameter(String(name.prefix(100)), known: known)
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .invalidParameter(name, "given twice")
            }
        }
        self.values = values
    }

    func text(_ name: String) -> String? {
        values[name]
    }

    func required(_ name: String) throws(Problem) -> String {
        guard let value = values[name], !value.isEmpty else {
            throw .invalidParameter(name, "is required")
        }
        return value
    }

    func unsigned(_ name: String) throws(Problem) -> UInt32? {
        guard let text = values[name] else { return nil }
        guard let value = UInt32(text), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else {
            throw .invalidParameter(name, "must be a whole number from 0 to \(UInt32.max)")
        }
        return value
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch values[name] {
        case nil, "false": return false
        case "true": return true
        default: throw .invalidParameter(name, "must be true or false")
        }
    }
}
