import Foundation
import Testing

@Suite("vedette rules try and diff")
struct RulesHistoryCommandTests {
  static let logs = CommandRunner.sample("ssh-brute-force/auth.log")
  static let rule = CommandRunner.root
    .appending(path: "rules/linux/credential_access_ssh_brute_force.yml").path

  @Test("try counts, by day and entity, with examples; correlations as in a replay")
  func history() throws {
    let vedette = try CommandRunner()
    let result = try vedette.run("rules", "try", Self.rule, Self.logs, "--year", "2026")
    #expect(result.status == 0)
    let objects = try result.objects()
    let byTitle = Dictionary(
      uniqueKeysWithValues: objects.compactMap { object -> (String, [String: Any])? in
        let rule = object["rule"] as? [String: String]
        return rule?["title"].map { ($0, object) }
      }
    )
    let refused = try #require(byTitle["SSH password refused"])
    // What grep counts, folded repetitions once.
    let text = try String(contentsOfFile: Self.logs, encoding: .utf8)
    let lines = text.split(separator: "\n").filter { $0.contains("Failed password") }
    #expect(refused["count"] as? Int == lines.count)
    #expect(refused["silent"] as? Bool == true)
    let days = try #require(refused["days"] as? [String: Int])
    #expect(days == ["2026-03-02": lines.count])
    let examples = try #require(refused["examples"] as? [[String: Any]])
    let first = try #require(examples.first?["line"] as? Int)
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(all[first - 1].contains("Failed password"))
    let after = try #require(byTitle["SSH login after brute force"])
    #expect(after["count"] as? Int == 1)
    #expect(after["correlation"] as? Bool == true)
    let table = try vedette.run(
      "rules",
      "try",
      "SSH login after brute force",
      Self.logs,
      "--year",
      "2026",
      "-o",
      "table"
    )
    #expect(table.output.contains("1 finding in "))
    #expect(table.lines.allSatisfy { $0.count <= 80 })
  }

  @Test("try ends with 1 as asked, with 2 for what can't be read")
  func statuses() throws {
    let vedette = try CommandRunner()
    let arguments = ["rules", "try", Self.rule, Self.logs, "--year", "2026", "--fail-on"]
    func status(_ more: [String]) throws -> Int32 {
      let process = try vedette.start(more, label: "try")
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try status(arguments + ["high"]) == 1)
    #expect(try status(arguments + ["critical"]) == 0)
    #expect(try status(["rules", "try", Self.rule, "nowhere.log"]) == 2)
    #expect(try status(["rules", "try", "no such rule", Self.logs]) == 2)
    #expect(try status(["rules", "try", Self.rule]) == 64)
  }

  @Test("diff tells what changed, and what is gained and lost on logs")
  func differences() throws {
    let vedette = try ScanCommandTests.prepared()
    try FileManager.default.copyItem(atPath: vedette["rules"], toPath: vedette["new"])
    try vedette.write(
      "new/b.yml",
      ScanCommandTests.rule.replacing("action: buy", with: "action: look")
    )
    try FileManager.default.removeItem(atPath: vedette["new/a.yml"])
    let result = try vedette.run(
      "rules",
      "diff",
      "rules",
      "new",
      "events.ndjson",
      "--format",
      "json",
      "--logsource",
      "product=shop"
    )
    #expect(result.status == 0)
    let objects = try result.objects()
    #expect(objects.map { $0["kind"] as? String } == ["removed", "changed", "matches", "matches"])
    let changes = try #require(objects[1]["changes"] as? [[String: Any]])
    #expect(changes.first?["what"] as? String == "selection: action")
    #expect(changes.first?["added"] as? [String] == ["is 'look'"])
    #expect(objects[2]["gained"] as? Int == 1)
    #expect(objects[2]["lost"] as? Int == 2)
    let lost = try #require(objects[2]["lost_examples"] as? [[String: Any]])
    #expect(lost.map { $0["line"] as? Int } == [2, 4])
    #expect(objects[3]["lost"] as? Int == 2)
    let table = try vedette.run("rules", "diff", "rules", "new", "-o", "table")
    #expect(table.output.contains("    - is 'buy'\n    + is 'look'\n"))
    #expect(table.errors.contains("0 rules added, 1 removed, 1 changed, 0 the same"))
  }

  @Test("diff ends with 1 as asked, with 2 for what can't be read, and knows the built-in rules")
  func diffStatuses() throws {
    let vedette = try ScanCommandTests.prepared()
    #expect(try vedette.run("rules", "diff", "rules", "rules", "--fail-on", "low").status == 0)
    #expect(try vedette.run("rules", "diff", "rules/a.yml", "rules").status == 0)
    #expect(
      try vedette.run("rules", "diff", "rules/a.yml", "rules", "--fail-on", "high").status == 1
    )
    #expect(
      try vedette.run("rules", "diff", "rules/a.yml", "rules", "--fail-on", "critical").status == 0
    )
    #expect(try vedette.run("rules", "diff", "nowhere", "rules").status == 2)
    let folder = CommandRunner.root.appending(path: "rules").path
    let same = try vedette.run("rules", "diff", "builtin", folder, "-o", "csv")
    #expect(same.errors.contains("0 rules added, 0 removed"))
  }
}
