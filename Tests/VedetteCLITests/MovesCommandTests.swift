import Foundation
import Testing

/// Contacts by the clock and impossible travel, from a log to the terminal.
@Suite("vedette replay of contacts and travel", .timeLimit(.minutes(5)))
struct MovesCommandTests {
  private static func time(_ second: Int) -> String {
    let (hour, minute) = (second / 3_600, second / 60 % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "2026-03-02T\(two(hour)):\(two(minute)):\(two(second % 60))Z"
  }

  @Test("a program that calls home by the clock is told of with its interval and its target")
  func contacts() throws {
    let vedette = try CommandRunner()
    var lines: [(Int, String)] = []
    func add(_ second: Int, _ from: String, _ to: String) {
      lines.append(
        (second, #"{"timestamp":"\#(Self.time(second))","src_ip":"\#(from)","dst_ip":"\#(to)"}"#)
      )
    }
    for machine in 0..<8 {
      for visit in 0..<60 {
        let second = (visit * visit * 37 + machine * 411 + visit * 97) % 28_000
        add(second, "10.0.0.\(10 + machine)", "198.51.100.\(visit * machine % 13)")
      }
    }
    for beat in 0..<100 { add(3_600 + beat * 120 + beat % 7, "10.0.0.12", "203.0.113.66") }
    let text = lines.sorted { $0.0 < $1.0 }.map { $0.1 + "\n" }.joined()
    try vedette.write("conn.ndjson", text)
    let shown = try vedette.run(
      "replay",
      "conn.ndjson",
      "--db",
      "a.db",
      "--findings",
      "-o",
      "ndjson"
    )
    let found = try shown.objects().filter {
      ($0["explanation"] as? [String: Any])?["summary"] as? String ?? "" != ""
        && "\($0)".contains("regular_intervals")
    }
    #expect(found.count == 1, "\(shown.output.prefix(600)) \(shown.errors)")
    let finding = try #require(found.first)
    #expect(finding["detector"] as? String == "baseline")
    let summary = (finding["explanation"] as? [String: Any])?["summary"] as? String ?? ""
    #expect(summary.hasPrefix("contacts 203.0.113.66 every 121"), "\(summary)")
    #expect(finding["severity"] as? String == "medium")
    _ = try vedette.run("model", "learn", "conn.ndjson", "--db", "m.db")
    let status = try vedette.run("model", "status", "--db", "m.db", "-o", "table")
    #expect(status.output.contains(" pairs, 1 regular, 0 evicted"), "\(status.output)")
    #expect(status.output.contains("travel      not available"))
    #expect(status.output.contains("in slots of 32 bytes"))
    let doctor = try vedette.run("doctor", "--db", "a.db")
    #expect(doctor.output.contains("impossible travel is not available"))
  }

  @Test("a user in two places within minutes is told of where there is a table of places")
  func travel() throws {
    let vedette = try CommandRunner()
    try vedette.write(
      "cidr.csv",
      "network,name,country,lat,lon\n192.0.2.0/24,Berlin,DE,52.5,13.4\n"
        + "198.51.100.0/24,Sydney,AU,-33.9,151.2\n"
    )
    try vedette.write("vedette.yml", "enrich: { networks: cidr.csv }\n")
    let lines = (0..<40).map { index in
      let address = index == 37 ? "198.51.100.7" : "192.0.2.\(index % 3 + 1)"
      return #"{"timestamp":"\#(Self.time(index * 600))","user":"ann","src_ip":"\#(address)","#
        + #""action":"login","outcome":"success"}"# + "\n"
    }
    try vedette.write("login.ndjson", lines.joined())
    let shown = try vedette.run(
      "replay",
      "login.ndjson",
      "--config",
      "vedette.yml",
      "--db",
      "a.db",
      "--findings",
      "-o",
      "ndjson"
    )
    let found = try shown.objects().filter { "\($0)".contains("speed_kmh") }
    #expect(found.count == 1, "\(shown.output) \(shown.errors)")
    let explanation = found.first?["explanation"] as? [String: Any]
    let summary = explanation?["summary"] as? String ?? ""
    #expect(summary.hasPrefix("from Berlin, DE to Sydney, AU, 1"), "\(summary)")
    _ = try vedette.run(
      "model",
      "learn",
      "login.ndjson",
      "--config",
      "vedette.yml",
      "--db",
      "m.db"
    )
    let status = try vedette.run(
      "model",
      "status",
      "--db",
      "m.db",
      "--config",
      "vedette.yml",
      "-o",
      "ndjson"
    )
    let travel = try #require(try status.objects().first?["travel"] as? [String: Any])
    #expect(travel["available"] as? Bool == true && travel["entities"] as? Int == 1)
    let doctor = try vedette.run("doctor", "--db", "a.db", "--config", "vedette.yml")
    #expect(doctor.output.contains("impossible travel is judged by cidr.csv"), "\(doctor.output)")
    let one = try vedette.run(
      "model",
      "status",
      "--db",
      "m.db",
      "--config",
      "vedette.yml",
      "--entity",
      "ann",
      "-o",
      "table"
    )
    #expect(
      one.output.contains("peers: 0 of 3 others, 0 days, 0 events: not scoring yet"),
      "\(one.output)"
    )
    #expect(one.output.contains("organisation: 0 of 5 others"), "\(one.output)")
  }
}
