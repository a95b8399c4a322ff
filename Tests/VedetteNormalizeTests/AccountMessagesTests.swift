import Testing
import VedetteEvent

@testable import VedetteNormalize

@Suite("Messages of sudo, su, cron and the account tools")
struct AccountMessagesTests {
  static let sudo: [MessageCase] = [
    MessageCase(
      "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/apt update",
      [
        "event.category": "process", "event.action": "sudo_command", "event.outcome": "success",
        "user.name": "alice", "user.target.name": "root", "process.tty": "pts/0",
        "process.working_directory": "/home/alice", "process.command_line": "/usr/bin/apt update",
      ]
    ),
    MessageCase(
      "alice : PWD=/ ; USER=#-1 ; ENV=A=1 ; COMMAND=/bin/sh -c a ; USER=bob ; COMMAND=/bin/true",
      [
        "event.category": "process", "event.action": "sudo_command", "event.outcome": "success",
        "user.name": "alice", "user.target.name": "#-1", "process.working_directory": "/",
        "process.command_line": "/bin/sh -c a ; USER=bob ; COMMAND=/bin/true",
      ]
    ),
    MessageCase(
      "alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su",
      [
        "event.category": "authentication", "event.action": "sudo_auth_failure",
        "event.outcome": "failure", "event.count": "3", "user.name": "alice",
        "user.target.name": "root", "process.tty": "pts/0", "process.working_directory": "/",
        "process.command_line": "/bin/su",
      ]
    ),
    MessageCase(
      "alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su",
      [
        "event.category": "authentication", "event.action": "sudo_not_allowed",
        "event.outcome": "failure", "user.name": "alice", "user.target.name": "root",
        "process.tty": "pts/0", "process.working_directory": "/",
        "process.command_line": "/bin/su",
      ]
    ),
    MessageCase(
      "alice : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su",
      [
        "event.category": "authentication", "event.action": "sudo_not_allowed",
        "event.outcome": "failure", "user.name": "alice", "user.target.name": "root",
        "process.tty": "pts/0", "process.working_directory": "/",
        "process.command_line": "/bin/su",
      ]
    ),
    MessageCase(
      "pam_unix(sudo:auth): authentication failure; logname=alice uid=1000 euid=0 tty=/dev/pts/0 "
        + "ruser=alice rhost=  user=alice",
      [
        "event.category": "authentication", "event.action": "pam_auth_failure",
        "event.outcome": "failure", "user.name": "alice", "process.tty": "/dev/pts/0",
      ]
    ),
    MessageCase(
      "pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)",
      [
        "event.category": "authentication", "event.action": "session_opened",
        "event.outcome": "success", "user.name": "alice", "user.target.name": "root",
      ]
    ),
    MessageCase("unable to resolve host x", ["event.action": "sudo_other"]),
  ]

  private static func su(_ outcome: String, tty: String? = nil) -> [String: String] {
    var fields = [
      "event.category": "authentication", "event.action": "su_login", "event.outcome": outcome,
      "user.name": "alice", "user.target.name": "root",
    ]
    fields["process.tty"] = tty
    return fields
  }

  static let su: [MessageCase] = [
    MessageCase("(to root) alice on pts/0", su("success", tty: "pts/0")),
    MessageCase("FAILED SU (to root) alice on pts/0", su("failure", tty: "pts/0")),
    MessageCase("Successful su for root by alice", su("success")),
    MessageCase("FAILED su for root by alice", su("failure")),
    MessageCase("+ /dev/pts/0 alice:root", su("success", tty: "/dev/pts/0")),
    MessageCase("- /dev/pts/0 alice:root", su("failure", tty: "/dev/pts/0")),
    MessageCase("BAD SU alice to root on /dev/pts/0", su("failure", tty: "/dev/pts/0")),
    MessageCase("alice to root on /dev/pts/0", su("success", tty: "/dev/pts/0")),
    MessageCase(
      "pam_unix(su:auth): authentication failure; logname=alice uid=1000 euid=0 tty=pts/0 "
        + "ruser=alice rhost=  user=root",
      [
        "event.category": "authentication", "event.action": "pam_auth_failure",
        "event.outcome": "failure", "user.name": "alice", "user.target.name": "root",
        "process.tty": "pts/0",
      ]
    ),
    MessageCase(
      "x to on y",
      ["event.category": "authentication", "event.action": "su_other"]
    ),
    MessageCase(
      "(to root) alice",
      ["event.category": "authentication", "event.action": "su_other"]
    ),
  ]

