/// What is said once about a metric family: its name, type, help text and limits.
package struct MetricDescription: Sendable, Equatable {
    /// The Prometheus type, with the bucket bounds where it has any.
    package enum Kind: Sendable, Equatable {
        case counter
        case gauge
        /// Upper bounds in the metric's own unit, ascending, without +Inf.
        case histogram(buckets: [Double])

        var typeName: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, unit last, counters end in `_total`.
    package let name: String
    package let kind: Kind
    /// One sentence for people.
    package let help: String
    /// Most series that the family may have; more are dropped and counted.
    package let seriesMax: Int

    /// A description; `seriesMax` is 2,000 unless said.
    package init(_ name: String, _ kind: Kind, _ help: String, seriesMax: Int = 2000) {
        self.name = name
        self.kind = kind
        self.help = help
        self.seriesMax = seriesMax
    }
}
