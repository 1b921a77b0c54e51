import Foundation
import Testing

@testable import Telemetry

@Suite("Process metrics")
struct ProcessMetricsTests {
    @Test("A command name with spaces and parentheses shifts no field")
    func stat() throws {
        let line =
            "7 (a) b (c)) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 12 0 900 4096000 10 1844"
        let stat = try #require(ProcessMetrics.Stat(line))
        #expect(stat.cpuSeconds == 3)
        #expect(stat.threads == 12)
        #expect(stat.virtualBytes == 4_096_000)
        #expect(stat.residentBytes == 40960)
        #expect(ProcessMetrics.startTime(stat, system: "cpu 1\nbtime 1000\n") == 1009)
        #expect(ProcessMetrics.Stat("7 (a S 1") == nil)
        #expect(ProcessMetrics.startTime(stat, system: nil) == nil)
    }

    @Test("The soft limit of descriptors is read")
    func limits() {
        let text = "Limit   Soft Hard Units\nMax open files            1024      4096     files\n"
        #expect(ProcessMetrics.descriptorLimit(text) == 1024)
        #expect(
            ProcessMetrics.descriptorLimit("Max open files  unlimited unlimited files")
                == .infinity)
        #expect(ProcessMetrics.descriptorLimit("nothing") == nil)
    }

    @Test("This process: every metric is there and plausible")
    func thisProcess() throws {
        let families = ProcessMetrics.collect()
        let values = Dictionary(
            uniqueKeysWithValues: families.map { ($0.description.name, $0.samples[0].value) })
        #expect(
            Set(values.keys) == [
                "process_cpu_seconds_total", "process_threads", "process_virtual_memory_bytes",
                "process_resident_memory_bytes", "process_start_time_seconds", "process_open_fds",
                "process_max_fds",
            ])
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(values["process_open_fds"]) >= 3)
        let started = try #require(values["process_start_time_seconds"])
        #expect(started > 1_000_000_000)
        #expect(started <= Date().timeIntervalSince1970 + 1)
    }
}
