/// The members that the format gives to one kind of object, in the order in which we write them.
protocol PlanMember: RawRepresentable<UInt8>, CaseIterable, Sendable, Equatable {
    /// Names in JSON, by raw value; at most 15.
    static var names: [String] { get }
}

/// In which order an imported object had its members, so that its export has the same. Empty for
/// objects made by code: they are written in the order of the cases.
struct MemberOrder<Member: PlanMember>: Equatable, Sendable {
    /// Four bits a member, the first one lowest; 0 ends, else raw value + 1.
    private var nibbles: UInt64 = 0

    func contains(_ member: Member) -> Bool {
        var rest = nibbles
        while rest != 0 {
            if rest & 15 == UInt64(member.rawValue) + 1 { return true }
            rest >>= 4
        }
        return false
    }

    /// Adds a member that is not there yet.
    mutating func append(_ member: Member) {
        let used = (64 - nibbles.leadingZeroBitCount + 3) / 4 * 4
        nibbles |= (UInt64(member.rawValue) + 1) << used
    }

    /// The remembered members, then all others.
    var all: [Member] {
        var members: [Member] = []
        var rest = nibbles
        while rest != 0 {
            if let member = Member(rawValue: UInt8(rest & 15) - 1) { members.append(member) }
            rest >>= 4
        }
        for member in Member.allCases where !contains(member) { members.append(member) }
        return members
    }
}
