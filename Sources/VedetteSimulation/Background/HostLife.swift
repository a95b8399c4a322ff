import VedetteEvent

/// What machines and their administrators do all day, as `auth.log` shows it.
struct HostLife {
  let hosts: [String]
  let first: EventTime
  let last: EventTime

  /// Writes cron, configuration management, people at the office and the noise of the internet.
  func write(to log: inout AuthLog, seed: UInt64) {
    writeCron(to: &log)
    writeConfigurationManagement(to: &log, seed: seed)
    writeOffice(to: &log, seed: seed)
    writeNoise(to: &log, seed: seed)
  }

  private func writeCron(to log: inout AuthLog) {
    for (index, host) in hosts.enumerated() {
      var time = first.plus(seconds: 1)
      while time < last {
        log.cronSession(of: "root", on: host, at: time)
        time = time.plus(minutes: 5)
      }
      var hourly = first.plus(seconds: 17 * 60 + index * 7)
      while hourly < last {
        log.cronSession(of: "backup", on: host, at: hourly)
        hourly = hourly.plus(minutes: 60)
      }
    }
  }

  private func writeConfigurationManagement(to log: inout AuthLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "configuration management")
    let key = People.fingerprint(of: "ansible")
    var round = first.plus(minutes: 7)
    while round < last {
      for (index, host) in hosts.enumerated() {
        let start = round.plus(seconds: index * 9 + chance.integer(in: 0...3))
        let login = SSHLogin(
          user: "ansible",
          host: host,
          address: "192.0.2.10",
          keyFingerprint: key
        )
        log.session(login, from: start, to: start.plus(seconds: 21))
        log.sudo("/usr/bin/apt-get -qq update", by: "ansible", on: host, at: start.plus(seconds: 4))
        log.sudo(
          "/usr/bin/systemctl is-active nginx",
          by: "ansible",
          on: host,
          at: start.plus(seconds: 15)
        )
      }
      round = round.plus(minutes: 30)
    }
  }

  private func writeOffice(to log: inout AuthLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "office")
    let commands = [
      "/usr/bin/systemctl status nginx", "/usr/bin/journalctl -u nginx --since today",
      "/usr/bin/less /var/log/syslog", "/usr/bin/systemctl reload nginx", "/usr/bin/apt list",
      "/usr/bin/docker ps", "/usr/bin/ss -ltnp",
    ]
    for user in People.staff {
      for time in chance.times(2, from: first.plus(minutes: 3), to: last.plus(minutes: -25)) {
        let host = chance.pick(hosts)
        let login = SSHLogin(
          user: user,
          host: host,
          address: People.office,
          keyFingerprint: People.fingerprint(of: user)
        )
        log.session(login, from: time, to: time.plus(minutes: chance.integer(in: 4...24)))
        for command in 1...chance.integer(in: 1...2) {
          let moment = time.plus(seconds: command * 50 + chance.integer(in: 0...30))
          log.sudo(chance.pick(commands), by: user, on: host, at: moment)
        }
      }
    }
    let mistyping = SSHLogin(user: "dora", host: hosts[0], address: People.office)
    log.refusedPassword(mistyping, isKnown: true, at: first.plus(minutes: 34))
  }

  /// A few guesses from each of several addresses, as every public machine sees them.
  private func writeNoise(to log: inout AuthLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "noise")
    let names = [
      "oracle", "test", "ubuntu", "git", "pi", "guest", "ftpuser", "minecraft", "steam", "hadoop",
      "es", "nagios", "jenkins", "mysql", "tomcat", "user1",
    ]
    for (index, time) in chance.times(18, from: first, to: last).enumerated() {
      let address = "203.0.113.\(150 + index * 3)"
      for attempt in 0..<chance.integer(in: 1...3) {
        let login = SSHLogin(user: chance.pick(names), host: hosts[0], address: address)
        let moment = time.plus(seconds: attempt * chance.integer(in: 20...45))
        log.refusedPassword(login, isKnown: false, at: moment)
      }
    }
  }
}

/// People who work from home and mistype their passwords before they get in.
struct HomeWorkers {
  let logins: [SSHLogin]
  /// The most passwords that one of them mistypes.
  let mistakesMax: Int

  /// Writes mistakes and sessions; each person has an address of their own.
  func write(to log: inout AuthLog, seed: UInt64, from first: EventTime, to last: EventTime) {
    var chance = Chance(seed: seed, stream: "home workers")
    let times = chance.times(logins.count, from: first, to: last.plus(minutes: -20))
    for (login, time) in zip(logins, times) {
      var moment = time
      for _ in 0..<chance.integer(in: 1...mistakesMax) {
        log.refusedPassword(login, isKnown: true, at: moment)
        moment = moment.plus(seconds: chance.integer(in: 6...25))
      }
      log.session(login, from: moment, to: moment.plus(minutes: chance.integer(in: 5...20)))
    }
  }
}
