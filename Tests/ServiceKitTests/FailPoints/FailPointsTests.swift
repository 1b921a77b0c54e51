#if DEBUG
    import Foundation
    import Testing

    @testable import ServiceKit

    /// Those that end the process are tested by `P4MoneyAndTicketsTests`.
    @Suite("Fail points")
    struct FailPointsTests {
        private func reach(
            _ points: FailPoints, _ point: FailPoint, _ subject: String = ""
        ) async -> Bool {
            do {
                try await points.reach(point, subject)
                return false
            } catch {
                return error is InjectedFailure
            }
        }

        @Test("Without the variables there are none")
        func none() throws {
            #expect(try FailPoints(["PATH": "/bin"]) == nil)
        }

        @Test("An error, as often as it was asked for")
        func counted() async throws {
            let points = try #require(
                try FailPoints([
                    "USHER_FAIL_POINTS": "payment.after_attempt=error*2,feed.after_commit=error"
                ]))
            #expect(await reach(points, .paymentAfterAttempt))
            #expect(await reach(points, .paymentAfterAttempt))
            #expect(await !reach(points, .paymentAfterAttempt))
            for _ in 0..<5 { #expect(await reach(points, .feedAfterCommit)) }
            #expect(await !reach(points, .feedBeforeCommit))
        }

        @Test("A file takes effect once, for its subject")
        func file() async throws {
            let folder = "/tmp/usher-fp-" + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let points = try #require(try FailPoints(["USHER_FAIL_POINTS_FOLDER": folder]))
            #expect(await !reach(points, .paymentAfterAttempt, "bkg_1"))
            try "error\n".write(
                toFile: folder + "/payment.after_attempt@bkg_1", atomically: true, encoding: .utf8)
            #expect(await !reach(points, .paymentAfterAttempt, "bkg_2"))
            #expect(await reach(points, .paymentAfterAttempt, "bkg_1"))
            #expect(await !reach(points, .paymentAfterAttempt, "bkg_1"))
            try "error".write(
                toFile: folder + "/payment.after_attempt", atomically: true, encoding: .utf8)
            #expect(await reach(points, .paymentAfterAttempt, "bkg_2"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }

        @Test(
            "What cannot be read is told, with the points that there are",
            arguments: [
                "payment.after_attempt", "nowhere=exit", "payment.after_attempt=explode",
                "payment.after_attempt=error*x", "payment.after_attempt=delay",
            ])
        func unreadable(text: String) {
            #expect(throws: FailPoints.Unreadable.self) {
                try FailPoints(["USHER_FAIL_POINTS": text])
            }
        }

        @Test("Actions")
        func actions() {
            #expect(FailPoints.Action("exit") == .exit)
            #expect(FailPoints.Action("delay:50") == .delay(milliseconds: 50))
            #expect(FailPoints.Action("gather:3:500\n") == .gather(count: 3, milliseconds: 500))
            for text in ["", "exit:1", "delay:-1", "gather:3", "delay:x"] {
                #expect(FailPoints.Action(text) == nil, "\(text)")
            }
        }

        @Test("Names are all different, and say whose they are")
        func names() {
            let names = FailPoint.allCases.map(\.rawValue)
            #expect(Set(names).count == names.count)
            #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+\.[a-z_]+/) != nil })
        }
    }
#endif
