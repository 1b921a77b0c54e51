import Descriptors

/// Compares the Swift contracts with the descriptor set of `proto/`, both ways.
struct ContractCheck {
    /// One line per fault, in words; empty where both agree.
    static func faults(proto: DescriptorSet, contracts: ContractModel) -> [String] {
        var check = ContractCheck()
        check.pair(proto.messages, contracts.messages, name: \.name, in: "") {
            $0.compare($1, $2)
        }
        check.pair(proto.enums, contracts.enums, name: \.name, in: "") { check, proto, contract in
            let scope = proto.name + "."
            check.pair(proto.values, contract.values, name: \.name, in: scope) {
                $0.differ("number", $1.number, $2.number, at: scope + $1.name)
            }
        }
        check.pair(proto.services, contracts.services, name: \.name, in: "") {
            check, proto, contract in
            let scope = proto.name + "."
            check.pair(proto.methods, contract.methods, name: \.name, in: scope) {
                $0.compare($1, $2, at: scope + $1.name)
            }
        }
        return check.faults
    }

    private var faults: [String] = []

    /// Finds partners by name; who has none is a fault.
    private mutating func pair<T>(
        _ proto: [T], _ contracts: [T], name: (T) -> String, in scope: String,
        compare: (inout ContractCheck, T, T) -> Void
    ) {
        for item in proto {
            let partners = contracts.filter { name($0) == name(item) }
            if partners.isEmpty { faults.append("\(scope)\(name(item)): missing in Contracts") }
            if partners.count > 1 { faults.append("\(scope)\(name(item)): twice in Contracts") }
            for partner in partners { compare(&self, item, partner) }
        }
        let names = Set(proto.map(name))
        for item in contracts where !names.contains(name(item)) {
            faults.append("\(scope)\(name(item)): missing in proto")
        }
    }

    private mutating func compare(_ proto: MessageDescriptor, _ contract: MessageDescriptor) {
        let scope = proto.name + "."
        differ("map entry", proto.isMapEntry, contract.isMapEntry, at: proto.name)
        pair(proto.fields, contract.fields, name: \.name, in: scope) {
            $0.compare($1, $2, at: scope + $1.name)
        }
    }

    private mutating func compare(
        _ proto: FieldDescriptor, _ contract: FieldDescriptor, at path: String
    ) {
        differ("number", proto.number, contract.number, at: path)
        differ("type", proto.type, contract.type, at: path)
        differ("repeated", proto.isRepeated, contract.isRepeated, at: path)
        differ("presence", proto.hasPresence, contract.hasPresence, at: path)
        differ("packed", proto.isPacked, contract.isPacked, at: path)
        differ("oneof", proto.oneof ?? "none", contract.oneof ?? "none", at: path)
        differ("JSON name", proto.jsonName, contract.jsonName, at: path)
    }

    private mutating func compare(
        _ proto: MethodDescriptor, _ contract: MethodDescriptor, at path: String
    ) {
        differ("request", proto.input, contract.input, at: path)
        differ("response", proto.output, contract.output, at: path)
        differ(
            "client streaming", proto.isClientStreaming, contract.isClientStreaming, at: path)
        differ(
            "server streaming", proto.isServerStreaming, contract.isServerStreaming, at: path)
    }

    private mutating func differ<T: Equatable>(
        _ what: String, _ proto: T, _ contract: T, at path: String
    ) {
        guard proto != contract else { return }
        faults.append("\(path): \(what) \(proto) in proto, \(contract) in Contracts")
    }
}
