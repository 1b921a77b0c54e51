import Logging
import Testing

@testable import ServiceKit

@Suite struct SabotageTests {
    @Test func namesAreRead() throws {
        #expect(try Sabotage.read("") == [])
        #expect(try Sabotage.read("no-guard,answer-first") == [.noGuard, .answerFirst])
    }

    @Test func aNameThatIsNoneIsRefusedWithThoseThatAre() {
        do {
            _ = try Sabotage.read("no-guard,no-gravity")
            Issue.record("it was taken")
        } catch {
            #expect(error.description.contains("no-gravity"))
            for sabotage in Sabotage.allCases {
                #expect(error.description.contains(sabotage.rawValue))
            }
        }
    }

    @Test func nothingIsOffUnlessAskedFor() throws {
        try Sabotage.check(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(Sabotage.allCases.allSatisfy { !$0.isOn })
    }
}
