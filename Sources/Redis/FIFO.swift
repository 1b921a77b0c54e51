/// A first-in, first-out queue over one array; `removeFirst` is O(1) amortised.
struct FIFO<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var count: Int { storage.count - head }
    var isEmpty: Bool { storage.count == head }
    var first: Element? { isEmpty ? nil : storage[head] }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    mutating func removeFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = storage[head].take()
        head += 1
        if head == storage.count {
            storage.removeAll(keepingCapacity: storage.count <= 4_096)
            head = 0
        } else if head >= 1_024, head * 2 >= storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func removeAll(where shouldBeRemoved: (Element) -> Bool) {
        storage = storage[head...].filter { element in
            element.map { !shouldBeRemoved($0) } ?? false
        }
        head = 0
    }

    func forEach(_ body: (Element) -> Void) {
        for index in head..<storage.count {
            if let element = storage[index] { body(element) }
        }
    }
}
