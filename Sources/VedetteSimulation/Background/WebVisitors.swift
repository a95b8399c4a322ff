import VedetteEvent

/// Visitors of a shop, its monitoring and its staff, as an access log shows them.
struct WebVisitors {
  let first: EventTime
  let last: EventTime
  let visits: Int

  private static let pages = [
    "/", "/products", "/products/12", "/products/31", "/products/47", "/products/58", "/cart",
    "/about", "/contact", "/blog", "/blog/spring-sale", "/blog/how-we-pack", "/faq",
  ]
  private static let assets = [
    "/static/site.css", "/static/site.js", "/static/logo.svg", "/uploads/2026/02/lamp.jpg",
    "/uploads/2026/02/chair.jpg", "/uploads/2026/01/desk.jpg",
  ]
  private static let searches = [
    "lamp", "desk+oak", "trade+union+select+committee", "chair+or+stool", "table+20%25+off",
    "sleep+sofa",
  ]

  /// Writes the visits.
  func write(to log: inout AccessLog, seed: UInt64) {
    writeMonitoring(to: &log)
    var chance = Chance(seed: seed, stream: "visitors")
    for time in chance.times(visits, from: first, to: last.plus(minutes: -6)) {
      writeVisit(to: &log, at: time, &chance)
    }
    writeStaff(to: &log, seed: seed)
  }

  private func writeVisit(to log: inout AccessLog, at start: EventTime, _ chance: inout Chance) {
    let number = chance.integer(in: 0...119)
    let address =
      number < 90 ? "198.51.100.\(100 + number)" : "2001:db8:2:\(hexadecimal(number, digits: 2))::1"
    let client = WebClient(address: address, agent: chance.pick(People.browsers))
    var time = start
    var referrer = "https://www.example.com/"
    for _ in 0..<chance.integer(in: 1...4) {
      let page = chance.pick(Self.pages)
      let bytes = 4_000 + Int(StableHash.of(page) % 9_000)
      let request = WebRequest(target: page, bytes: bytes, referrer: referrer)
      log.add(request, by: client, at: time)
      referrer = "https://shop.example.com" + page
      for _ in 0..<chance.integer(in: 0...2) {
        let asset = chance.pick(Self.assets)
        let size = 900 + Int(StableHash.of(asset) % 70_000)
        let status = chance.happens(percent: 25) ? 304 : 200
        let request = WebRequest(
          target: asset,
          status: status,
          bytes: status == 304 ? 0 : size,
          referrer: referrer
        )
        log.add(request, by: client, at: time.plus(seconds: 1))
      }
      time = time.plus(seconds: chance.integer(in: 8...60))
    }
    if chance.happens(percent: 12) {
      let target = "/search?q=" + chance.pick(Self.searches)
      log.add(WebRequest(target: target, bytes: 5_120, referrer: referrer), by: client, at: time)
    }
    if chance.happens(percent: 5) {
      let target = chance.pick(["/favicon.ico", "/products/13", "/apple-touch-icon.png"])
      log.add(WebRequest(target: target, status: 404, bytes: 162), by: client, at: time)
    }
  }

  private func writeMonitoring(to log: inout AccessLog) {
    let client = WebClient(address: "192.0.2.20", agent: "uptime-check/3.1 (+https://example.com)")
    var time = first.plus(seconds: 12)
    while time < last {
      log.add(WebRequest(target: "/health", bytes: 2), by: client, at: time)
      time = time.plus(minutes: 2)
    }
  }

  /// The office works in the administration pages; now and then somebody mistypes.
  private func writeStaff(to log: inout AccessLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "web staff")
    let client = WebClient(address: People.office, agent: People.browsers[0])
    for time in chance.times(6, from: first.plus(minutes: 10), to: last.plus(minutes: -15)) {
      let attempts = chance.integer(in: 0...1)
      for attempt in 0...attempts {
        let status = attempt == attempts ? 302 : 401
        let login = WebRequest(method: "POST", target: "/admin/login", status: status, bytes: 512)
        log.add(login, by: client, at: time.plus(seconds: attempt * 9))
      }
      for index in 1...chance.integer(in: 2...4) {
        let moment = time.plus(seconds: 20 + index * 40)
        log.add(
          WebRequest(target: "/admin/orders?page=\(index)", bytes: 9_310),
          by: client,
          at: moment
        )
      }
    }
  }
}
