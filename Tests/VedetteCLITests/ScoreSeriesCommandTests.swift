import Foundation
import Testing
import VedetteStatistics

@Suite("vedette score series")
struct ScoreSeriesCommandTests {
  /// Five-minute values with a wild one.
  static func series(rows: Int, wildRow: Int, seed: UInt64) -> [String] {
    var random = SplitMix64(seed: seed)
    return (0..<rows).map { row in
      let (day, minute) = (1 + row * 5 / 1_440, row * 5 % 1_440)
      let clock = String(format: "%02d:%02d:00", minute / 60, minute % 60)
      let value = row == wildRow ? 900 : 100 + random.nextUnit()
      return "\(String(format: "2026-03-%02d", day)) \(clock),\(value)"
    }
  }

  static func write(_ rows: [String], to vedette: CommandRunner) throws {
    let lines = ["timestamp,value"] + rows
    try vedette.write("series.csv", lines.joined(separator: "\n") + "\n")
  }

  static func scores(_ result: CommandRunner.Result) -> [Double] {
    result.lines[1...].compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
  }

  @Test("every row comes back with its score, the wild one's is the highest")
  func csv() throws {
    let vedette = try CommandRunner()
    let rows = Self.series(rows: 1_500, wildRow: 1_200, seed: 1)
    try Self.write(rows, to: vedette)
    let result = try vedette.run("score", "series", "series.csv")
    #expect(result.status == 0)
    #expect(result.lines[0] == "timestamp,value,score")
    let scores = Self.scores(result)
    #expect(scores.count == 1_500)
    #expect(scores.indices.suffix(1_000).max { scores[$0] < scores[$1] } == 1_200)
    #expect(result.lines[1_201].hasPrefix("2026-03-05 04:00:00,900,0.9"))
  }

  @Test("later rows change nothing about earlier ones", arguments: [150, 700, 1_201])
  func online(cut: Int) throws {
    let vedette = try CommandRunner()
    let rows = Self.series(rows: 1_500, wildRow: 1_200, seed: 2)
    try Self.write(rows, to: vedette)
    let whole = try vedette.run("score", "series", "series.csv").lines
    try Self.write(Array(rows.prefix(cut)), to: vedette)
    #expect(try vedette.run("score", "series", "series.csv").lines == Array(whole.prefix(cut + 1)))
  }

  @Test("missing, unreadable and hostile rows are told, and each keeps its place")
  func untidy() throws {
    let vedette = try CommandRunner()
    var rows = Self.series(rows: 400, wildRow: -1, seed: 3)
    rows[200] = "2026-03-01 16:40:00,"
    rows[201] = "2026-03-01 16:45:00,oops"
    rows[202] = "yesterday,100"
    rows[203] = "2026-03-01 16:55:00,1e308"
    rows[204] = "2026-03-01 16:55:00,-1e308"
    rows[205] = "2026-03-01 10:00:00,inf"
    try Self.write(rows, to: vedette)
    let result = try vedette.run("score", "series", "series.csv")
    #expect(result.status == 2)
    #expect(Self.scores(result).count == 400)
    #expect(Self.scores(result).allSatisfy { (0...1).contains($0) })
    #expect(result.errors.contains("series.csv:203:21: 'oops' is no number"))
    #expect(result.errors.contains("series.csv:204:1: 'yesterday' is no time"))
    #expect(result.errors.contains("2 without a value, 1 out of order"))
    #expect(result.lines[201] == "2026-03-01 16:40:00,,0.000000000")
    let objects = try vedette.run("score", "series", "series.csv", "-o", "ndjson").objects()
    #expect(objects[200]["value"] is NSNull)
    #expect(objects[205]["value"] is NSNull)
    #expect(objects[203]["value"] as? Double == 1e308)
  }

  @Test("a column that is not there is named, with the nearest")
  func columns() throws {
    let vedette = try CommandRunner()
    try vedette.write("a.csv", "timestamp,valu\n2026-03-01 00:00:00,1\n")
    let result = try vedette.run("score", "series", "a.csv")
    #expect(result.status == 2)
    #expect(
      result.errors.contains("a.csv: has no column 'value' for the number; the nearest is 'valu'")
    )
  }

  @Test(
    "the plot is one file of its own that shows what is worth a look",
    arguments: [1_500, 5_000]
  )
  func plot(rows: Int) throws {
    let vedette = try CommandRunner()
    try Self.write(Self.series(rows: rows, wildRow: 1_200, seed: 4), to: vedette)
    let result = try vedette.run("score", "series", "series.csv", "--plot", "out.svg")
    #expect(result.status == 0)
    let svg = try vedette.read("out.svg")
    let parser = XMLCheck(svg)
    #expect(parser.isWellFormed)
    #expect(parser.counts["polygon"] == 1)
    #expect(parser.counts["polyline"] == 1)
    #expect((parser.counts["circle"] ?? 0) > 1)
    #expect(svg.contains(": 900.0, score "))
    #expect(!svg.contains("href"))
    #expect(!svg.contains("script"))
    #expect(svg.utf8.count < 400_000)
    let other = try vedette.run("score", "series", "series.csv", "--plot", "none/out.svg")
    #expect(other.status == 2)
    #expect(other.errors.contains("can't write 'none/out.svg'"))
  }

  @Test("names and hostile values do not break the plot")
  func hostilePlot() throws {
    let vedette = try CommandRunner()
    var text = "timestamp,value\n"
    for row in 0..<300 {
      text += "\(row),\(["1e308", "-1e308", "", "inf", "0"][row % 5])\n"
    }
    try vedette.write("<a&b>.csv", text)
    let result = try vedette.run("score", "series", "<a&b>.csv", "--plot", "out.svg", "-q")
    #expect(result.status == 0)
    let parser = XMLCheck(try vedette.read("out.svg"))
    #expect(parser.isWellFormed)
    #expect(!(try vedette.read("out.svg")).contains("nan"))
    try vedette.write("empty.csv", "timestamp,value\n")
    #expect(try vedette.run("score", "series", "empty.csv", "--plot", "e.svg").status == 0)
    #expect(XMLCheck(try vedette.read("e.svg")).isWellFormed)
  }
}

/// Whether tags are closed in order, and how often each occurs.
struct XMLCheck {
  private(set) var isWellFormed = false
  private(set) var counts: [String: Int] = [:]

  init(_ text: String) {
    var open: [String] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.contains("<") { return }
      if tag.hasPrefix("/") {
        guard open.popLast() == String(tag.dropFirst()) else { return }
        continue
      }
      let name = String(tag.prefix { $0 != " " && $0 != "/" })
      counts[name, default: 0] += 1
      if !tag.hasSuffix("/") { open.append(name) }
    }
    let ampersands = text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
    let entities = ["amp;", "lt;", "gt;", "quot;"]
    isWellFormed =
      open.isEmpty && ampersands.allSatisfy { part in entities.contains { part.hasPrefix($0) } }
  }
}
