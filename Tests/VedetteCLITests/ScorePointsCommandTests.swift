import Foundation
import Testing
import VedetteStatistics

@Suite("vedette score points")
struct ScorePointsCommandTests {
  /// Rows around the origin and one far away, with a label that says nothing true.
  static func table(rows: Int, seed: UInt64, label: Int = 0) -> String {
    var random = SplitMix64(seed: seed)
    var text = "x,y,label\n"
    for row in 0..<rows {
      let far = row == rows / 2 ? 9.0 : 0
      let (x, y) = (random.nextUnit() + far, random.nextUnit() - far)
      text += "\(x),\(y),\(label == 0 ? 0 : row % 2)\n"
    }
    return text
  }

  @Test("a score for each row, the far one highest, and rows count from 1")
  func csv() throws {
    let vedette = try CommandRunner()
    try vedette.write("points.csv", Self.table(rows: 301, seed: 1))
    let result = try vedette.run("score", "points", "points.csv")
    #expect(result.status == 0)
    #expect(result.lines.first == "row,score")
    let rows = result.lines.dropFirst().map { $0.split(separator: ",") }
    #expect(rows.map { String($0[0]) } == (1...301).map(String.init))
    let scores = rows.compactMap { Double($0[1]) }
    #expect(scores.count == 301)
    #expect(scores.indices.max { scores[$0] < scores[$1] } == 150)
  }

  @Test("labels, threads and the form of the file change nothing; the seed does")
  func unchanged() throws {
    let vedette = try CommandRunner()
    let (plain, labelled) = (
      Self.table(rows: 40_000, seed: 2), Self.table(rows: 40_000, seed: 2, label: 1)
    )
    try vedette.write("plain.csv", plain)
    try vedette.write("other.csv", labelled.replacing("\n", with: "\r\n").replacing(",", with: ";"))
    let one = try vedette.run("score", "points", "plain.csv", "--threads", "1").output
    #expect(try vedette.run("score", "points", "plain.csv", "--threads", "7").output == one)
    #expect(try vedette.run("score", "points", "other.csv").output == one)
    #expect(try vedette.shell("gzip -c plain.csv | $VEDETTE score points -").output == one)
    #expect(try vedette.run("score", "points", "plain.csv", "--seed", "2").output != one)
    #expect(try vedette.run("score", "points", "plain.csv", "--sample", "64").output != one)
  }

  @Test("all forms say the same")
  func forms() throws {
    let vedette = try CommandRunner()
    try vedette.write("points.csv", Self.table(rows: 20, seed: 3))
    let csv = Array(try vedette.run("score", "points", "points.csv").lines[1...])
    let ndjson = try vedette.run("score", "points", "points.csv", "-o", "ndjson").objects()
    let lines = ndjson.map { object in
      let score = (object["score"] as? Double).map { String(format: "%.9f", $0) }
      return "\(object["row"] as? Int ?? 0),\(score ?? "")"
    }
    #expect(lines == csv)
    let json = try vedette.run("score", "points", "points.csv", "-o", "json").output
    let array = try JSONSerialization.jsonObject(with: Data(json.utf8))
    #expect((array as? [[String: Double]])?.count == 20)
    let table = try vedette.run("score", "points", "points.csv", "-o", "table").lines
    #expect(table.first?.split(separator: " ") == ["row", "score"])
    #expect(table.dropFirst().map { $0.split(separator: " ").joined(separator: ",") } == csv)
  }

  @Test("the columns' parts add up to the score, and the one that is far out has the largest")
  func explains() throws {
    let vedette = try CommandRunner()
    try vedette.write("points.csv", Self.table(rows: 401, seed: 6))
    let plain = try vedette.run("score", "points", "points.csv", "-o", "ndjson").objects()
    let explained = try vedette.run("score", "points", "points.csv", "--explain", "-o", "ndjson")
      .objects()
    #expect(plain.count == 401 && explained.count == 401)
    for (one, other) in zip(plain, explained) {
      let score = try #require(other["score"] as? Double)
      #expect((score - (one["score"] as? Double ?? 0)).magnitude < 2e-6)
      let parts = ["baseline", "x", "y"].compactMap { other[$0] as? Double }
      #expect(parts.count == 3 && (parts.reduce(0, +) - score).magnitude < 2e-6)
    }
    let far = try #require(explained[200]["x"] as? Double)
    #expect(far > 0.05)
  }

