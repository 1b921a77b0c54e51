import Foundation
import Testing

@testable import usher

@Suite("Data folder")
struct DataFolderTests {
    private func problem(_ folder: DataFolder, freeBytesMin: Int = 0) -> String {
        do {
            _ = try folder.open(postgresUser: nil, freeBytesMin: freeBytesMin)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test("a first start makes it for its owner alone; a second start finds it")
    func firstAndSecond() async throws {
        try await withTemporaryFolder { parent in
            let folder = DataFolder(path: parent + "/a/data")
            var lock: FolderLock? = try folder.open(postgresUser: nil, freeBytesMin: 0)
            #expect(text(folder.path + "/VERSION") == "\(DataFolder.format)\n")
            for path in [folder.path, folder.secrets, folder.logs, folder.outbox] {
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(mode as? Int == 0o700, "\(path)")
            }
            #expect(
                problem(folder).hasPrefix(
                    "usher up already runs on \(folder.path) (process \(getpid()))."))
            #expect(lock != nil)
            lock = nil
            #expect(problem(folder) == "none")
        }
    }

    @Test("somebody else's folder is refused and not touched")
    func foreign() async throws {
        try await withTemporaryFolder { parent in
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: parent)
            try Data().write(to: URL(fileURLWithPath: parent + "/thesis.tex"))
            #expect(
                problem(DataFolder(path: parent)).contains("is not empty and no data folder"))
            let found = try entries(parent)
            #expect(found == ["thesis.tex"])
            let mode = try FileManager.default.attributesOfItem(atPath: parent)[.posixPermissions]
            #expect(mode as? Int == 0o755)
        }
    }

    @Test(
        "a folder of another format is refused",
        arguments: [
            ("2", "has format 2; this Usher knows 1"), ("x", "instead of a number"),
            ("", "instead of a number"),
        ])
    func version(version: String, expected: String) async throws {
        try await withTemporaryFolder { parent in
            try Data(version.utf8).write(to: URL(fileURLWithPath: parent + "/VERSION"))
            #expect(problem(DataFolder(path: parent)).contains(expected))
            #expect(text(parent + "/VERSION") == version)
        }
    }

    @Test("a nearly full disk is refused")
    func space() async throws {
        try await withTemporaryFolder { parent in
            #expect(
                problem(DataFolder(path: parent + "/data"), freeBytesMin: .max)
                    .contains("is nearly full"))
        }
    }

    @Test("a folder that cannot be made is said to be so")
    func notWritable() {
        #expect(problem(DataFolder(path: "/proc/usher")).hasPrefix("Cannot make /proc/usher: "))
    }

    @Test("a folder that the database's user cannot reach is refused")
    func reach() async throws {
        try await withTemporaryFolder { parent in
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: parent)
            let stranger = Privileges.User(name: "stranger", id: 4_000_000, group: 4_000_000)
            let error = #expect(throws: StartError.self) {
                try DataFolder(path: parent + "/data").open(
                    postgresUser: stranger, freeBytesMin: 0)
            }
            #expect(error?.problem.hasSuffix("may not enter \(parent).") == true)
        }
    }
}
