/// What was measured in rounds, which take turns with what it is compared with.
struct Rounds {
    private(set) var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }

    /// The one in the middle; nil before the first round.
    var median: Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    /// For a table: "1234", "–" before the first round.
    var text: String {
        median.map { String(Int($0.rounded())) } ?? "–"
    }

    /// For a table: "16.1".
    var textWithTenths: String {
        median.map { String(($0 * 10).rounded() / 10) } ?? "–"
    }
}
