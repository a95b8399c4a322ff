/// An `auth.log` of sixteen hosts that the internet guesses passwords of while people work.
///
/// Some 3,000 addresses and 400 names try, a few of them most of the time; 48 people log in with
/// keys and use sudo. Nine lines in ten are sshd's or its PAM modules', about ten lines a second.
struct AuthLines: LineSource {
  private var draw = Draw(seed: 0x5353_4864)
  private var clock = LineClock()
  private var session = 1_000
  private let hosts = (1...16).map { "web-\($0)" }
  private let people: [String]
  private let guesses: [String]
  private let scanners: [String]
  private let offices: [String]

  init() {
    let roots = ["anna", "bela", "carl", "dora", "emil", "fred", "gita", "hugo"]
    people = roots.flatMap { root in (0..<6).map { $0 == 0 ? root : "\(root)\($0)" } }
    let common = ["root", "admin", "test", "ubuntu", "oracle", "postgres", "git", "user", "pi"]
    guesses = common + (0..<391).map { "\(common[$0 % 9])\($0 / 9 + 1)" }
    var draw = Draw(seed: 0x4950)
    scanners = (0..<3_000).map { _ in
      "\(11 + draw.below(180)).\(draw.below(256)).\(draw.below(256)).\(1 + draw.below(254))"
    }
    offices = (0..<60).map { "10.20.\($0 / 8).\(10 + $0)" }
  }

  mutating func write(to out: inout LineWriter) {
    clock.advance(seconds: draw.below(3) == 0 ? 1 : 0)
    switch draw.below(100) {
    case 0..<62: guess(&out)
    case 62..<78: refuse(&out)
    case 78..<92: login(&out)
    case 92..<96: sudo(&out)
    default: cron(&out)
    }
  }

  /// A password for a name that does not exist.
  private mutating func guess(_ out: inout LineWriter) {
    let host = draw.pick(hosts)
    let process = 20_000 + draw.below(40_000)
    let user = draw.pickSkewed(guesses)
    let address = draw.pickSkewed(scanners)
    let place = "\(address) port \(32_768 + draw.below(28_000))"
    begin(&out, host, process)
    out.write("Invalid user \(user) from \(place)\n")
    begin(&out, host, process)
    out.write("pam_unix(sshd:auth): check pass; user unknown\n")
    failure(&out, host, process, address, "")
    begin(&out, host, process)
    out.write("Failed password for invalid user \(user) from \(place) ssh2\n")
    begin(&out, host, process)
    out.write("Connection closed by invalid user \(user) \(place) [preauth]\n")
  }

  /// A wrong password for a name that exists.
  private mutating func refuse(_ out: inout LineWriter) {
    let host = draw.pick(hosts)
    let process = 20_000 + draw.below(40_000)
    let user = draw.happens(percent: 80) ? "root" : draw.pickSkewed(people)
    let address = draw.pickSkewed(scanners)
    let place = "\(address) port \(32_768 + draw.below(28_000))"
    failure(&out, host, process, address, "  user=\(user)")
    begin(&out, host, process)
    out.write("Failed password for \(user) from \(place) ssh2\n")
    begin(&out, host, process)
    out.write("Received disconnect from \(place):11: Bye Bye [preauth]\n")
  }

  private mutating func failure(
    _ out: inout LineWriter,
    _ host: String,
    _ process: Int,
    _ address: String,
    _ user: String
  ) {
    begin(&out, host, process)
    out.write("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= ")
    out.write("rhost=\(address)\(user)\n")
  }

  private mutating func login(_ out: inout LineWriter) {
    let host = draw.pickSkewed(hosts)
    let process = 20_000 + draw.below(40_000)
    let user = draw.pickSkewed(people)
    let place = "\(draw.pickSkewed(offices)) port \(32_768 + draw.below(28_000))"
    session += 1
    begin(&out, host, process)
    out.write("Accepted publickey for \(user) from \(place) ssh2: ED25519 SHA256:")
    out.write("4l1hOqYcO1mOyUf0Gk1nR3ZxkT0J9b7sQw2EoVt\(user)\n")
    begin(&out, host, process)
    out.write("pam_unix(sshd:session): session opened for user \(user)(uid=1001) by (uid=0)\n")
    begin(&out, host, 612, "systemd-logind")
    out.write("New session \(session) of user \(user).\n")
    begin(&out, host, process)
    out.write("Received disconnect from \(place):11: disconnected by user\n")
    begin(&out, host, process)
    out.write("Disconnected from user \(user) \(place)\n")
    begin(&out, host, process)
    out.write("pam_unix(sshd:session): session closed for user \(user)\n")
  }

  private mutating func sudo(_ out: inout LineWriter) {
    let host = draw.pickSkewed(hosts)
    let user = draw.pickSkewed(people)
    let commands = [
      "/usr/bin/systemctl restart nginx", "/usr/bin/apt-get update",
      "/usr/bin/tail -f /var/log/syslog",
      "/usr/bin/journalctl -u app", "/usr/bin/docker ps", "/usr/bin/vim /etc/hosts",
    ]
    out.write("\(clock.syslogDate) \(clock.clock) \(host) sudo: \(user) : TTY=pts/0 ; ")
    out.write("PWD=/home/\(user) ; USER=root ; COMMAND=\(draw.pick(commands))\n")
  }

  private mutating func cron(_ out: inout LineWriter) {
    let host = draw.pick(hosts)
    let process = 20_000 + draw.below(40_000)
    begin(&out, host, process, "CRON")
    out.write("pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)\n")
    begin(&out, host, process, "CRON")
    out.write("pam_unix(cron:session): session closed for user root\n")
  }

  private func begin(
    _ out: inout LineWriter,
    _ host: String,
    _ process: Int,
    _ program: String = "sshd"
  ) {
    out.write(clock.syslogDate)
    out.write(" ")
    out.write(clock.clock)
    out.write(" ")
    out.write(host)
    out.write(" ")
    out.write(program)
    out.write("[")
    out.write(process)
    out.write("]: ")
  }
}
