import Redis

/// What a script answered: a word, then values.
struct SeatReply {
    let kind: String
    private let elements: [RedisReply]

    init(_ reply: RedisReply) throws(SeatStateError) {
        do throws(RedisError) {
            elements = try reply.array()
            guard let first = elements.first else {
                throw RedisError(.unexpectedReply, "an empty answer", mayHaveRun: true)
            }
            kind = try first.text()
        } catch {
            throw Self.unexpected("\(error)")
        }
    }

    func text(_ index: Int) throws(SeatStateError) -> String {
        try decode(index) { reply throws(RedisError) in try reply.text() }
    }

    func bytes(_ index: Int) throws(SeatStateError) -> [UInt8] {
        try decode(index) { reply throws(RedisError) in try reply.bytes() }
    }

    func integer(_ index: Int) throws(SeatStateError) -> Int64 {
        try decode(index) { reply throws(RedisError) in try reply.integer() }
    }

    func int(_ index: Int) throws(SeatStateError) -> Int {
        try decode(index) { reply throws(RedisError) in try reply.int() }
    }

    func unsigned(_ index: Int) throws(SeatStateError) -> UInt64 {
        guard let value = UInt64(exactly: try integer(index)) else {
            throw Self.unexpected("a number below 0")
        }
        return value
    }

    func array(_ index: Int) throws(SeatStateError) -> [RedisReply] {
        try decode(index) { reply throws(RedisError) in try reply.array() }
    }

    func texts(_ index: Int) throws(SeatStateError) -> [String] {
        var texts: [String] = []
        for element in try array(index) {
            do throws(RedisError) {
                texts.append(try element.text())
            } catch {
                throw Self.unexpected("\(error)")
            }
        }
        return texts
    }

    func ints(_ index: Int) throws(SeatStateError) -> [Int] {
        var numbers: [Int] = []
        for element in try array(index) {
            do throws(RedisError) {
                numbers.append(try element.int())
            } catch {
                throw Self.unexpected("\(error)")
            }
        }
        return numbers
    }

    func hold(_ index: Int) throws(SeatStateError) -> SeatHold {
        try SeatHold(.array(try array(index)))
    }

    /// The version and generation that follow the word.
    func version() throws(SeatStateError) -> SeatStateVersion {
        SeatStateVersion(generation: SeatGeneration(try text(2)), number: try unsigned(1))
    }

    /// The word is none that the script knows.
    func unknown() -> SeatStateError {
        Self.unexpected("the answer '\(kind)'")
    }

    static func unexpected(_ what: String) -> SeatStateError {
        SeatStateError(.unavailable, "unexpected: \(what)")
    }

    private func decode<T>(
        _ index: Int, _ body: (RedisReply) throws(RedisError) -> T
    ) throws(SeatStateError) -> T {
        guard elements.indices.contains(index) else {
            throw Self.unexpected("only \(elements.count) values")
        }
        do throws(RedisError) {
            return try body(elements[index])
        } catch {
            throw Self.unexpected("\(error)")
        }
    }
}

extension SeatHold {
    /// From the hold id, buyer, state, deadline, fence, places, area quantities, lines, generation.
    init(_ reply: RedisReply) throws(SeatStateError) {
        // A hold has no word before it: its id stands there.
        let values = try SeatReply(reply)
        guard let state = State(rawValue: try values.text(2)) else {
            throw SeatReply.unexpected("a hold's state")
        }
        var rest = try Self.numbers(try values.text(5))[...]
        let quantities = try Self.numbers(try values.text(6))
        var areas: [[Int]] = []
        for quantity in quantities.reversed() {
            areas.append(Array(rest.suffix(quantity)))
            rest = rest.dropLast(quantity)
        }
        self.init(
            holdID: values.kind, buyerID: try values.text(1), state: state,
            deadlineMs: try values.integer(3), fence: try values.unsigned(4), seats: Array(rest),
            areas: areas.reversed(), lines: try values.bytes(7),
            generation: SeatGeneration(try values.text(8)))
    }

    private static func numbers(_ text: String) throws(SeatStateError) -> [Int] {
        var numbers: [Int] = []
        for part in text.split(separator: ",") {
            guard let number = Int(part) else { throw SeatReply.unexpected("a list of places") }
            numbers.append(number)
        }
        return numbers
    }
}
