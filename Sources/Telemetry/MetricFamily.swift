/// A metric family as it stood at one moment.
package struct MetricFamily: Sendable {
    /// One series of a counter or a gauge.
    package struct Sample: Sendable {
        /// Rendered: `{a="b"}` or empty.
        let labels: String
        let value: Double
    }

    /// One series of a histogram; `buckets` are counts per bucket with one more than `bounds`.
    package struct Histogram: Sendable {
        let labels: String
        let bounds: [Double]
        let buckets: [UInt64]
        let sum: Double
    }

    let description: MetricDescription
    let samples: [Sample]
    let histograms: [Histogram]

    init(
        _ description: MetricDescription, samples: [Sample] = [], histograms: [Histogram] = []
    ) {
        self.description = description
        self.samples = samples.sorted { $0.labels < $1.labels }
        self.histograms = histograms.sorted { $0.labels < $1.labels }
    }
}
