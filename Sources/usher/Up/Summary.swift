/// What the operator reads when everything runs.
struct Summary {
    var report: ReadyReport
    /// The first admin, if made just now.
    var admin: FirstAdmin?
    var demo: DemoPeople?

    var text: String {
        var lines = [
            "", "  Page        \(report.url)/", "  API         \(report.url)/api/",
            "  OpenAPI     \(report.url)/openapi.yaml",
        ]
        for (index, name) in PortPlan.names.enumerated() {
            lines.append(
                (index == 0 ? "  Metrics     " : "              ")
                    + "\(report.adminURLs[name] ?? "")/metrics  \(name)")
        }
        lines += [
            "  Mails       \(report.outboxFolder)", "  Logs        \(report.logFolder)",
            "  Addresses   \(report.runFolder)/ready.json",
        ]
        if let admin {
            lines += [
                "", "  First admin, shown this once:", "    \(admin.email)  \(admin.password)",
            ]
        }
        if let demo {
            lines += ["", "  Demo log-ins:"]
            lines += demo.all.map { "    \($0.email)  \($0.password)  (\($0.role))" }
        }
        return (lines + ["", "  Ctrl-C stops everything.", ""]).joined(separator: "\n")
    }
}

/// Log-in of the admin that was just made.
struct FirstAdmin: Sendable, Equatable {
    var email: String
    var password: String
}