  @Test("online, later rows change nothing about the scores of those before")
  func online() throws {
    let vedette = try CommandRunner()
    let text = Self.table(rows: 900, seed: 7)
    let head = text.split(separator: "\n").prefix(701).joined(separator: "\n") + "\n"
    try vedette.write("all.csv", text)
    try vedette.write("head.csv", head)
    let all = try vedette.run("score", "points", "all.csv", "--online").lines
    let some = try vedette.run("score", "points", "head.csv", "--online").lines
    #expect(some.count == 701 && Array(all.prefix(701)) == some)
    let refused = try vedette.run("score", "points", "all.csv", "--online", "--train", "head.csv")
    #expect(refused.status == 64)
  }

  @Test("what was fitted on one file scores another, by the names of the columns")
  func train() throws {
    let vedette = try CommandRunner()
    try vedette.write("train.csv", Self.table(rows: 1_000, seed: 4))
    try vedette.write("swapped.csv", "more,y,x\n1,0.5,0.5\n1,-9,9\n")
    try vedette.write("poor.csv", "x\n1\n")
    let result = try vedette.run("score", "points", "swapped.csv", "--train", "train.csv")
    #expect(result.status == 0)
    let scores = result.lines.dropFirst().compactMap { Double($0.split(separator: ",")[1]) }
    #expect(scores.count == 2)
    #expect(scores[1] > scores[0] + 0.2)
    let poor = try vedette.run("score", "points", "poor.csv", "--train", "train.csv")
    #expect(poor.status == 2)
    #expect(poor.errors.contains("poor.csv: lacks 1 of the columns"))
    #expect(poor.errors.contains("'y'"))
    #expect(poor.output.isEmpty)
  }

  @Test("what can't be read is named with line and column, counted, and every row is scored")
  func badCells() throws {
    let vedette = try CommandRunner()
    var text = "a,b,name\n1,2,x\n3,,y\n5,oops,z\n7\n9,10,q,extra\n\"11\",NaN,\"w,w\"\n"
    try vedette.write("bad.csv", text)
    let result = try vedette.run("score", "points", "bad.csv")
    #expect(result.status == 2)
    #expect(result.lines.count == 7)
    #expect(result.errors.contains("vedette: bad.csv:4:3: 'oops' is no number\n"))
    #expect(result.errors.contains("vedette: bad.csv:5:2: 1 cell, but the header names 3\n"))
    #expect(result.errors.contains("vedette: bad.csv:6:8: 4 cells, but the header names 3\n"))
    #expect(result.errors.contains("column 'name' holds no numbers and is left out"))
    #expect(result.errors.contains("4 values missing"))
    text = "a,b\n" + String(repeating: "1,2\n", count: 50) + String(repeating: "1,x\n", count: 30)
    try vedette.write("many.csv", text)
    let many = try vedette.run("score", "points", "many.csv", "-q")
    #expect(many.status == 2)
    #expect(many.errors.split(separator: "\n").count == 11)
    #expect(many.errors.contains("many.csv: 20 more such problems, 30 in all"))
    #expect(many.lines.count == 81)
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    let name: String
    let content: String
    let message: String
    var testDescription: String { name }
  }

  @Test(
    "a file with nothing to score is refused with its reason",
    arguments: [
      Failure(name: "empty", content: "", message: "empty"),
      Failure(name: "no numbers", content: "a,b\nx,y\n", message: "no column of numbers"),
      Failure(name: "only labels", content: "label\n1\n", message: "no column to score"),
      Failure(name: "twice", content: "a,a\n1,2\n", message: "two columns are called 'a'"),
      Failure(name: "open quote", content: "a,\"b\n1,2\n", message: ":1:1: a quote is not closed"),
    ]
  )
  func refused(_ example: Failure) throws {
    let vedette = try CommandRunner()
    try vedette.write("file.csv", example.content)
    let result = try vedette.run("score", "points", "file.csv")
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(example.message))
  }

  @Test("options out of range are told as such")
  func options() throws {
    let vedette = try CommandRunner()
    try vedette.write("points.csv", Self.table(rows: 20, seed: 3))
    for pair in [("--trees", "0"), ("--sample", "1"), ("--threads", "65"), ("--seed", "x")] {
      #expect(try vedette.run("score", "points", "points.csv", pair.0, pair.1).status == 64)
    }
    let absent = try vedette.run("score", "points", "none.csv")
    #expect(absent.status == 2)
    #expect(absent.errors.contains("none.csv: cannot open: no such file"))
  }
}
