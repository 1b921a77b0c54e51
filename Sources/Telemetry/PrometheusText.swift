/// The text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
package enum PrometheusText {
    /// The media type of the page.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The page: each family in one piece, sorted by name, a newline at the end.
    package static func render(_ families: [MetricFamily]) -> String {
        var page = ""
        for family in families.sorted(by: { $0.description.name < $1.description.name }) {
            let name = family.description.name
            page += "# HELP \(name) \(escapedHelp(family.description.help))\n"
            page += "# TYPE \(name) \(family.description.kind.typeName)\n"
            for sample in family.samples {
                page += "\(name)\(sample.labels) \(number(sample.value))\n"
            }
            for histogram in family.histograms {
                append(histogram, of: name, to: &page)
            }
        }
        return page
    }

    private static func append(
        _ histogram: MetricFamily.Histogram, of name: String, to page: inout String
    ) {
        var cumulative: UInt64 = 0
        for (index, count) in histogram.buckets.enumerated() {
            cumulative += count
            let bound = index < histogram.bounds.count ? histogram.bounds[index] : .infinity
            let labels = adding("le", number(bound), to: histogram.labels)
            page += "\(name)_bucket\(labels) \(cumulative)\n"
        }
        page += "\(name)_sum\(histogram.labels) \(number(histogram.sum))\n"
        page += "\(name)_count\(histogram.labels) \(cumulative)\n"
    }

    private static func adding(_ name: String, _ value: String, to labels: String) -> String {
        labels.isEmpty
            ? "{\(name)=\"\(value)\"}" : "\(labels.dropLast()),\(name)=\"\(value)\"}"
    }

    /// A value as Go's ParseFloat reads it; whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    static func escapedHelp(_ text: String) -> String {
        escaped(text, quotes: false)
    }

    static func escapedLabelValue(_ text: String) -> String {
        escaped(text, quotes: true)
    }

    /// By scalar, not by character: "\r\n" is one Character and still holds a newline.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
