/// Why the platform, or a part of it, does not start.
struct StartError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    var problem: String
    /// What to do about it; empty where nothing is known.
    var advice: String

    init(_ problem: String, advice: String = "") {
        self.problem = problem
        self.advice = advice
    }

    var description: String {
        advice.isEmpty ? problem : problem + "\n" + advice
    }
}
