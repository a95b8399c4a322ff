import VedetteEvent

/// Writes `auth.log` as OpenSSH, sudo, cron and PAM write it through syslog (RFC 3164).
struct AuthLog {
  private(set) var timeline = LogTimeline()
  private var chance: Chance
  private var sessions = 100

  init(chance: Chance) { self.chance = chance }

  var bytes: [UInt8] { timeline.bytes }

  /// What the lines that are added from now on belong to.
  var label: String? {
    get { timeline.label }
    set { timeline.label = newValue }
  }

  /// An accepted login and, when the session is over, what sshd and logind say then.
  mutating func session(_ login: SSHLogin, from start: EventTime, to end: EventTime) {
    let tag = "sshd[\(processID(at: start))]"
    let port = chance.integer(in: 32_768...60_999)
    sessions += 1
    let proof = login.keyFingerprint.map { " ssh2: ED25519 SHA256:\($0)" } ?? " ssh2"
    let from = "from \(login.address) port \(port)"
    add("Accepted \(login.method) for \(login.user) \(from)\(proof)", tag, login.host, start)
    let opened = start.plus(milliseconds: 40)
    let user = "\(login.user)(uid=\(userID(login.user)))"
    add(
      "pam_unix(sshd:session): session opened for user \(user) by (uid=0)",
      tag,
      login.host,
      opened
    )
    add("New session \(sessions) of user \(login.user).", "systemd-logind[612]", login.host, opened)
    let left = "\(login.address) port \(port)"
    add("Received disconnect from \(left):11: disconnected by user", tag, login.host, end)
    add("Disconnected from user \(login.user) \(left)", tag, login.host, end)
    let closed = end.plus(milliseconds: 30)
    add("pam_unix(sshd:session): session closed for user \(login.user)", tag, login.host, closed)
    let logind = "systemd-logind[612]"
    add(
      "Session \(sessions) logged out. Waiting for processes to exit.",
      logind,
      login.host,
      closed
    )
    add("Removed session \(sessions).", logind, login.host, closed)
  }

  /// A refused password.
  ///
  /// - Parameters:
  ///   - login: Who tried from where; the method is a password whatever it says.
  ///   - isKnown: Whether the user exists.
  ///   - repeats: How often syslog says that the message was repeated.
  ///   - time: When the password was refused.
  mutating func refusedPassword(
    _ login: SSHLogin,
    isKnown: Bool,
    repeats: Int = 0,
    at time: EventTime
  ) {
    let tag = "sshd[\(processID(at: time))]"
    let port = chance.integer(in: 32_768...60_999)
    let from = "from \(login.address) port \(port)"
    let asked = time.plus(milliseconds: -1_400)
    if !isKnown {
      add("Invalid user \(login.user) \(from)", tag, login.host, asked)
      add("pam_unix(sshd:auth): check pass; user unknown", tag, login.host, asked)
    }
    let remote = "rhost=\(login.address)" + (isKnown ? "  user=\(login.user)" : "")
    let failure = "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= \(remote)"
    add("pam_unix(sshd:auth): \(failure)", tag, login.host, asked)
    let user = (isKnown ? "" : "invalid user ") + login.user
    let refused = "Failed password for \(user) \(from) ssh2"
    add(refused, tag, login.host, time)
    guard repeats > 0 else { return closed(by: login, isKnown, port, tag, time) }
    let text = "message repeated \(repeats) times: [ \(refused)]"
    add(text, tag, login.host, time.plus(milliseconds: 2_600))
    closed(by: login, isKnown, port, tag, time.plus(milliseconds: 2_600))
  }

  private mutating func closed(
    by login: SSHLogin,
    _ isKnown: Bool,
    _ port: Int,
    _ tag: String,
    _ time: EventTime
  ) {
    let user = (isKnown ? "authenticating user " : "invalid user ") + login.user
    let text = "Connection closed by \(user) \(login.address) port \(port) [preauth]"
    add(text, tag, login.host, time.plus(milliseconds: 300))
  }

  /// A command through sudo.
  mutating func sudo(_ command: String, by user: String, on host: String, at time: EventTime) {
    sudoLine(command, by: user, on: host, refusal: "", at: time)
    let opened = "session opened for user root(uid=0) by \(user)(uid=\(userID(user)))"
    add("pam_unix(sudo:session): \(opened)", "sudo", host, time)
    let closed = "pam_unix(sudo:session): session closed for user root"
    add(closed, "sudo", host, time.plus(milliseconds: chance.integer(in: 200...1_800)))
  }

  /// A command that sudo does not permit.
  mutating func refusedSudo(
    _ command: String,
    by user: String,
    on host: String,
    at time: EventTime
  ) {
    sudoLine(command, by: user, on: host, refusal: "command not allowed ; ", at: time)
  }

  private mutating func sudoLine(
    _ command: String,
    by user: String,
    on host: String,
    refusal: String,
    at time: EventTime
  ) {
    let folder = user == "www-data" ? "/var/www/shop" : "/home/\(user)"
    let terminal = user == "www-data" ? "unknown" : "pts/\(userID(user) % 4)"
    let name = padded(user, to: 8, with: " ")
    let place = "TTY=\(terminal) ; PWD=\(folder) ; USER=root"
    add("\(name) : \(refusal)\(place) ; COMMAND=\(command)", "sudo", host, time)
  }

  /// A job of cron, of which auth.log has the session only.
  mutating func cronSession(of user: String, on host: String, at time: EventTime) {
    let tag = "CRON[\(processID(at: time))]"
    let name = "\(user)(uid=\(user == "root" ? 0 : userID(user)))"
    let opened = "pam_unix(cron:session): session opened for user \(name) by (uid=0)"
    add(opened, tag, host, time)
    let closed = "pam_unix(cron:session): session closed for user \(user)"
    add(closed, tag, host, time.plus(milliseconds: chance.integer(in: 100...2_500)))
  }

  private mutating func add(
    _ message: String,
    _ tag: String,
    _ host: String,
    _ time: EventTime
  ) {
    timeline.add("\(time.syslogText) \(host) \(tag): \(message)", at: time.wholeSecond)
  }

  /// Process numbers rise with time, as on a real machine.
  private mutating func processID(at time: EventTime) -> Int {
    20_000 + time.secondsSinceMorning * 3 / 2 + chance.integer(in: 0...2)
  }

  /// A user's number, from the name so that it is always the same.
  private func userID(_ user: String) -> Int {
    user == "www-data" ? 33 : 1_000 + Int(StableHash.of(user) % 200)
  }
}

/// Who logs in where, from where and how.
struct SSHLogin {
  var user: String
  var host: String
  var address: String
  /// The key's fingerprint, or `nil` for a password.
  var keyFingerprint: String?

  var method: String { keyFingerprint == nil ? "password" : "publickey" }
}
