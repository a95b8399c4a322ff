import Foundation
import Testing
import VedetteStatistics

@Suite("vedette score events")
struct ScoreEventsCommandTests {
  /// Logins of a few users a minute, and in the last ten minutes one address that tries everyone.
  static func stream(label: Bool) -> String {
    var random = SplitMix64(seed: 1)
    var text = "when,user,address,bytes,label\n"
    for minute in 0..<200 {
      let time = String(format: "2026-03-01T%02d:%02d:%02dZ", minute / 60, minute % 60, 7)
      for _ in 0..<8 {
        let user = random.nextBelow(20)
        text += "\(time),u\(user),10.0.0.\(user),\(100 + random.nextBelow(30)),0\n"
      }
      guard minute >= 190 else { continue }
      for _ in 0..<60 {
        text += "\(time),u\(random.nextBelow(500)),203.0.113.9,40,\(label ? 1 : 0)\n"
      }
    }
    return text
  }

  static let arguments = [
    "score", "events", "stream.csv", "--categorical", "user,address", "--time", "when",
  ]

  static func run(_ vedette: CommandRunner, _ more: String...) throws -> CommandRunner.Result {
    let process = try vedette.start(arguments + more, label: "events")
    process.waitUntilExit()
    return CommandRunner.Result(
      status: process.terminationStatus,
      output: try vedette.read("events.out"),
      errors: try vedette.read("events.err")
    )
  }

  @Test("the rows of the burst score above all others, and the label is no input")
  func burst() throws {
    let vedette = try CommandRunner()
    let text = Self.stream(label: true)
    try vedette.write("stream.csv", text)
    let result = try Self.run(vedette)
    #expect(result.status == 0)
    #expect(result.lines[0] == "row,score")
    #expect(result.errors.contains("2 categories, 1 numbers, 5 aspects"))
    let labels = text.split(separator: "\n").dropFirst().map { $0.hasSuffix(",1") }
    let scores = result.lines[1...].compactMap { Double($0.split(separator: ",")[1]) }
    #expect(scores.count == labels.count)
    let rows = scores.indices.dropFirst(400)
    let usual = rows.filter { !labels[$0] }.map { scores[$0] }.sorted()
    let odd = rows.filter { labels[$0] }.map { scores[$0] }.sorted()
    #expect(odd[odd.count / 4] > usual[usual.count * 99 / 100])
    let labelled = try Self.run(vedette, "--categorical", "label")
    #expect(labelled.output == result.output)
    #expect(labelled.errors.contains("column 'label' says what is an anomaly and is no input"))
    try vedette.write("stream.csv", Self.stream(label: false))
    #expect(try Self.run(vedette).output == result.output)
  }

  @Test("later rows change nothing about earlier ones")
  func online() throws {
    let vedette = try CommandRunner()
    let lines = Self.stream(label: true).split(separator: "\n")
    try vedette.write("stream.csv", lines.joined(separator: "\n"))
    let whole = try Self.run(vedette).lines
    try vedette.write("stream.csv", lines.prefix(900).joined(separator: "\n"))
    #expect(try Self.run(vedette).lines == Array(whole.prefix(900)))
  }

  @Test("wrong columns, times and numbers are named")
  func errors() throws {
    let vedette = try CommandRunner()
    try vedette.write(
      "stream.csv",
      "when,user,address,bytes\n1,a,b,3\nnoon,a,b,3\n2,a,b,many\n2,a\n1772360000.5,a,b,1\n"
    )
    let result = try Self.run(vedette)
    #expect(result.status == 2)
    #expect(result.lines.count == 6)
    #expect(result.errors.contains("stream.csv:3:1: 'noon' is no time"))
    #expect(result.errors.contains("stream.csv:4:7: 'many' is no number"))
    #expect(result.errors.contains("stream.csv:5:4: 2 cells, but the header names 4"))
    try vedette.write("stream.csv", "time,user\n1,a\n")
    let absent = try Self.run(vedette)
    #expect(absent.status == 2)
    #expect(absent.errors.contains("has no column 'when' for --time"))
    #expect(try vedette.run("score", "events", "stream.csv").status == 64)
  }
}
