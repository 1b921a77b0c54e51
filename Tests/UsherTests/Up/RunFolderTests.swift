import Foundation
import Testing

@testable import usher

@Suite("Run folder")
struct RunFolderTests {
    @Test("the default is short, stable, and another one for another data folder")
    func defaults() {
        let long = "/home/" + String(repeating: "x", count: 300)
        for (isRoot, user) in [(true, nil), (false, "/run/user/1000"), (false, nil), (false, long)]
        {
            let path = RunFolder.defaultPath(
                dataFolder: long, isRoot: isRoot, userFolder: user)
            #expect(path.utf8.count < 60)
            #expect(
                path
                    == RunFolder.defaultPath(dataFolder: long, isRoot: isRoot, userFolder: user))
            #expect(
                path
                    != RunFolder.defaultPath(
                        dataFolder: long + "x", isRoot: isRoot, userFolder: user))
        }
    }

    @Test("what an earlier start left is gone, and sockets fit")
    func prepare() async throws {
        try await withTemporaryFolder { parent in
            let run = RunFolder(path: parent + "/run")
            try run.prepare(postgresUser: nil)
            for name in ["ready.json", "auth.sock"] {
                try Data().write(to: URL(fileURLWithPath: "\(run.path)/\(name)"))
            }
            try run.prepare(postgresUser: nil)
            let found = try entries(run.path)
            #expect(found == ["postgres", "redis"])
            let mode = try FileManager.default.attributesOfItem(atPath: run.path)[.posixPermissions]
            #expect(mode as? Int == 0o700)
        }
    }

    @Test("a path that is too long for sockets is refused before anything is made")
    func tooLong() async throws {
        try await withTemporaryFolder { parent in
            let run = RunFolder(path: parent + "/" + String(repeating: "x", count: 80))
            let error = #expect(throws: StartError.self) { try run.prepare(postgresUser: nil) }
            #expect(error?.advice.contains("--run") == true)
            #expect(!FileManager.default.fileExists(atPath: run.path))
        }
    }

    @Test("a link that somebody laid there is refused")
    func link() async throws {
        try await withTemporaryFolder { parent in
            let run = RunFolder(path: parent + "/run")
            try FileManager.default.createSymbolicLink(
                atPath: run.path, withDestinationPath: parent)
            let error = #expect(throws: StartError.self) { try run.prepare(postgresUser: nil) }
            #expect(error?.problem == "\(run.path) is not a folder of ours.")
        }
    }
}
