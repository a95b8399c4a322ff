import VedetteEvent

/// Fourteen hours of a shop's access log.
struct InfrastructureWeb {
  private let seed: UInt64
  private var chance: Chance
  private var log = AccessLog()
  private var events = CorpusEvents()

  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(22, 0)

  init(seed: UInt64) {
    self.seed = seed
    chance = Chance(seed: seed, stream: "web corpus")
  }

  var corpus: AttackCorpus {
    var copy = self
    WebVisitors(first: Self.first, last: Self.last, visits: 420).write(to: &copy.log, seed: seed)
    let addresses = copy.chance.addresses(4)
    copy.writeScan(from: addresses[0])
    copy.writeShell(from: addresses[1])
    copy.writeSlow(from: addresses[2])
    copy.writeGuesses(from: addresses[3])
    copy.writeDistributed()
    for _ in 0..<2 { copy.writeCrawler() }
    copy.writeOffice()
    copy.writeStaleClient()
    copy.writeOutage()
    copy.log.label = nil
    return AttackCorpus(
      name: "web-\(seed)",
      files: [copy.log.timeline.file("access.log")],
      events: copy.events.all
    )
  }

  /// A search for what is not linked.
  private mutating func writeScan(from address: String) {
    log.label = events.attack("fast scan", by: [.address(address)], ["T1595.003", "T1190"])
    let client = WebClient(address: address, agent: People.browsers[1])
    let words = [
      "admin", "backup", "old", "test", "dev", "phpmyadmin", "api", "config", "db", "dump",
      "console", "manager", "private", "staging", "tmp", "wp-admin", "xmlrpc", "cgi-bin",
    ]
    let endings = ["", "/", ".php", ".bak", ".zip", ".sql", ".old", ".txt", "/index.php"]
    var time = chance.start(toHour: 20)
    for _ in 0..<chance.integer(in: 90...260) {
      let target = "/\(chance.pick(words))\(chance.pick(endings))"
      log.add(WebRequest(target: target, status: 404, bytes: 162), by: client, at: time)
      time = time.plus(milliseconds: chance.integer(in: 500...1_900))
    }
    let target = "/search?q=1%27+UNION+SELECT+name,password+FROM+users--"
    log.add(WebRequest(target: target, status: 403, bytes: 162), by: client, at: time)
  }

  /// A script is put up and asked to run commands.
  private mutating func writeShell(from address: String) {
    log.label = events.attack("fast web shell", by: [.address(address)], ["T1505.003"])
    let client = WebClient(address: address, agent: People.browsers[2])
    var time = chance.start(toHour: 20)
    let upload = WebRequest(method: "POST", target: "/admin/media/upload", status: 302, bytes: 0)
    log.add(upload, by: client, at: time)
    time = time.plus(seconds: 21)
    let script = "/uploads/2026/03/\(chance.hexadecimalDigits(6)).php"
    log.add(WebRequest(method: "POST", target: script, bytes: 44), by: client, at: time)
    let commands = ["id", "whoami", "uname+-a", "cat+/etc/passwd", "ps+aux", "sudo+-l"]
    for _ in 0..<chance.integer(in: 12...40) {
      time = time.plus(seconds: chance.integer(in: 20...60))
      let target = script + "?cmd=" + chance.pick(commands)
      log.add(WebRequest(target: target, bytes: 900), by: client, at: time)
    }
  }

  /// Injections with long pauses, for hours.
  private mutating func writeSlow(from address: String) {
    log.label = events.attack("slow injection", by: [.address(address)], ["T1190"])
    let client = WebClient(address: address, agent: People.browsers[0])
    var time = chance.start(toHour: 11)
    let tries: [(target: String, status: Int)] = [
      ("/products/12?sort=1%27%20or%20%271%27=%271", 500),
      ("/search?q=1%27+UNION+SELECT+name,password+FROM+users--", 403),
      ("/search?q=1;SELECT+pg_sleep(5)", 500),
      ("/download?file=../../../../etc/passwd", 200),
    ]
    for _ in 0..<chance.integer(in: 12...24) {
      let attempt = chance.pick(tries)
      let request = WebRequest(target: attempt.target, status: attempt.status, bytes: 274)
      log.add(request, by: client, at: time)
      time = time.plus(minutes: chance.integer(in: 14...40))
    }
  }

