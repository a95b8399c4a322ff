import Testing
import VedetteEvent

@testable import VedetteNormalize

/// A message of a program and the fields that it gives beside those of the header.
struct MessageCase: Sendable, CustomTestStringConvertible {
  let message: String
  let fields: [String: String]
  var testDescription: String { message }

  init(_ message: String, _ fields: [String: String]) {
    self.message = message
    self.fields = fields
  }

  static let headerFields: Set<String> = ["message", "host.name", "process.name", "process.pid"]

  /// Reads the message as one of a program.
  func check(program: String, logSource: LogSource) throws {
    let line = "Dec 10 06:55:46 LabSZ \(program)[24200]: \(message)"
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.without(Self.headerFields) == fields)
    #expect(row.fields["process.name"] == program)
    #expect(row.fields["process.pid"] == "24200")
    #expect(row.fields["message"] == message.trimmingBlanks)
    #expect(row.time?.description == "2000-12-10T06:55:46Z")
    #expect(row.isYearless)
    #expect(row.logSource == logSource)
  }
}

extension String {
  /// The text without blanks around it.
  var trimmingBlanks: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

@Suite("Messages of sshd")
struct SSHMessagesTests {
  private static func event(
    _ action: String,
    _ outcome: String? = nil,
    _ more: [String: String] = [:]
  ) -> [String: String] {
    var fields = more
    fields["event.category"] = "authentication"
    fields["event.action"] = action
    fields["event.outcome"] = outcome
    return fields
  }

  private static func login(
    _ outcome: String,
    _ method: String,
    _ user: String,
    _ ip: String,
    _ port: String,
    invalid: Bool = false,
    count: String? = nil
  ) -> [String: String] {
    var fields = event(
      "ssh_login",
      outcome,
      ["ssh.method": method, "user.name": user, "source.ip": ip, "source.port": port]
    )
    if invalid { fields["user.invalid"] = "true" }
    fields["event.count"] = count
    return fields
  }

  static let logins: [MessageCase] = [
    MessageCase(
      "Failed password for root from 5.36.59.76 port 42393 ssh2",
      login("failure", "password", "root", "5.36.59.76", "42393")
    ),
    MessageCase(
      "Accepted password for fztu from 119.137.62.142 port 49116 ssh2",
      login("success", "password", "fztu", "119.137.62.142", "49116")
    ),
    MessageCase(
      "Accepted publickey for alice from 2001:DB8:0::7 port 22 ssh2: ED25519 SHA256:abc/+def",
      login("success", "publickey", "alice", "2001:db8::7", "22")
    ),
    MessageCase(
      "Accepted publickey for alice from ::ffff:192.0.2.7 port 22 ssh2: RSA 00:11:22",
      login("success", "publickey", "alice", "192.0.2.7", "22")
    ),
    MessageCase(
      "Accepted gssapi-with-mic for alice from 192.0.2.7 port 22 ssh2: alice@EXAMPLE.ORG",
      login("success", "gssapi-with-mic", "alice", "192.0.2.7", "22")
    ),
    MessageCase(
      "Failed keyboard-interactive/pam for invalid user admin from 1.2.3.4 port 9 ssh2 [preauth]",
      login("failure", "keyboard-interactive/pam", "admin", "1.2.3.4", "9", invalid: true)
    ),
    MessageCase(
      "Failed none for invalid user 0 from 5.188.10.180 port 49811 ssh2",
      login("failure", "none", "0", "5.188.10.180", "49811", invalid: true)
    ),
    MessageCase(
      "Failed password for invalid user  0101 from 5.188.10.180 port 36279 ssh2",
      login("failure", "password", " 0101", "5.188.10.180", "36279", invalid: true)
    ),
    MessageCase(
      "Failed password for invalid user  from 5.188.10.180 port 36279 ssh2",
      login("failure", "password", "", "5.188.10.180", "36279", invalid: true)
    ),
    MessageCase(
      "Failed password for invalid user a b c from 5.188.10.180 port 36279 ssh2",
      login("failure", "password", "a b c", "5.188.10.180", "36279", invalid: true)
    ),
    MessageCase(
      "message repeated 5 times: [ Failed password for root from 106.5.5.195 port 50719 ssh2]",
      login("failure", "password", "root", "106.5.5.195", "50719", count: "5")
    ),
  ]

