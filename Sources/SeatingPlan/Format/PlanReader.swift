import JSON

extension Plan {
    /// Reads a plan and checks everything. Throws with every fault found, at most
    /// `PlanLimits.faults`.
    package init(json bytes: [UInt8]) throws(PlanError) {
        guard bytes.count <= PlanLimits.bytes else {
            throw PlanError(
                .tooLarge,
                [PlanFault("", "\(bytes.count) bytes, the limit is \(PlanLimits.bytes)")])
        }
        var plan = Plan()
        var faults: [PlanFault] = []
        do throws(JSONError) {
            var reader = PlanReader(
                json: try JSONReader(
                    bytes, limits: .init(depth: PlanLimits.depth, bytes: PlanLimits.bytes)))
            do throws(JSONError) {
                plan = try reader.plan()
                faults = reader.faults
            } catch {
                faults = reader.faults
                throw error
            }
        } catch {
            let place = " (byte \(error.offset))"
            let fault = PlanFault(error.path, error.message + place)
            throw PlanError(.malformed, Array((faults + [fault]).prefix(PlanLimits.faults)))
        }
        try plan.validate(after: faults)
        self = plan
    }
}

/// Reads the objects of the format: types, members and enumerations. What makes sense is
/// `PlanValidator`'s business. A fault does not end the reading, unless it is one of JSON.
struct PlanReader {
    var json: JSONReader
    var faults: [PlanFault] = []
    private var counts: [Counted: Int] = [:]
    private var usherBytes = 0

    /// What is counted while reading: a document of 32 MiB can hold millions of `{}`.
    enum Counted: String {
        case categories, zones, rows, seats, areas

        var limit: Int {
            switch self {
            case .categories: PlanLimits.categories
            case .zones: PlanLimits.zones
            case .rows: PlanLimits.rows
            case .seats: PlanLimits.seats
            case .areas: PlanLimits.areas
            }
        }
    }

    init(json: JSONReader) {
        self.json = json
    }

    mutating func plan() throws(JSONError) -> Plan {
        var plan = Plan()
        try recover { reader throws(JSONError) in
            plan.order = try reader.object([.name, .categories, .zones]) {
                (reader, member: Plan.Member) throws(JSONError) in
                switch member {
                case .name: plan.name = try reader.json.string()
                case .size: plan.size = try reader.size()
                case .categories:
                    try reader.array(of: .categories) { reader throws(JSONError) in
                        plan.categories.append(PlanCategory())
                        try reader.category(&plan.categories[plan.categories.count - 1])
                    }
                case .zones:
                    try reader.array(of: .zones) { reader throws(JSONError) in
                        plan.zones.append(PlanZone())
                        try reader.zone(&plan.zones[plan.zones.count - 1])
                    }
                case .usher: plan.usher = try reader.usher()
                }
            }
        }
        try json.end()
        return plan
    }

    mutating func fault(_ message: String) {
        if faults.count < PlanLimits.faults { faults.append(PlanFault(json.path, message)) }
    }

    /// Reads the members of an object. Those named must be there, unknown ones are faults.
    mutating func object<Member: PlanMember>(
        _ required: [Member],
        _ read: (inout PlanReader, Member) throws(JSONError) -> Void
    ) throws(JSONError) -> MemberOrder<Member> {
        var order = MemberOrder<Member>()
        try json.beginObject()
        while let name = try json.nextName() {
            guard let index = Member.names.firstIndex(of: name),
                let member = Member(rawValue: UInt8(index))
            else {
                fault("the format has no such member")
                try json.skip()
                continue
            }
            order.append(member)
            try recover { reader throws(JSONError) in try read(&reader, member) }
        }
        for member in required where !order.contains(member) {
            fault("\"\(Member.names[Int(member.rawValue)])\" is missing")
        }
        return order
    }

    /// Reads the elements of an array; those beyond a limit are passed over, with one fault.
    mutating func array(
        of counted: Counted, _ read: (inout PlanReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try array { reader throws(JSONError) in
            let count = reader.counts[counted, default: 0] + 1
            reader.counts[counted] = count
            guard count > counted.limit else { return try read(&reader) }
            if count == counted.limit + 1 {
                reader.fault("more than \(counted.limit) \(counted)")
            }
            try reader.json.skip()
        }
    }

    /// Reads the elements of an array.
    mutating func array(
        _ read: (inout PlanReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try json.beginArray()
        while try json.nextElement() { try recover(read) }
    }

    /// Passes over a value that was not of the type asked for.
    private mutating func recover(
        _ read: (inout PlanReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        do throws(JSONError) {
            try read(&self)
        } catch {
            guard error.code == .wrongType || error.code == .outOfRange else { throw error }
            fault(error.message)
            try json.skip()
        }
    }

    mutating func optionalString() throws(JSONError) -> String? {
        try json.nullIfNext() ? nil : json.string()
    }

    /// Nil after a fault.
    mutating func oneOf<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type
    ) throws(JSONError) -> Value? {
        let text = try json.string()
        if let value = Value(rawValue: text) { return value }
        let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
        fault("\"\(text.prefix(100))\" is none of: \(all)")
        return nil
    }

    mutating func integer() throws(JSONError) -> Int {
        Int(try json.int64())
    }

    /// Reads an `x-usher`. Trees take many times the memory of their text, so that all of them
    /// together have a limit, which is seen before they are built.
    mutating func usher() throws(JSONError) -> JSONValue? {
        let kind = try json.peek()
        guard kind == .object else {
            throw json.error(.wrongType, "an object is wanted, not \(kind.phrase)")
        }
        var ahead = json
        try ahead.skip()
        let before = usherBytes
        usherBytes += ahead.offset - json.offset
        guard usherBytes > PlanLimits.usherBytes else { return try json.value() }
        if before <= PlanLimits.usherBytes {
            fault("all x-usher together have more than \(PlanLimits.usherBytes) bytes")
        }
        json = ahead
        return nil
    }
}
