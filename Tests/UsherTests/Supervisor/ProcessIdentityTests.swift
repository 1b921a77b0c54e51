import Foundation
import Glibc
import Testing

@testable import usher

@Suite("Process identity")
struct ProcessIdentityTests {
    private let tail = "7 1 1 0 -1 4194304 100 0 0 0 1 2 3 4 20 0 5 0 987654 1000 200"

    @Test("the start time is found behind any program name")
    func stat() {
        #expect(ProcessIdentity.startTicks(inStat: "12 (usher) S \(tail)") == 987_654)
        #expect(ProcessIdentity.startTicks(inStat: "12 (a) b) (c) S \(tail)") == 987_654)
        #expect(ProcessIdentity.startTicks(inStat: "12 (usher) X \(tail)") == nil)
        #expect(ProcessIdentity.startTicks(inStat: "12 (usher) S 1 2") == nil)
        #expect(ProcessIdentity.startTicks(inStat: "") == nil)
    }

    @Test("a zombie is gone when its last thread is: until then its ports are taken")
    func zombie() {
        #expect(ProcessIdentity.startTicks(inStat: "12 (usher) Z \(tail)") == 987_654)
        let alone = tail.replacing(" 20 0 5 0 ", with: " 20 0 1 0 ")
        #expect(ProcessIdentity.startTicks(inStat: "12 (usher) Z \(alone)") == nil)
    }

    @Test("a process is itself, another one with its number is not")
    func identity() throws {
        let own = try #require(ProcessIdentity(pid: getpid()))
        #expect(own.isAlive)
        #expect(ProcessIdentity(line: own.line) == own)
        var later = own
        later.startTicks += 1
        #expect(!later.isAlive)
        var otherBoot = own
        otherBoot.boot = "another"
        #expect(!otherBoot.isAlive)
        #expect(ProcessIdentity.workingFolder(of: getpid()) != nil)
        #expect(ProcessIdentity.programName(of: getpid())?.isEmpty == false)
    }

    @Test("no identity in nonsense", arguments: ["", "1", "x 2 b", "0 1 b", "-1 1 b", "1 2 3 4"])
    func lines(line: String) {
        #expect(ProcessIdentity(line: line) == nil)
    }

    @Test("nobody has the number 0 or a negative one")
    func noProcess() {
        #expect(ProcessIdentity(pid: 0) == nil)
        #expect(ProcessIdentity(pid: -1) == nil)
    }
}
