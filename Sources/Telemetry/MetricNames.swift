/// Turns the labels of foreign libraries into names that Prometheus takes.
enum MetricName {
    /// `label` with each byte that a metric name may not have replaced by "_".
    static func plain(_ label: String) -> String {
        sanitised(label, allowColon: true)
    }

    static func counter(_ label: String) -> String {
        let name = plain(label)
        return name.hasSuffix("_total") ? name : name + "_total"
    }

    static func seconds(_ label: String) -> String {
        let name = plain(label)
        return name.hasSuffix("_seconds") ? name : name + "_seconds"
    }

    /// Label names have no colon, and two underscores in front are Prometheus' own.
    static func label(_ label: String) -> String {
        let name = sanitised(label, allowColon: false)
        return name.hasPrefix("__") ? "x" + name : name
    }

    private static func sanitised(_ text: String, allowColon: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(200) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                bytes.append(byte)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte)
            case UInt8(ascii: ":") where allowColon:
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "_"))
            }
        }
        return bytes.isEmpty ? "unnamed" : String(decoding: bytes, as: UTF8.self)
    }
}

/// A label set, rendered once: sorted by name, each name once (the last value wins), escaped.
struct MetricLabels {
    static let valueBytesMax = 512

    let text: String

    /// `reserved` names are given the prefix "exported_".
    init(_ dimensions: [(String, String)], reserved: Set<String> = []) {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            let clean = MetricName.label(name)
            values[reserved.contains(clean) ? "exported_\(clean)" : clean] = value
        }
        guard !values.isEmpty else {
            text = ""
            return
        }
        let pairs = values.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\"\(PrometheusText.escapedLabelValue(Self.shortened(value)))\""
        }
        text = "{\(pairs.joined(separator: ","))}"
    }

    private static func shortened(_ value: String) -> String {
        guard value.utf8.count > valueBytesMax else { return value }
        return String(decoding: value.utf8.prefix(valueBytesMax), as: UTF8.self)
    }
}