  static let cron: [MessageCase] = [
    MessageCase(
      "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
      [
        "event.category": "process", "event.action": "cron_command", "user.name": "root",
        "process.command_line": "cd / && run-parts --report /etc/cron.hourly",
      ]
    ),
    MessageCase("(alice) REPLACE (alice)", ["event.action": "cron_other", "user.name": "alice"]),
    MessageCase("(CRON) INFO (No MTA installed)", ["event.action": "cron_other"]),
    MessageCase(
      "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
      [
        "event.category": "authentication", "event.action": "session_opened",
        "event.outcome": "success", "user.name": "root",
      ]
    ),
  ]

  struct ToolCase: Sendable, CustomTestStringConvertible {
    let program: String
    let message: String
    let action: String
    var outcome: String? = "success"
    var target: String?
    var group: String?
    var user: String?
    var category: String? = "iam"
    var testDescription: String { "\(program): \(message)" }
  }

  static let tools: [ToolCase] = [
    ToolCase(
      program: "useradd",
      message: "new user: name=bob, UID=1001, GID=1001, home=/home/bob, shell=/bin/sh, from=none",
      action: "user_added",
      target: "bob"
    ),
    ToolCase(
      program: "useradd",
      message: "new group: name=bob, GID=1001",
      action: "group_added",
      group: "bob"
    ),
    ToolCase(
      program: "useradd",
      message: "failed adding user 'bob', exit code: 9",
      action: "user_added",
      outcome: "failure",
      target: "bob"
    ),
    ToolCase(
      program: "usermod",
      message: "add 'bob' to group 'sudo'",
      action: "group_member_added",
      target: "bob",
      group: "sudo"
    ),
    ToolCase(
      program: "usermod",
      message: "add 'bob' to shadow group 'sudo'",
      action: "group_member_added",
      target: "bob",
      group: "sudo"
    ),
    ToolCase(
      program: "usermod",
      message: "change user 'bob' shell from '/bin/sh' to '/bin/bash'",
      action: "user_modified",
      target: "bob"
    ),
    ToolCase(
      program: "userdel",
      message: "delete user 'bob'",
      action: "user_deleted",
      target: "bob"
    ),
    ToolCase(
      program: "userdel",
      message: "removed group 'bob' owned by 'bob'",
      action: "group_removed",
      group: "bob"
    ),
    ToolCase(
      program: "groupadd",
      message: "group added to /etc/group: name=devs, GID=1001",
      action: "group_added",
      group: "devs"
    ),
    ToolCase(
      program: "groupdel",
      message: "group 'devs' removed from /etc/group",
      action: "group_removed",
      group: "devs"
    ),
    ToolCase(
      program: "gpasswd",
      message: "user bob added by root to group sudo",
      action: "group_member_added",
      target: "bob",
      group: "sudo",
      user: "root"
    ),
    ToolCase(
      program: "passwd",
      message: "pam_unix(passwd:chauthtok): password changed for bob",
      action: "password_changed",
      outcome: nil,
      target: "bob"
    ),
    ToolCase(program: "useradd", message: "hello", action: "useradd_other", outcome: nil),
    ToolCase(
      program: "systemd-logind",
      message: "New session 5 of user alice.",
      action: "session_opened",
      user: "alice",
      category: "authentication"
    ),
    ToolCase(
      program: "systemd-logind",
      message: "New session '5' of user 'alice' with class 'user' and type 'tty'.",
      action: "session_opened",
      user: "alice",
      category: "authentication"
    ),
    ToolCase(
      program: "systemd-logind",
      message: "Removed session 5.",
      action: "session_closed",
      outcome: nil,
      category: "authentication"
    ),
  ]

  @Test("reads sudo", arguments: sudo)
  func readsSudo(_ example: MessageCase) throws {
    try example.check(program: "sudo", logSource: LogSource(product: "linux", service: "sudo"))
  }

  @Test("reads su", arguments: su)
  func readsSu(_ example: MessageCase) throws {
    try example.check(program: "su", logSource: LogSource(product: "linux", service: "su"))
  }

  @Test("reads cron", arguments: cron)
  func readsCron(_ example: MessageCase) throws {
    for program in ["CRON", "crond", "/USR/SBIN/CRON"] {
      try example.check(program: program, logSource: LogSource(product: "linux", service: "cron"))
    }
  }

  @Test("reads account tools and logind", arguments: tools)
  func readsTools(_ example: ToolCase) throws {
    var fields = ["event.action": example.action]
    fields["event.category"] = example.category
    fields["event.outcome"] = example.outcome
    fields["user.target.name"] = example.target
    fields["group.name"] = example.group
    fields["user.name"] = example.user
    try MessageCase(example.message, fields).check(
      program: example.program,
      logSource: LogSource(product: "linux", service: "auth")
    )
  }
}
