import Synchronization

/// The metric families of a process. Bounded: at most `familiesMax` families, each with at most
/// its own number of series; what comes on top is dropped and counted.
package final class MetricsRegistry: Sendable {
    /// The registry that `Telemetry.bootstrap` installs.
    package static let shared = MetricsRegistry()

    private struct Family {
        let description: MetricDescription
        var counters: [String: CounterSeries] = [:]
        var gauges: [String: GaugeSeries] = [:]
        var histograms: [String: HistogramSeries] = [:]

        var seriesCount: Int { counters.count + gauges.count + histograms.count }
    }

    private struct State {
        var families: [String: Family] = [:]
        var droppedByReason: [String: Double] = [:]
    }

    private let catalogue: [String: MetricDescription]
    private let familiesMax: Int
    private let state = Mutex(State())

    /// An empty registry. `catalogue` is where names are looked up.
    package init(
        catalogue: [String: MetricDescription] = MetricCatalogue.byName, familiesMax: Int = 500
    ) {
        self.catalogue = catalogue
        self.familiesMax = familiesMax
    }

    /// The families with their series at this moment, sorted by name.
    package func collect() -> [MetricFamily] {
        let (families, dropped) = state.withLock { (Array($0.families.values), $0.droppedByReason) }
        var result = families.map(Self.snapshot)
        if !dropped.isEmpty {
            let samples = dropped.map {
                MetricFamily.Sample(
                    labels: MetricLabels([("reason", $0.key)]).text, value: $0.value)
            }
            result.append(MetricFamily(MetricCatalogue.droppedSeries, samples: samples))
        }
        return result.sorted { $0.description.name < $1.description.name }
    }

    func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries? {
        let fallback = MetricName.counter(label)
        return series(label, fallback, .counter, dimensions, at: \.counters) { _, family, labels in
            CounterSeries(family: family, labels: labels)
        }
    }

    func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries? {
        let fallback = MetricName.plain(label)
        return series(label, fallback, .gauge, dimensions, at: \.gauges) { _, family, labels in
            GaugeSeries(family: family, labels: labels)
        }
    }

    func histogram(
        _ label: String, _ dimensions: [(String, String)], isTimer: Bool
    ) -> HistogramSeries? {
        let fallback = isTimer ? MetricName.seconds(label) : MetricName.plain(label)
        let buckets = isTimer ? MetricCatalogue.latencyBuckets : MetricCatalogue.sizeBuckets
        let kind = MetricDescription.Kind.histogram(buckets: buckets)
        return series(label, fallback, kind, dimensions, at: \.histograms) { kind, family, labels in
            guard case .histogram(let bounds) = kind else { return nil }
            return HistogramSeries(family: family, labels: labels, bounds: bounds)
        }
    }

    /// Forgets a series; one made again under its labels starts at zero.
    func remove(_ series: any MetricSeries) {
        state.withLock {
            $0.families[series.family]?.counters[series.labels] = nil
            $0.families[series.family]?.gauges[series.labels] = nil
            $0.families[series.family]?.histograms[series.labels] = nil
        }
    }

    private func series<S: MetricSeries>(
        _ label: String, _ fallback: String, _ kind: MetricDescription.Kind,
        _ dimensions: [(String, String)], at path: WritableKeyPath<Family, [String: S]>,
        make: (MetricDescription.Kind, String, String) -> S?
    ) -> S? {
        let description =
            catalogue[label] ?? catalogue[fallback]
            ?? MetricDescription(fallback, kind, "Recorded as \(label); not declared.")
        let isHistogram = description.kind.typeName == "histogram"
        let labels = MetricLabels(dimensions, reserved: isHistogram ? ["le"] : []).text
        return state.withLock { state in
            guard !Self.isReserved(description.name) else {
                state.droppedByReason["reserved", default: 0] += 1
                return nil
            }
            guard description.kind.typeName == kind.typeName else {
                state.droppedByReason["type", default: 0] += 1
                return nil
            }
            var family = state.families[description.name]
            if family == nil, state.families.count < familiesMax {
                family = Family(description: description)
            }
            guard let family, family.description.kind.typeName == kind.typeName else {
                state.droppedByReason[family == nil ? "families" : "type", default: 0] += 1
                return nil
            }
            if let known = family[keyPath: path][labels] { return known }
            guard family.seriesCount < description.seriesMax,
                let made = make(description.kind, description.name, labels)
            else {
                state.droppedByReason["series", default: 0] += 1
                return nil
            }
            state.families[description.name, default: family][keyPath: path][labels] = made
            return made
        }
    }

    /// Families that are written beside the registry.
    private static func isReserved(_ name: String) -> Bool {
        name.hasPrefix("process_") || name == MetricCatalogue.droppedSeries.name
    }

    private static func snapshot(_ family: Family) -> MetricFamily {
        let numbers =
            family.counters.values.map { MetricFamily.Sample(labels: $0.labels, value: $0.value) }
            + family.gauges.values.map { MetricFamily.Sample(labels: $0.labels, value: $0.value) }
        let histograms = family.histograms.values.map { series in
            let counts = series.counts
            return MetricFamily.Histogram(
                labels: series.labels, bounds: series.bounds, buckets: counts.buckets,
                sum: counts.sum)
        }
        return MetricFamily(family.description, samples: numbers, histograms: histograms)
    }
}
