import ContractSupport
import Foundation
import Testing

/// The contracts keep buf's rules, and stay compatible with the baseline (see Baseline/README.md).
@Suite struct BufTests {
    private static let baseline = Repository.root
        .appending(path: "Tests/ContractTests/Baseline/contracts.binpb")

    @Test func protoPassesLint() async throws {
        let result = try await Tool.buf().run(["lint"], in: Repository.proto)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func protoBreaksNothingOfTheBaseline() async throws {
        let result = try await Tool.buf().run(
            ["breaking", "--against", Self.baseline.path], in: Repository.proto)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func brokenContractIsFound() async throws {
        // Written file by file: a copied symbolic link would lead the edit back to the original.
        let copy = try ScratchFolder()
        var edits = 0
        for path in try Repository.protoFiles() + ["buf.yaml"] {
            let text = try String(
                contentsOf: Repository.proto.appending(path: path), encoding: .utf8)
            let edited = text.replacing(
                "uint32 retry_after_ms = 3;", with: "string retry_after_ms = 3;")
            edits += edited == text ? 0 : 1
            let file = copy.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try edited.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(edits == 1)

        let result = try await Tool.buf().run(
            ["breaking", "--against", Self.baseline.path], in: copy.url)
        #expect(result.status == 100)
        #expect(result.output.contains("retry_after_ms"), "\(result.output)")
    }
}
