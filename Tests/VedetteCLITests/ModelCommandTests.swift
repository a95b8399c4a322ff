import Foundation
import Testing

/// What the baselines know is shown, taught, carried over and forgotten.
@Suite("vedette model", .timeLimit(.minutes(5)))
struct ModelCommandTests {
  private static let benign = CommandRunner.sample("ssh-brute-force-benign/auth.log")

  @Test("learns from history, opens no incident, and says what is still learning")
  func learns() throws {
    let vedette = try CommandRunner()
    let learned = try vedette.run(
      "model",
      "learn",
      ReplayCommandTests.attack,
      "--year",
      "2024",
      "--db",
      "m.db",
      "-o",
      "ndjson"
    )
    #expect(learned.status == 0, "\(learned.errors)")
    let summary = try #require(try learned.objects().first)
    #expect(summary["format"] as? Int == 2 && (summary["bytes"] as? Int ?? 0) > 1_000)
    #expect((summary["digest"] as? String)?.count == 64 && summary["seed"] as? String == "1")
    let kinds = try #require(summary["kinds"] as? [[String: Any]])
    #expect(Set(kinds.compactMap { $0["type"] as? String }).isSuperset(of: ["host", "ip", "user"]))
    let words = kinds.compactMap { $0["progress"] as? String }
    #expect(words.allSatisfy { $0.contains(" of 3 days, ") && $0.contains("scoring") }, "\(words)")
    let incidents = try vedette.run("incidents", "list", "--db", "m.db", "-o", "ndjson")
    #expect(incidents.status == 0 && incidents.output.isEmpty)
    let sources = try vedette.run("sources", "--db", "m.db", "-o", "ndjson")
    #expect(sources.output.isEmpty, "a run reads it all the same")
  }

  @Test("an entity that is still learning is said to be, and one that is not known is named")
  func entity() throws {
    let vedette = try CommandRunner()
    let first = try String(contentsOfFile: Self.benign, encoding: .utf8).split(separator: "\n")
      .prefix(60).joined(separator: "\n")
    try vedette.write("auth.log", first + "\n")
    _ = try vedette.run("model", "learn", "auth.log", "--year", "2026", "--db", "m.db")
    let shown = try vedette.run(
      "model",
      "status",
      "--db",
      "m.db",
      "--entity",
      "web01",
      "--entity",
      "user:nobody",
      "-o",
      "table"
    )
    #expect(shown.status == 0)
    #expect(shown.output.contains("of 3 days, "), "\(shown.output)")
    #expect(shown.output.contains("not scoring yet"), "\(shown.output)")
    #expect(shown.errors.contains("nothing is known of 'user:nobody'"))
    let csv = try vedette.run(
      "model",
      "status",
      "--db",
      "m.db",
      "--entity",
      "host:web01",
      "-o",
      "csv"
    )
    #expect(csv.lines.first?.hasPrefix("entity,source,metric,") == true)
    let none = try vedette.run("model", "status", "--db", "m.db", "--entity", "nobody")
    #expect(none.status == 1 && none.output.isEmpty)
  }

  @Test("learning in two steps over a rotation knows what learning in one step knows")
  func continues() throws {
    let vedette = try CommandRunner()
    let lines = try String(contentsOfFile: Self.benign, encoding: .utf8)
      .split(separator: "\n").map { $0 + "\n" }
    // The digest is not compared: open windows know in which file their first events stand.
    func known(_ database: String) throws -> [String] {
      Array(try vedette.run("model", "export", "--db", database).lines.dropFirst())
    }
    func learn(_ file: String, _ database: String) throws {
      let result = try vedette.run("model", "learn", file, "--year", "2026", "--db", database)
      #expect(result.status == 0, "\(result.errors)")
    }
    try vedette.write("auth.log.1", lines[..<700].joined())
    try vedette.write("auth.log", lines[700...].joined())
    try learn("auth.log.1", "two.db")
    try learn("auth.log", "two.db")
    try vedette.write("auth.log", lines.joined())
    try learn("auth.log", "one.db")
    let (one, two) = (try known("one.db"), try known("two.db"))
    #expect(one.count > 50 && one == two)
  }

  @Test("export prints every entity, reset forgets all but the incidents")
  func exportsAndResets() throws {
    let vedette = try CommandRunner()
    _ = try vedette.run("model", "learn", Self.benign, "--year", "2026", "--db", "m.db")
    let all = try vedette.run("model", "export", "--db", "m.db", "--state").objects()
    #expect(all.first?["digest"] != nil)
    let entities = all.compactMap { $0["entity"] as? String }
    #expect(entities.contains("host:web01") && entities == entities.sorted())
    let bytes = all.compactMap { $0["state"] as? String }.reduce(0) { $0 + $1.utf8.count / 2 }
    #expect(bytes == all.first?["bytes"] as? Int)
    let reset = try vedette.run("model", "reset", "--db", "m.db")
    #expect(reset.status == 0 && reset.errors.contains("\(bytes) bytes"))
    let after = try vedette.run("model", "status", "--db", "m.db", "-o", "table")
    #expect(after.errors.contains("nothing was learned into this database yet"))
    let missing = try vedette.run("model", "reset", "--db", "none.db")
    #expect(missing.status == 2)
    #expect(!FileManager.default.fileExists(atPath: vedette["none.db"]))
  }
}
