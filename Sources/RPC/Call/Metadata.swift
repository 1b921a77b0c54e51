/// Keys and values that travel beside a call. Keys are kept in lower case, may repeat, and stay in
/// order. Its limits are set where it enters: see ``RPCServerConfiguration/metadataSizeMax``.
package struct Metadata: Equatable, Sendable {
    /// One key with one value.
    package struct Entry: Equatable, Sendable {
        /// In lower case.
        package let key: String
        /// As it was sent.
        package let value: String
    }

    /// Bytes that an entry counts for its limit, beside those of its key and value.
    static var entryCost: Int { MemoryLayout<Entry>.stride }

    private var storage: [Entry] = []

    /// No metadata.
    package init() {}

    /// The first value of a key, in any case; setting replaces all of them.
    package subscript(key: String) -> String? {
        get {
            guard !storage.isEmpty else { return nil }
            let key = key.lowercased()
            return storage.first { $0.key == key }?.value
        }
        set {
            let lowercased = key.lowercased()
            storage.removeAll { $0.key == lowercased }
            if let newValue {
                storage.append(Entry(key: lowercased, value: newValue))
            }
        }
    }

    /// Every value of a key, in order.
    package func values(for key: String) -> [String] {
        let key = key.lowercased()
        return storage.compactMap { $0.key == key ? $0.value : nil }
    }

    /// Adds a value, keeping those that the key already has.
    package mutating func append(_ value: String, for key: String) {
        storage.append(Entry(key: key.lowercased(), value: value))
    }
}

extension Metadata: RandomAccessCollection {
    package var startIndex: Int { storage.startIndex }
    package var endIndex: Int { storage.endIndex }
    package subscript(position: Int) -> Entry { storage[position] }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements {
            append(value, for: key)
        }
    }
}
