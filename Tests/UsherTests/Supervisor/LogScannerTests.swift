import Testing

@testable import usher

@Suite("Log scanner")
struct LogScannerTests {
    @Test(
        "problems are found in each format",
        arguments: [
            (#"{"time":"t","level":"error","message":"no seat","x":"y"}"#, "no seat"),
            (#"{"time":"t","level":"critical","message":"gone"}"#, "gone"),
            ("2026-01-01 [1] PANIC:  could not write", "PANIC:  could not write"),
            ("2026-01-01 [1] FATAL:  role \"x\" is missing", "FATAL:  role \"x\" is missing"),
            ("usher/Main.swift:3: Fatal error: Index", "Fatal error: Index"),
        ])
    func problems(line: String, problem: String) {
        #expect(LogScanner.problem(in: line) == problem)
    }

    @Test(
        "everything else is no problem",
        arguments: [
            #"{"time":"t","level":"info","message":"\"level\":\"error\""}"#, "LOG:  ready", "",
            "[1] FATAL:  the database system is starting up",
        ])
    func noProblems(line: String) {
        #expect(LogScanner.problem(in: line) == nil)
    }

    @Test("lines come in pieces; only the last ones are kept, and none grows without end")
    func tail() {
        var scanner = LogScanner()
        let now = ContinuousClock.now
        #expect(scanner.scan(Array("one\ntw".utf8), at: now) == nil)
        #expect(scanner.tail == ["one"])
        #expect(scanner.scan(Array("o\n".utf8), at: now) == nil)
        #expect(scanner.tail == ["one", "two"])
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        #expect(scanner.scan(long + Array("\n".utf8), at: now) == nil)
        #expect(scanner.tail.last?.count == LogScanner.lineBytesMax)
        for number in 0..<100 {
            _ = scanner.scan(Array("\(number)\n".utf8), at: now)
        }
        #expect(scanner.tail.count == LogScanner.tailLinesMax)
        #expect(scanner.tail.last == "99")
    }

    @Test("a flood of problems is told once, then counted")
    func flood() {
        var scanner = LogScanner()
        let now = ContinuousClock.now
        let line = Array("FATAL: no\n".utf8)
        #expect(scanner.scan(line, at: now) == "FATAL: no")
        for second in 1...9 {
            #expect(scanner.scan(line, at: now + .seconds(second)) == nil)
        }
        #expect(scanner.scan(line, at: now + .seconds(10)) == "FATAL: no (and 9 more before)")
    }
}
