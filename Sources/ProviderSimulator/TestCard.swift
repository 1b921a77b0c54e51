/// What a payment token of the simulated provider leads to. Tokens are the test card numbers that
/// users of payment providers know.
enum TestCard {
    /// The answer for `token`: nil approves, else the stable code of the refusal.
    static func declineCode(of token: String) -> String? {
        switch token {
        case "4242424242424242": nil
        case "4000000000000002": "card_declined"
        case "4000000000009995": "insufficient_funds"
        case "4000000000000069": "expired_card"
        default: "incorrect_number"
        }
    }
}
