/// Who can log in to try the platform. The passwords are known to everybody: they are for one
/// machine and for trying only.
struct DemoPeople: Sendable, Equatable {
    struct Person: Sendable, Equatable {
        var email: String
        var password: String
        var name: String
        /// For people: "organiser".
        var role: String
    }

    var organiser = Person(
        email: "organiser@demo.usher.localhost", password: "demo-organiser", name: "Olga Organiser",
        role: "organiser")
    var buyers = [
        Person(
            email: "anna@demo.usher.localhost", password: "demo-buyer-anna", name: "Anna Buyer",
            role: "buyer"),
        Person(
            email: "ben@demo.usher.localhost", password: "demo-buyer-ben", name: "Ben Buyer",
            role: "buyer"),
    ]

    var all: [Person] { [organiser] + buyers }
}
