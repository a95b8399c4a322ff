/// An access log of a shop in nginx's combined form.
///
/// Some 20,000 addresses ask for 2,000 pages and their parts with 90 browsers; one request in
/// twelve is a robot's or a scanner's, about forty a second.
struct AccessLines: LineSource {
  private var draw = Draw(seed: 0x6e67_696e)
  private var clock = LineClock()
  private let clients: [String]
  private let pages: [String]
  private let agents: [String]
  private static let probes = [
    "/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/", "/cgi-bin/test.cgi", "/admin/",
    "/xmlrpc.php", "/actuator/health", "/solr/admin/info/system", "/robots.txt",
  ]
  private static let robots = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 zgrab/0.x", "python-requests/2.31.0", "curl/8.5.0",
  ]

  init() {
    var draw = Draw(seed: 0x7765_6273)
    clients = (0..<20_000).map { _ in
      "\(11 + draw.below(180)).\(draw.below(256)).\(draw.below(256)).\(1 + draw.below(254))"
    }
    let areas = ["product", "category", "blog", "help"]
    pages =
      ["/", "/cart", "/checkout", "/login", "/api/session", "/static/app.css", "/static/app.js"]
      + (0..<1_993).map { "/\(areas[$0 % 4])/item-\($0)" }
    let systems = [
      "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64",
    ]
    agents = (0..<90).map {
      "Mozilla/5.0 (\(systems[$0 % 3])) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/\(110 + $0 / 3).0.0.0 Safari/537.36"
    }
  }

  mutating func write(to out: inout LineWriter) {
    clock.advance(seconds: draw.below(40) == 0 ? 1 : 0)
    out.write(draw.pickSkewed(clients))
    out.write(" - - [")
    out.write(clock.accessDate)
    out.write(":")
    out.write(clock.clock)
    out.write(" +0000] \"")
    if draw.below(12) == 0 { probe(&out) } else { visit(&out) }
  }

  private mutating func visit(_ out: inout LineWriter) {
    let page = draw.pickSkewed(pages)
    out.write(draw.happens(percent: 92) ? "GET " : "POST ")
    out.write(page)
    if draw.happens(percent: 15) {
      out.write("?ref=")
      out.write(draw.below(5_000))
    }
    out.write(" HTTP/1.1\" ")
    out.write(draw.happens(percent: 94) ? "200" : draw.pick(["301", "304", "404", "500"]))
    out.write(" ")
    out.write(200 + draw.below(60_000))
    if draw.happens(percent: 40) {
      out.write(" \"-\" \"")
    } else {
      out.write(" \"https://shop.example.com")
      out.write(draw.pickSkewed(pages))
      out.write("\" \"")
    }
    out.write(draw.pickSkewed(agents))
    out.write("\"\n")
  }

  private mutating func probe(_ out: inout LineWriter) {
    out.write("GET ")
    out.write(draw.pick(Self.probes))
    out.write(" HTTP/1.1\" 404 153 \"-\" \"")
    out.write(draw.pick(Self.robots))
    out.write("\"\n")
  }
}
