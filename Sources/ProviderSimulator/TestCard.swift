/// What a payment token of the simulated provider leads to. Tokens are test card numbers: those
/// that users of payment providers know where there is one for the habit, and numbers of our own
/// (4000 0000 7…) where there is none. `docs/payments.md` lists them.
struct TestCard: Equatable, Sendable {
    /// How the request to charge is answered.
    enum Answer: Equatable, Sendable {
        case prompt
        /// After `Delays.slow`.
        case slow
        /// Worked on after `Delays.hang`, when the caller has long given up.
        case hang
        /// Written to the ledger; the connection is cut without an answer.
        case cut
        /// 503 the first time, and nothing happens.
        case errorFirst
    }

    /// When a charge comes to its end.
    enum Settlement: Equatable, Sendable {
        case atOnce
        /// Pending for `Delays.settle`.
        case soon
        /// Pending for `Delays.late`.
        case late
    }

    /// What becomes of the webhooks.
    enum Webhooks: Equatable, Sendable {
        case once
        case twice
        /// The first is told after the last.
        case reordered
        /// After `Delays.late`.
        case late
        case lost
    }

    /// What becomes of a refund.
    enum Refunds: Equatable, Sendable {
        case prompt
        /// Pending for `Delays.settle`, then it succeeds.
        case slow
        /// Pending for `Delays.settle`, then it fails: every time.
        case fail
        /// Fails at once, twice; the third succeeds.
        case failTwice
        /// Worked on after `Delays.hang`.
        case hang
        /// Written to the ledger; the connection is cut without an answer.
        case cut
        /// 503 the first time, and nothing happens.
        case errorFirst
    }

    /// The stable code of a refusal; nil approves.
    var declineCode: String?
    var answer = Answer.prompt
    var settlement = Settlement.atOnce
    var webhooks = Webhooks.once
    var refunds = Refunds.prompt

    /// Approves, or refuses with a code; everything as it should be.
    init(declining code: String? = nil) {
        declineCode = code
    }

    /// The card of a token; every other token is an incorrect number.
    init(_ token: String) {
        self = Self.cards[token] ?? TestCard(declining: "incorrect_number")
    }

    private func with(_ change: (inout TestCard) -> Void) -> TestCard {
        var card = self
        change(&card)
        return card
    }

    private static let approving = TestCard()

    /// Every number that is not simply incorrect.
    static let cards: [String: TestCard] = [
        // Known from real providers.
        "4242424242424242": approving,
        "4000000000000002": TestCard(declining: "card_declined"),
        "4000000000009995": TestCard(declining: "insufficient_funds"),
        "4000000000009987": TestCard(declining: "lost_card"),
        "4000000000009979": TestCard(declining: "stolen_card"),
        "4000000000000069": TestCard(declining: "expired_card"),
        "4000000000000127": TestCard(declining: "incorrect_cvc"),
        "4000000000000119": TestCard(declining: "processing_error"),
        "4000000000007726": approving.with { $0.refunds = .slow },
        "4000000000005126": approving.with { $0.refunds = .fail },
        // Bad habits of answers.
        "4000000007000104": approving.with { $0.answer = .slow },
        "4000000007000203": approving.with { $0.answer = .hang },
        "4000000007000302": TestCard(declining: "card_declined").with { $0.answer = .hang },
        "4000000007000401": approving.with { $0.answer = .cut },
        "4000000007000500": approving.with { $0.answer = .errorFirst },
        "4000000007000609": approving.with {
            $0.answer = .cut
            $0.webhooks = .lost
        },
        // Bad habits of webhooks: the answer says "pending", so that they matter.
        "4000000007000708": approving.with { $0.settlement = .soon },
        "4000000007000807": TestCard(declining: "card_declined").with { $0.settlement = .soon },
        "4000000007000906": approving.with {
            $0.settlement = .soon
            $0.webhooks = .twice
        },
        "4000000007001003": approving.with {
            $0.settlement = .soon
            $0.webhooks = .reordered
        },
        "4000000007001102": approving.with {
            $0.settlement = .soon
            $0.webhooks = .late
        },
        "4000000007001201": approving.with {
            $0.settlement = .soon
            $0.webhooks = .lost
        },
        "4000000007001300": approving.with { $0.settlement = .late },
        // Bad habits of refunds.
        "4000000007001409": approving.with { $0.refunds = .failTwice },
        "4000000007001508": approving.with { $0.refunds = .hang },
        "4000000007001607": approving.with { $0.refunds = .cut },
        "4000000007001706": approving.with { $0.refunds = .errorFirst },
        "4000000007001805": approving.with {
            $0.refunds = .slow
            $0.webhooks = .lost
        },
    ]
}

/// How long the provider's bad habits take.
package struct SimulatorDelays: Sendable {
    /// Until a slow answer.
    package var slow = Duration.seconds(3)
    /// Until a request that hangs is worked on; longer than callers wait.
    package var hang = Duration.seconds(15)
    /// How long pending charges and refunds take.
    package var settle = Duration.seconds(1)
    /// Until late settlements and late webhooks.
    package var late = Duration.seconds(30)

    /// The delays that a person can watch.
    package init() {}
}
