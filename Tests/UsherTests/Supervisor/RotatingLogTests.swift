import Foundation
import SystemPackage
import Testing

@testable import usher

@Suite("Rotating log")
struct RotatingLogTests {
    @Test("it keeps the newest, in a bounded number of files of bounded size")
    func rotation() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/x.log"
            let log = RotatingLog(path: path, bytesMax: 10, keptMax: 2)
            for number in 0..<10 {
                #expect(log.append(Array("line-\(number)\n".utf8)) == nil)
            }
            let found = try entries(folder)
            #expect(found == ["x.log", "x.log.1", "x.log.2"])
            #expect(text(path) == "line-9\n")
            #expect(text(path + ".1") == "line-8\n")
            #expect(text(path + ".2") == "line-7\n")
            #expect(log.droppedBytes == 0)
        }
    }

    @Test("a second process run goes on in the same file")
    func append() async throws {
        try await withTemporaryFolder { folder in
            #expect(RotatingLog(path: folder + "/x.log").append(Array("a".utf8)) == nil)
            #expect(RotatingLog(path: folder + "/x.log").append(Array("b".utf8)) == nil)
            #expect(text(folder + "/x.log") == "ab")
        }
    }

    @Test("a full disk is told once, and costs the lines alone")
    func fullDisk() {
        let log = RotatingLog(path: "/dev/full")
        #expect(log.append(Array("a".utf8)) == .noSpace)
        #expect(log.append(Array("b".utf8)) == nil)
        #expect(log.droppedBytes == 2)
    }
}
