import Foundation
import Logging
import ServiceContextModule
import Testing

@testable import Telemetry

@Suite("JSON log lines")
struct JSONLogHandlerTests {
    private enum TraceKey: ServiceContextKey {
        typealias Value = String
    }

    /// What `body` logs, line by line.
    private func logged(
        level: Logger.Level = .info, provider: Logger.MetadataProvider? = nil,
        _ body: (Logger) -> Void
    ) throws -> [String] {
        let pipe = Pipe()
        let writer = LineWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = Logger(label: "test") { label in
            JSONLogHandler(
                label: label, service: "event", logLevel: level, writer: writer,
                metadataProvider: provider, traceID: { $0[TraceKey.self] },
                now: { WallTime(seconds: 1_795_425_600, nanoseconds: 1_234_567) })
        }
        body(logger)
        try pipe.fileHandleForWriting.close()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }

    @Test("Time, level, service, message, trace and flattened metadata, in this order")
    func order() throws {
        var context = ServiceContext.topLevel
        context[TraceKey.self] = "4bf92f3577b34da6a3ce929d0e0e4736"
        let lines = try logged { logger in
            ServiceContext.withValue(context) {
                logger.info(
                    "held",
                    metadata: [
                        "hold.id": "hld_1", "seats": ["A1", "A2"],
                        "event": ["id": "evt_1", "more": ["deep": "x"]],
                    ])
            }
        }
        #expect(
            lines == [
                """
                {"time":"2026-11-23T09:20:00.001234Z","level":"info","service":"event",\
                "logger":"test","message":"held","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",\
                "event.id":"evt_1","event.more.deep":"x","hold.id":"hld_1","seats":["A1","A2"]}
                """
            ])
    }

    @Test("Whatever is logged, a line is one JSON object")
    func hostileText() throws {
        let text = "a\"b\\c\r\n\t\u{0}\u{1f}\u{7f}\u{2028}é😀"
        let lines = try logged { logger in
            logger.info("\(text)", metadata: ["\(text)": "\(text)"])
        }
        #expect(lines.count == 1)
        let object = try object(try #require(lines.first))
        #expect(object["message"] as? String == text)
        #expect(object[text] as? String == text)
    }

    @Test("Metadata cannot overwrite a line's own members")
    func reservedNames() throws {
        let lines = try logged { $0.info("m", metadata: ["message": "x", "level": "y"]) }
        let object = try object(try #require(lines.first))
        #expect(object["message"] as? String == "m")
        #expect(object["metadata.message"] as? String == "x")
        #expect(object["metadata.level"] as? String == "y")
    }

    @Test("Call site over logger over provider; the level filters")
    func mergeAndLevel() throws {
        let provider = Logger.MetadataProvider {
            ["a": "provider", "b": "provider", "c": "provider"]
        }
        let lines = try logged(level: .warning, provider: provider) { logger in
            var logger = logger
            logger[metadataKey: "b"] = "logger"
            logger[metadataKey: "c"] = "logger"
            logger.info("quiet")
            logger.warning("loud", metadata: ["c": "call"])
        }
        #expect(lines.count == 1)
        let object = try object(try #require(lines.first))
        #expect(object["a"] as? String == "provider")
        #expect(object["b"] as? String == "logger")
        #expect(object["c"] as? String == "call")
    }

    @Test("Long values are cut, many entries are bounded")
    func bounds() throws {
        let lines = try logged { logger in
            var metadata: Logger.Metadata = ["a": "\(String(repeating: "é", count: 5000))"]
            for index in 0..<100 { metadata["b\(index)"] = "x" }
            logger.info("m", metadata: metadata)
        }
        let object = try object(try #require(lines.first))
        #expect((object["a"] as? String)?.utf8.count == JSONLine.valueBytesMax + 3)
        #expect(object.count == 5 + JSONLine.entriesMax)
    }

    @Test("A pipe that nobody reads loses lines, not time; the next line starts clean")
    func fullPipe() throws {
        let pipe = Pipe()
        let writer = LineWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let line = Array(String(repeating: "x", count: 99).utf8) + [UInt8(ascii: "\n")]
        for _ in 0..<2000 { writer.write(line) }
        let first = pipe.fileHandleForReading.availableData
        writer.write(Array("end\n".utf8))
        try pipe.fileHandleForWriting.close()
        let rest = try pipe.fileHandleForReading.readToEnd() ?? Data()
        let text = String(decoding: first + rest, as: UTF8.self)
        #expect(text.utf8.count < 200_000)
        #expect(text.hasSuffix("\nend\n"))
        let whole = String(repeating: "x", count: 99)
        #expect(text.split(separator: "\n").dropLast().allSatisfy { $0 == whole })
    }

    @Test(
        "Times on both sides of 1970 and of leap days",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.000000Z"),
            (951_782_399, "2000-02-28T23:59:59.000000Z"),
            (951_868_800, "2000-03-01T00:00:00.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
        ])
    func times(seconds: Int, text: String) {
        #expect(WallTime(seconds: Int64(seconds)).rfc3339 == text)
    }
}
