import FoundationEssentials
import Glibc

/// The `process_*` metrics of Prometheus' client libraries, read from /proc (proc(5)).
package enum ProcessMetrics {
    /// What can be read at this moment; a file that cannot be read leaves its metrics out.
    package static func collect() -> [MetricFamily] {
        var families: [MetricFamily] = []
        func add(_ name: String, _ kind: MetricDescription.Kind, _ help: String, _ value: Double?) {
            guard let value else { return }
            families.append(
                MetricFamily(
                    MetricDescription(name, kind, help),
                    samples: [MetricFamily.Sample(labels: "", value: value)]))
        }
        let stat = read("/proc/self/stat").flatMap(Stat.init)
        add(
            "process_cpu_seconds_total", .counter, "User and system CPU time spent in seconds.",
            stat?.cpuSeconds)
        add("process_threads", .gauge, "Threads of the process.", stat?.threads)
        add(
            "process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.",
            stat?.virtualBytes)
        add(
            "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.",
            stat?.residentBytes)
        add(
            "process_start_time_seconds", .gauge, "Start time since the Unix epoch in seconds.",
            stat.flatMap { startTime($0, system: read("/proc/stat")) })
        add("process_open_fds", .gauge, "Open file descriptors.", openDescriptors())
        add(
            "process_max_fds", .gauge, "Most open file descriptors.",
            read("/proc/self/limits").flatMap(descriptorLimit))
        return families
    }

    /// The fields of /proc/self/stat that are shown.
    struct Stat {
        let cpuSeconds: Double
        let threads: Double
        let startTicks: Double
        let virtualBytes: Double
        let residentBytes: Double

        /// Nil when the text is not a stat line. The command's name may hold spaces and
        /// parentheses: fields are counted from the last ")".
        init?(_ text: String) {
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) }
            guard fields.count > 21, let user = fields[11], let system = fields[12],
                let threads = fields[17], let start = fields[19], let virtual = fields[20],
                let pages = fields[21]
            else { return nil }
            cpuSeconds = (user + system) / ticksPerSecond
            self.threads = threads
            startTicks = start
            virtualBytes = virtual
            residentBytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    static func startTime(_ stat: Stat, system: String?) -> Double? {
        let line = system?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let boot = line.flatMap({ Double($0.dropFirst(6)) }) else { return nil }
        return boot + stat.startTicks / ticksPerSecond
    }

    static func descriptorLimit(_ limits: String) -> Double? {
        let title = "Max open files"
        let line = limits.split(separator: "\n").first { $0.hasPrefix(title) }
        guard let soft = line?.dropFirst(title.count).split(separator: " ").first else {
            return nil
        }
        return soft == "unlimited" ? .infinity : Double(soft)
    }

    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    private static func openDescriptors() -> Double? {
        let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        // One of them is the descriptor that reads the directory.
        return entries.map { Double(max($0.count - 1, 0)) }
    }

    /// The first 64 KiB of a file of /proc, whose size says 0.
    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text: [UInt8] = []
        while text.count < 65536 {
            let chunk = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
                count = max(Glibc.read(descriptor, buffer.baseAddress, buffer.count), 0)
            }
            if chunk.isEmpty { break }
            text += chunk
        }
        return String(decoding: text, as: UTF8.self)
    }
}