  static let hostile: [MessageCase] = [
    MessageCase(
      "Failed password for invalid user x from 10.0.0.1 port 22 ssh2 from 203.0.113.9 port 5 ssh2",
      login(
        "failure",
        "password",
        "x from 10.0.0.1 port 22 ssh2",
        "203.0.113.9",
        "5",
        invalid: true
      )
    ),
    MessageCase(
      "Failed publickey for x from 10.0.0.1 port 22 ssh2: RSA a from 203.0.113.9 port 5 ssh2: RSA b",
      login(
        "failure",
        "publickey",
        "x from 10.0.0.1 port 22 ssh2: RSA a",
        "203.0.113.9",
        "5"
      )
    ),
    MessageCase(
      "Failed publickey for bob from 203.0.113.9 port 5 ssh2: RSA-CERT SHA256:a ID "
        + "y from 10.0.0.1 port 22 ssh2: RSA b (serial 0) CA RSA SHA256:c",
      login("failure", "publickey", "bob", "203.0.113.9", "5")
    ),
    // Both could be what sshd wrote: neither is taken for the source.
    MessageCase(
      "Failed publickey for bob from 203.0.113.9 port 5 ssh2: RSA-CERT SHA256:a ID "
        + "y from 10.0.0.1 port 22 ssh2: RSA-CERT b (serial 0) CA RSA SHA256:c",
      event("ssh_other")
    ),
    MessageCase(
      "Invalid user a from 10.0.0.1 from 203.0.113.9 port 5",
      event(
        "ssh_invalid_user",
        "failure",
        [
          "user.name": "a from 10.0.0.1", "user.invalid": "true", "source.ip": "203.0.113.9",
          "source.port": "5",
        ]
      )
    ),
    MessageCase(
      "Connection closed by invalid user a 10.0.0.1 port 22 203.0.113.9 port 5 [preauth]",
      event(
        "ssh_connection_closed",
        nil,
        [
          "user.name": "a 10.0.0.1 port 22", "user.invalid": "true",
          "source.ip": "203.0.113.9", "source.port": "5",
        ]
      )
    ),
    MessageCase(
      "Received disconnect from 203.0.113.9 port 5:11: bye from 10.0.0.1 port 22",
      event("ssh_disconnect", nil, ["source.ip": "203.0.113.9", "source.port": "5"])
    ),
    MessageCase(
      "Disconnecting invalid user a 10.0.0.1 port 22: b 203.0.113.9 port 5: Change of username",
      event("ssh_disconnect")
    ),
    MessageCase(
      "User a from 10.0.0.1 not allowed because b from 203.0.113.9 not allowed because not listed",
      event(
        "ssh_other",
        "failure",
        [
          "user.name": "a from 10.0.0.1 not allowed because b", "source.ip": "203.0.113.9",
        ]
      )
    ),
    MessageCase(
      "Failed password for invalid user message repeated 9 times: [ x] from 1.2.3.4 port 5 ssh2",
      login(
        "failure",
        "password",
        "message repeated 9 times: [ x]",
        "1.2.3.4",
        "5",
        invalid: true
      )
    ),
  ]

  private static let source = ["source.ip": "192.0.2.7"]
  private static let unverifiedRoot = ["user.name": "root", "user.unverified": "true"]
  private static let sourceAndPort = ["source.ip": "192.0.2.7", "source.port": "5"]

  static let others: [MessageCase] = [
    MessageCase(
      "Invalid user webmaster from 192.0.2.7",
      event(
        "ssh_invalid_user",
        "failure",
        ["source.ip": "192.0.2.7", "user.name": "webmaster", "user.invalid": "true"]
      )
    ),
    MessageCase(
      "input_userauth_request: invalid user webmaster [preauth]",
      event("ssh_other", nil, ["user.name": "webmaster", "user.invalid": "true"])
    ),
    MessageCase(
      "reverse mapping checking getaddrinfo for a.b.c [192.0.2.7] failed - POSSIBLE BREAK-IN "
        + "ATTEMPT!",
      event("ssh_reverse_mapping_failed", nil, source)
    ),
    MessageCase(
      "Address 192.0.2.7 maps to a.b.c, but this does not map back to the address.",
      event("ssh_reverse_mapping_failed", nil, source)
    ),
    MessageCase(
      "Did not receive identification string from 192.0.2.7",
      event("ssh_no_identification", nil, source)
    ),
    MessageCase(
      "Did not receive identification string from 192.0.2.7 port 5",
      event("ssh_no_identification", nil, sourceAndPort)
    ),
    MessageCase(
      "Received disconnect from 192.0.2.7: 11: Bye Bye [preauth]",
      event("ssh_disconnect", nil, source)
    ),
    MessageCase(
      "error: Received disconnect from 2001:db8::1: 3: com.jcraft.jsch.JSchException: Auth fail",
      event("ssh_disconnect", nil, ["source.ip": "2001:db8::1"])
    ),
    MessageCase(
      "Received disconnect from 192.0.2.7 port 5:11: disconnected by user",
      event("ssh_disconnect", nil, sourceAndPort)
    ),
    MessageCase(
      "Disconnected from user alice 192.0.2.7 port 5",
      event("ssh_disconnect", nil, sourceAndPort.merging(["user.name": "alice"]) { $1 })
    ),
    MessageCase(
      "Disconnected from 192.0.2.7 port 5",
      event("ssh_disconnect", nil, sourceAndPort)
    ),
    MessageCase(
      "Connection closed by 192.0.2.7 [preauth]",
      event("ssh_connection_closed", nil, source)
    ),
    MessageCase(
      "Connection reset by authenticating user root 192.0.2.7 port 5 [preauth]",
      event("ssh_connection_closed", nil, sourceAndPort.merging(unverifiedRoot) { $1 })
    ),
    MessageCase(
      "error: maximum authentication attempts exceeded for root from 192.0.2.7 port 5 ssh2 "
        + "[preauth]",
      event(
        "ssh_max_auth_attempts",
        "failure",
        sourceAndPort.merging(["user.name": "root"]) { $1 }
      )
    ),
    MessageCase(
      "Disconnecting: Too many authentication failures for root [preauth]",
      event("ssh_max_auth_attempts", "failure", ["user.name": "root"])
    ),
    MessageCase(
      "Disconnecting authenticating user root 192.0.2.7 port 5: Too many authentication failures "
        + "[preauth]",
      event(
        "ssh_max_auth_attempts",
        "failure",
        sourceAndPort.merging(unverifiedRoot) { $1 }
      )
    ),
    MessageCase(
      "Unable to negotiate with 192.0.2.7 port 5: no matching cipher found",
      event("ssh_other", nil, sourceAndPort)
    ),
    MessageCase(
      "Bad protocol version identification 'GET / HTTP/1.0' from 192.0.2.7 port 5",
      event("ssh_other", nil, sourceAndPort)
    ),
    MessageCase("PAM service(sshd) ignoring max retries; 6 > 3", event("ssh_other")),
    MessageCase("Failed to allocate internet-domain X11 display socket.", event("ssh_other")),
    MessageCase("Server listening on 0.0.0.0 port 22.", event("ssh_other")),
    MessageCase("Failed password for", event("ssh_other")),
    MessageCase("Failed password for root from", event("ssh_other")),
    MessageCase("", event("ssh_other")),
  ]

