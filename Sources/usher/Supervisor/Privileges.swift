import Glibc

/// Who a process runs as, by way of setpriv (util-linux, on every Debian).
enum Privileges {
    /// True for root, who may run servers as other users.
    static var isRoot: Bool {
        geteuid() == 0
    }

    /// A command that runs another one as a user, with a signal when its parent dies.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - user: name of the user; nil = as we are.
    ///   - parentDeathSignal: "TERM", "INT" or "KILL" (PR_SET_PDEATHSIG of prctl(2)).
    static func wrap(_ command: [String], user: String?, parentDeathSignal: String) -> [String] {
        var wrapped = ["setpriv", "--pdeathsig", parentDeathSignal]
        if let user {
            wrapped += ["--reuid", user, "--regid", user, "--init-groups"]
        }
        return wrapped + ["--"] + command
    }

    /// An entry of the user database.
    struct User: Equatable {
        var name: String
        var id: uid_t
        var group: gid_t
    }

    /// Looks a user up by name; nil where there is none.
    static func user(named name: String) -> User? {
        guard let entry = unsafe getpwnam(name) else {
            return nil
        }
        return unsafe User(name: name, id: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }

    /// Name of the user we run as; its number where it has no name.
    static var currentUserName: String {
        guard let entry = unsafe getpwuid(geteuid()), let name = unsafe entry.pointee.pw_name else {
            return String(geteuid())
        }
        return unsafe String(cString: name)
    }
}
