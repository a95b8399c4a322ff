import Foundation
import Testing

@Suite("vedette rules check")
struct RulesCheckCommandTests {
  private static func rule(_ number: Int, _ more: String = "") -> String {
    """
    title: Shell of server \(number)
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c\(number)
    status: test
    level: high # a remark
    description: What it catches, and what it misses.
    date: 2026-03-02
    tags:
      - attack.execution
    logsource: {product: linux, category: process_creation}
    detection:
      selection: {Image|endswith: '/\(number)'}
      condition: selection
    falsepositives: [Unknown]
    \(more)
    """
  }

  @Test("a line for each finding, and one for the numbers")
  func findings() throws {
    let runner = try CommandRunner()
    try runner.write("a.yml", Self.rule(10).replacing("level: high", with: "level: hihg"))
    try runner.write("b.yml", Self.rule(11).replacing("selection\n", with: "selektion\n"))
    let result = try runner.run("rules", "check", "a.yml", "b.yml")
    #expect(result.status == 1)
    #expect(
      result.lines == [
        "a.yml:4:8: error: unknown level 'hihg'; did you mean 'high'? [invalid-level]",
        "b.yml:12:14: error: condition uses 'selektion', but detection defines only selection "
          + "[undefined-search]",
      ]
    )
    #expect(
      result.errors
        == "2 files, 0 rules can be used, 2 can't: 2 errors, 0 warnings, 0 notes\n"
    )
  }

  @Test("exits with what the findings deserve")
  func statuses() throws {
    let runner = try CommandRunner()
    try runner.write("good.yml", Self.rule(10))
    try runner.write("note.yml", Self.rule(11).replacing("date: 2026-03-02\n", with: ""))
    #expect(try runner.run("rules", "check", "good.yml").status == 0)
    #expect(try runner.run("rules", "check", "note.yml").status == 0)
    #expect(try runner.run("rules", "check", "note.yml", "--fail-on", "note").status == 1)
    #expect(try runner.run("rules", "check", "none.yml").status == 2)
    #expect(try runner.run("rules", "check", "none.yml", "--explain", "regexx").status == 64)
    #expect(try runner.run("rules", "check", "--fix").status == 64)
  }

  @Test("many findings are summed up on a screen, and each can be had")
  func summary() throws {
    let runner = try CommandRunner()
    for number in 10..<60 {
      try runner.write("\(number).yml", Self.rule(number, "license: free for all\nLevel: low\n"))
    }
    let summary = try runner.run("rules", "check", ".")
    #expect(summary.status == 0)
    #expect(summary.lines.count <= 24)
    #expect(
      summary.lines.first
        == "    50 warning key-not-lower-case              ./10.yml:15:1"
    )
    #expect(try runner.run("rules", "check", ".", "--all").lines.count == 100)
    let objects = try runner.run("rules", "check", ".", "-o", "ndjson").objects()
    #expect(objects.count == 100)
    #expect(objects.first?["check"] as? String == "license-not-spdx")
    #expect(objects.first?["line"] as? Int == 14)
    #expect(try runner.run("rules", "check", ".", "-o", "csv").lines.count == 101)
  }

  @Test("--fix mends in place, keeps the rest, the mode and the link, and says what it did")
  func fix() throws {
    let runner = try CommandRunner()
    let old = Self.rule(10).replacing("attack.execution", with: "attack.Execution # why\r")
    try runner.write("a.yml", old)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: runner["a.yml"])
    try FileManager.default.createSymbolicLink(
      atPath: runner["link.yml"],
      withDestinationPath: "a.yml"
    )
    let result = try runner.run("rules", "check", "link.yml", "--fix")
    #expect(result.status == 0)
    #expect(
      result.lines == [
        "link.yml:8:5: fixed: tag 'attack.Execution' has capitals; write 'attack.execution' "
          + "[tag-not-lower-case]"
      ]
    )
    #expect(result.errors.hasPrefix("1 change made in 1 file\n"))
    let new = try String(contentsOfFile: runner["a.yml"], encoding: .utf8)
    #expect(new == old.replacing("Execution", with: "execution"))
    let attributes = try FileManager.default.attributesOfItem(atPath: runner["a.yml"])
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    let link = try FileManager.default.attributesOfItem(atPath: runner["link.yml"])
    #expect(link[.type] as? FileAttributeType == .typeSymbolicLink)
    let names = try FileManager.default.contentsOfDirectory(atPath: runner.folder.path)
    #expect(names.filter { $0.contains("yml") }.sorted() == ["a.yml", "link.yml"])
    let again = try runner.run("rules", "check", "link.yml", "--fix")
    #expect(again.lines == [])
    #expect(again.errors.hasPrefix("0 changes made in 0 files\n"))
  }

  @Test("every check is listed with its severity, and tells why it is there")
  func list() throws {
    let runner = try CommandRunner()
    let objects = try runner.run("rules", "check", "--list-checks", "-o", "ndjson").objects()
    #expect(objects.count >= 85)
    let table = try runner.run("rules", "check", "--list-checks").lines
    #expect(table.count == objects.count)
    let text = try runner.run("rules", "check", "--explain", "impossible-range")
    #expect(text.lines.first == "impossible-range (error)")
    #expect(text.lines.allSatisfy { $0.count <= 80 })
    let hint = try runner.run("rules", "check", "--explain", "imposible-range")
    #expect(hint.errors.contains("did you mean 'impossible-range'?"))
  }
}