  static let pam: [MessageCase] = [
    MessageCase(
      "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
        + "rhost=192.0.2.7  user=root",
      event(
        "pam_auth_failure",
        "failure",
        ["source.ip": "192.0.2.7", "user.name": "root", "process.tty": "ssh"]
      )
    ),
    MessageCase(
      "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
        + "rhost=a.b.example ",
      event(
        "pam_auth_failure",
        "failure",
        ["source.domain": "a.b.example", "process.tty": "ssh"]
      )
    ),
    MessageCase(
      "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
        + "rhost=192.0.2.7  user=x rhost=10.0.0.1 user=root",
      event(
        "pam_auth_failure",
        "failure",
        [
          "source.ip": "192.0.2.7", "user.name": "x rhost=10.0.0.1 user=root",
          "process.tty": "ssh",
        ]
      )
    ),
    MessageCase(
      "PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= "
        + "rhost=192.0.2.7  user=root",
      event(
        "pam_auth_failure",
        "failure",
        [
          "source.ip": "192.0.2.7", "user.name": "root", "process.tty": "ssh", "event.count": "5",
        ]
      )
    ),
    MessageCase(
      "message repeated 2 times: [ PAM 5 more authentication failures; logname= uid=0 euid=0 "
        + "tty=ssh ruser= rhost=192.0.2.7  user=root]",
      event(
        "pam_auth_failure",
        "failure",
        [
          "source.ip": "192.0.2.7", "user.name": "root", "process.tty": "ssh",
          "event.count": "10",
        ]
      )
    ),
    MessageCase(
      "PAM 1 more authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7 ",
      event(
        "pam_auth_failure",
        "failure",
        ["source.ip": "192.0.2.7", "process.tty": "ssh", "event.count": "1"]
      )
    ),
    MessageCase(
      "error: PAM: Authentication failure for illegal user bob from a.b.example",
      event(
        "pam_auth_failure",
        "failure",
        ["source.domain": "a.b.example", "user.name": "bob", "user.invalid": "true"]
      )
    ),
    MessageCase(
      "pam_unix(sshd:session): session opened for user fztu by (uid=0)",
      event("session_opened", "success", ["user.name": "fztu"])
    ),
    MessageCase(
      "pam_unix(sshd:session): session opened for user fztu(uid=1000) by (uid=0)",
      event("session_opened", "success", ["user.name": "fztu"])
    ),
    MessageCase(
      "pam_unix(sshd:session): session closed for user fztu",
      event("session_closed", nil, ["user.name": "fztu"])
    ),
    MessageCase("pam_unix(sshd:auth): check pass; user unknown", event("ssh_other")),
  ]

  @Test("reads logins", arguments: logins)
  func readsLogins(_ example: MessageCase) throws { try check(example) }

  @Test("what a client chooses can't forge a source", arguments: hostile)
  func resistsForgery(_ example: MessageCase) throws { try check(example) }

  @Test("reads other messages", arguments: others)
  func readsOthers(_ example: MessageCase) throws { try check(example) }

  @Test("reads what PAM says through sshd", arguments: pam)
  func readsPAM(_ example: MessageCase) throws { try check(example) }

  private func check(_ example: MessageCase) throws {
    let logSource = LogSource(product: "linux", service: "sshd")
    try example.check(program: "sshd", logSource: logSource)
    try example.check(program: "sshd-session", logSource: logSource)
  }

  @Test("a line that lost its end still tells what it holds")
  func cutLines() throws {
    let line = "Dec 10 06:55:46 h sshd[1]: Failed password for root from 192.0.2.7 port 42"
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.fields["source.ip"] == "192.0.2.7" && row.fields["event.outcome"] == "failure")
  }
}
