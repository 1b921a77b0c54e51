/// First in, first out, without moving the rest at each removal.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }

    /// The oldest element; changing it in place is cheap.
    var first: Element? {
        get { isEmpty ? nil : elements[head] }
        _modify {
            precondition(!isEmpty, "an empty FIFO has no first element")
            yield &elements[head]
        }
    }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    func contains(where predicate: (Element) -> Bool) -> Bool {
        elements[head...].contains { element in
            if let element { predicate(element) } else { false }
        }
    }

    /// Removes and returns what matches, in order.
    mutating func removeAll(where shouldRemove: (Element) -> Bool) -> [Element] {
        var kept: [Element?] = []
        var removed: [Element] = []
        for case .some(let element) in elements[head...] {
            if shouldRemove(element) {
                removed.append(element)
            } else {
                kept.append(element)
            }
        }
        elements = kept
        head = 0
        return removed
    }
}