  /// Passwords guessed on the login page from one address.
  private mutating func writeGuesses(from address: String) {
    log.label = events.attack("fast login guesses", by: [.address(address)], ["T1110"])
    let client = WebClient(address: address, agent: "python-requests/2.31.0")
    var time = chance.start(toHour: 20)
    for _ in 0..<chance.integer(in: 30...90) {
      let request = WebRequest(method: "POST", target: "/admin/login", status: 401, bytes: 512)
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 3...9))
    }
    let request = WebRequest(method: "POST", target: "/admin/login", status: 302, bytes: 0)
    log.add(request, by: client, at: time)
  }

  /// Passwords guessed on the login page, few from each of many addresses.
  private mutating func writeDistributed() {
    let addresses = chance.herd(chance.integer(in: 24...60))
    log.label = events.attack(
      "distributed login guesses",
      by: addresses.map(EntityKey.address),
      ["T1110"]
    )
    var time = chance.start(toHour: 19)
    for _ in 0..<chance.integer(in: 3...6) {
      for address in addresses {
        let client = WebClient(address: address, agent: People.browsers[3])
        let request = WebRequest(method: "POST", target: "/account/login", status: 401, bytes: 512)
        log.add(request, by: client, at: time)
        time = time.plus(seconds: chance.integer(in: 2...12))
      }
    }
  }

  private mutating func writeCrawler() {
    log.label = events.decoy("crawler")
    let client = WebClient(
      address: "192.0.2.\(chance.integer(in: 140...199))",
      agent: "Mozilla/5.0 (compatible; Examplebot/2.1; +https://bot.example.com/)"
    )
    var time = chance.start(toHour: 20)
    for index in 0..<chance.integer(in: 200...500) {
      let isDead = chance.happens(percent: 6)
      let target = isDead ? "/products/\(400 + index)" : "/products/\(index % 180)?page=\(index)"
      let request = WebRequest(
        target: target,
        status: isDead ? 404 : 200,
        bytes: isDead ? 162 : 6_000 + index
      )
      log.add(request, by: client, at: time)
      time = time.plus(milliseconds: chance.integer(in: 800...2_600))
    }
  }

  /// People of the office who all mistype in the same minutes.
  private mutating func writeOffice() {
    log.label = events.decoy("office behind one address")
    let start = chance.start(toHour: 20)
    for browser in People.browsers {
      let client = WebClient(address: People.office, agent: browser)
      var time = start.plus(seconds: chance.integer(in: 0...500))
      for _ in 0..<chance.integer(in: 1...3) {
        let request = WebRequest(method: "POST", target: "/admin/login", status: 401, bytes: 512)
        log.add(request, by: client, at: time)
        time = time.plus(seconds: chance.integer(in: 6...30))
      }
      let request = WebRequest(method: "POST", target: "/admin/login", status: 302, bytes: 0)
      log.add(request, by: client, at: time)
    }
  }

  /// A job with an outdated password that tries again every few minutes.
  private mutating func writeStaleClient() {
    log.label = events.decoy("batch job with an outdated password")
    let client = WebClient(address: "192.0.2.71", agent: "stock-sync/1.4")
    var time = chance.start(toHour: 18)
    for _ in 0..<24 {
      let request = WebRequest(method: "POST", target: "/api/session", status: 401, bytes: 90)
      log.add(request, by: client, at: time)
      time = time.plus(seconds: 300)
    }
  }

  /// The shop answers everybody with an error for some minutes.
  private mutating func writeOutage() {
    log.label = events.decoy("outage")
    var time = chance.start(toHour: 20)
    for index in 0..<160 {
      let client = WebClient(
        address: "198.51.100.\(100 + index % 60)",
        agent: chance.pick(People.browsers)
      )
      log.add(WebRequest(target: "/cart", status: 503, bytes: 180), by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 1...5))
    }
  }
}
