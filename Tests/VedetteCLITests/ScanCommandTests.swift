import Foundation
import Testing

@Suite("vedette scan, rules")
struct ScanCommandTests {
  static let rule = """
    title: Two
    id: 11111111-1111-4111-8111-111111111111
    level: high
    logsource:
      product: shop
    detection:
      selection:
        action: buy
      condition: selection
    """

  static let events = """
    {"timestamp":"2026-03-02T10:00:00Z","action":"look"}
    {"timestamp":"2026-03-02T10:00:01Z","action":"buy"}
    not json
    {"timestamp":"2026-03-02T10:00:03Z","action":"BUY"}

    """

  static func prepared() throws -> CommandRunner {
    let vedette = try CommandRunner()
    try FileManager.default.createDirectory(
      atPath: vedette["rules"],
      withIntermediateDirectories: true
    )
    try vedette.write("rules/b.yml", rule)
    let other = rule.replacing("11111111-1111-4111-8111-111111111111", with: "0first")
      .replacing("title: Two", with: "title: One").replacing("high", with: "low")
    try vedette.write("rules/a.yml", other)
    try vedette.write("events.ndjson", events)
    return vedette
  }

  static let arguments = [
    "scan", "events.ndjson", "--rules", "rules", "--format", "json", "--logsource", "product=shop",
  ]

  static func scan(_ vedette: CommandRunner, _ more: String...) throws -> CommandRunner.Result {
    let process = try vedette.start(arguments + more, label: "scan")
    process.waitUntilExit()
    return CommandRunner.Result(
      status: process.terminationStatus,
      output: try vedette.read("scan.out"),
      errors: try vedette.read("scan.err")
    )
  }

  @Test("a line for each match, in the order of records, then of rule ids")
  func ndjson() throws {
    let vedette = try Self.prepared()
    let result = try Self.scan(vedette, "-o", "ndjson")
    #expect(result.status == 0)
    let objects = try result.objects()
    #expect(objects.map { $0["line"] as? Int } == [2, 2, 4, 4])
    let rules = objects.compactMap { $0["rule"] as? [String: String] }
    #expect(rules.map { $0["title"] } == ["One", "Two", "One", "Two"])
    #expect(rules.map { $0["level"] } == ["low", "high", "low", "high"])
    #expect(rules[1]["id"] == "11111111-1111-4111-8111-111111111111")
    #expect(objects.allSatisfy { $0["file"] as? String == "events.ndjson" })
    #expect(objects[0]["time"] as? String == "2026-03-02T10:00:01Z")
    let event = try #require(objects[0]["event"] as? [String: Any])
    #expect(event["action"] as? String == "buy")
    #expect(result.errors.contains("4 records, 3 events, 1 dead letters"))
    #expect(result.errors.contains("2 rules loaded, 0 rejected; matches: 2 high, 2 low"))
  }

  @Test("the event is left out where that is asked for, keys in their order")
  func noEvent() throws {
    let result = try Self.scan(try Self.prepared(), "-o", "ndjson", "--no-event", "--quiet")
    #expect(
      result.lines.first
        == #"{"file":"events.ndjson","line":2,"time":"2026-03-02T10:00:01Z","#
        + #""rule":{"id":"0first","title":"One","level":"low"}}"#
    )
    #expect(result.errors == "")
  }

  @Test("csv is the line and the rule")
  func csv() throws {
    let result = try Self.scan(try Self.prepared(), "-o", "csv")
    let second = "11111111-1111-4111-8111-111111111111"
    #expect(
      result.lines == ["line,rule_id", "2,0first", "2,\(second)", "4,0first", "4,\(second)"]
    )
  }

  @Test("a rule that can't be used is rejected at its place and the others run")
  func rejected() throws {
    let vedette = try Self.prepared()
    try vedette.write("rules/c.yml", Self.rule.replacing("action: buy", with: "action|nope: buy"))
    let lenient = try Self.scan(vedette, "-o", "csv")
    #expect(lenient.status == 0)
    #expect(lenient.errors.contains("rules/c.yml:8:"))
    #expect(lenient.errors.contains("1 rejected"))
    #expect(lenient.lines.count == 5)
    #expect(try Self.scan(vedette, "--strict").status == 1)
    try FileManager.default.createDirectory(
      atPath: vedette["none"],
      withIntermediateDirectories: true
    )
    try vedette.write("one.ndjson", "{}\n")
    let empty = try vedette.run("scan", "one.ndjson", "--rules", "none")
    #expect(empty.errors.contains("no rule is in 'none'"))
    #expect(try Self.scan(vedette, "--fail-on", "critical").status == 0)
    #expect(try Self.scan(vedette, "--fail-on", "high").status == 1)
    #expect(try Self.scan(vedette, "--exclude-rule", "0first", "-o", "csv").lines.count == 3)
    #expect(try Self.scan(vedette, "--min-level", "high", "-o", "csv").lines.count == 3)
    // Another log source is asserted: nothing is looked at.
    #expect(try Self.scan(vedette, "--logsource", "product=other", "-o", "csv").lines == [])
  }

  @Test("rules are chosen by status and tag, and a rule that is left out has no matches")
  func chosen() throws {
    let vedette = try Self.prepared()
    let more = "status: stable\ntags: [attack.t1059.001]\n"
    let own = Self.rule.split(separator: "\n").filter { !$0.hasPrefix("id:") }
      .joined(separator: "\n")
    try vedette.write("rules/c.yml", more + own)
    try vedette.write(
      "rules/many.yml",
      """
      title: Many
      id: many
      correlation:
        type: event_count
        rules: [0first]
        timespan: 1h
        condition: {gte: 2}
      """
    )
    func ids(_ more: String...) throws -> Set<String> {
      let process = try vedette.start(
        Self.arguments + ["-o", "ndjson"] + more,
        label: "chosen"
      )
      process.waitUntilExit()
      let result = CommandRunner.Result(
        status: process.terminationStatus,
        output: try vedette.read("chosen.out"),
        errors: try vedette.read("chosen.err")
      )
      return Set(try result.objects().compactMap { ($0["rule"] as? [String: String])?["id"] })
    }
    let second = "11111111-1111-4111-8111-111111111111"
    // A rule without an id is known by its path; the base of a correlation is like any other.
    #expect(try ids() == ["0first", second, "c.yml"])
    #expect(try ids("--status", "stable") == ["c.yml"])
    #expect(try ids("--tag", "attack.t1059") == ["c.yml"])
    #expect(try ids("--tag", "t1059.001", "--status", "test") == [])
    #expect(try ids("--exclude-rule", "0first") == [second, "c.yml"])
    #expect(try ids("--exclude-rule", "c.yml", "--min-level", "high") == [second])
    let told = try Self.scan(vedette, "-o", "csv")
    #expect(
      told.errors.split(separator: "\n").joined(separator: " ")
        .contains("'Many' is a correlation, which needs 'vedette replay', and was left out")
    )
    #expect(told.errors.contains("3 rules loaded, 0 rejected"))
    #expect(try Self.scan(vedette, "--status", "sound").status == 64)
    #expect(try Self.scan(vedette, "--rules", "nowhere").status == 2)
  }

  @Test("correlations that are left out are named in one paragraph, and not where nobody asked")
  func leftOut() throws {
    let vedette = try Self.prepared()
    let scan = ["scan", "events.ndjson", "--format", "json", "-o", "csv"]
    let lines = try vedette.run(scan).errors.split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.contains("correlations need 'vedette replay'") })
    #expect(lines[first...].prefix(20).allSatisfy { $0.count <= 80 })
    #expect(lines.joined(separator: " ").contains("SSH login after brute force"))
    let count = Int(lines[first].prefix { $0.isNumber })
    let listed = try vedette.run("rules", "list", "--correlations", "-o", "ndjson")
    #expect(listed.output.split(separator: "\n").count == count)
    #expect(listed.output.contains("SSH login after brute force"))
    #expect(try !vedette.run(scan + ["-q"]).errors.contains("vedette replay"))
  }

  @Test("a rule with an error that could be read is named and not used")
  func refused() throws {
    let vedette = try Self.prepared()
    try vedette.write(
      "night.yml",
      """
      title: At night
      logsource: {product: linux}
      detection:
        a: {t|hour: 25}
        condition: a
      """
    )
    let result = try vedette.run("scan", "events.ndjson", "--rules", "night.yml", "-o", "csv")
    #expect(result.errors.contains("night.yml:4:15: error: hour 25 does not exist; it is 0 to 23"))
    #expect(result.errors.contains("0 rules loaded, 1 rejected"))
    let missing = try vedette.run("rules", "check", "nosuch")
    #expect(missing.output.hasPrefix("nosuch: error: can't be read: there is no such file"))
    #expect(missing.status == 2)
  }

  @Test("what chooses no rule is told, with the nearest id")
  func idleChoices() throws {
    let vedette = try Self.prepared()
    let told = try Self.scan(vedette, "--exclude-rule", "0frist", "--tag", "attack.t9", "-o", "csv")
    #expect(told.status == 0)
    #expect(
      told.errors.contains("the id '0frist', which is to be left out; did you mean '0first'?")
    )
    #expect(told.errors.contains("vedette: no rule has the tag 'attack.t9'"))
    let silent = try Self.scan(vedette, "--exclude-rule", "0first", "-o", "csv")
    #expect(!silent.errors.contains("no rule has"))
    let replay = try vedette.run("replay", "events.ndjson", "--exclude-rule", "0frist")
    #expect(replay.errors.contains("no rule has the id '0frist'"))
  }

  @Test("rules that look at what the input has not are counted, and listed with -v")
  func unreached() throws {
    let vedette = try Self.prepared()
    let other = Self.rule.replacing("1111", with: "3333").replacing("shop", with: "bank")
    try vedette.write("rules/other.yml", other)
    let brief = try Self.scan(vedette, "-o", "csv")
    let sentence = "1 of 3 rules look at log sources that no event here is of"
    #expect(brief.errors.contains(sentence + "; -v lists these\n"))
    let long = try Self.scan(vedette, "-o", "csv", "-v")
    #expect(long.errors.contains(sentence + "\n"))
    #expect(long.errors.split(separator: "\n").contains { $0.hasPrefix("1      product=bank") })
    try FileManager.default.removeItem(atPath: vedette["rules/other.yml"])
    #expect(!(try Self.scan(vedette, "-o", "csv")).errors.contains("log sources that no event"))
    try vedette.write("empty.ndjson", "")
    let empty = try vedette.run("scan", "empty.ndjson", "--rules", "rules")
    #expect(empty.status == 0 && !empty.errors.contains("log sources that no event"))
  }

  @Test("a mapping that can't be read or used ends with 2 and no usage", arguments: [false, true])
  func badMapping(isThere: Bool) throws {
    let vedette = try Self.prepared()
    if isThere { try vedette.write("map.yml", "transformations: [{type: nope}]\n") }
    for arguments in [
      Self.arguments, ["replay", "events.ndjson"], ["rules", "list"], ["rules", "check", "rules"],
    ] {
      let result = try vedette.run(arguments + ["--mapping", "map.yml"])
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.contains("map.yml:1:"), "\(arguments)")
      #expect(!result.errors.contains("Usage"), "\(arguments)")
      #expect(result.output.isEmpty, "\(arguments)")
    }
  }

  @Test("a wrong value is told without the usage of another command")
  func wrongValue() throws {
    let vedette = try Self.prepared()
    let result = try Self.scan(vedette, "--fail-on", "grave\u{1b}[31m")
    #expect(result.status == 64)
    #expect(result.errors.contains("--fail-on takes one of"))
    #expect(!result.errors.contains("Usage") && !result.errors.contains("\u{1b}"))
    // The parser's own errors repeat what was typed too.
    let unknown = try Self.scan(vedette, "--nope\u{1b}[31m")
    #expect(unknown.status == 64 && !unknown.errors.contains("\u{1b}"))
    #expect(try vedette.run("scan", "--help").output.contains("instead of them"))
  }

  @Test("json is one array, also of nothing")
  func array() throws {
    let vedette = try Self.prepared()
    for (more, count) in [([], 4), (["--min-level", "critical"], 0)] as [([String], Int)] {
      let process = try vedette.start(Self.arguments + ["-o", "json"] + more, label: "array")
      process.waitUntilExit()
      let value = try JSONSerialization.jsonObject(with: Data(try vedette.read("array.out").utf8))
      #expect((value as? [Any])?.count == count)
    }
  }

  @Test("--profile tells the most expensive rules and changes no match")
  func profile() throws {
    let vedette = try Self.prepared()
    let plain = try Self.scan(vedette, "-o", "csv")
    let profiled = try Self.scan(vedette, "-o", "csv", "--profile")
    #expect(profiled.output == plain.output)
    #expect(profiled.errors.contains("the most expensive of 2:"))
    #expect(profiled.errors.contains("new values of action"))
    #expect(!plain.errors.contains("most expensive"))
  }

  @Test("rules check names problems at their place")
  func check() throws {
    let vedette = try Self.prepared()
    #expect(try vedette.run("rules", "check").status == 0)
    #expect(try vedette.run("rules", "check", "rules").status == 0)
    try vedette.write("rules/c.yml", Self.rule.replacing("action: buy", with: "action|nope: buy"))
    let result = try vedette.run("rules", "check", "rules", "--all")
    #expect(result.status == 1)
    #expect(result.lines.contains { $0.hasPrefix("rules/c.yml:8:") && $0.contains(": error: ") })
  }

  @Test("rules test fails for a sample, a rule without one and a condition nobody misses")
  func test() throws {
    let vedette = try Self.prepared()
    try FileManager.default.removeItem(atPath: vedette["rules/a.yml"])
    let untested = try vedette.run("rules", "test", "rules")
    #expect(untested.status == 1)
    #expect(untested.output.contains("untested  "))
    let web = CommandRunner.root.appending(path: "rules/web").path
    let good = try vedette.run("rules", "test", web, "--mutate")
    #expect(good.status == 0)
    #expect(good.errors.contains("0 failed") && good.errors.contains("0 survived"))
  }

  @Test("rules test tries the rules in the binary, and says once what can't be read")
  func testWithoutPath() throws {
    let vedette = try CommandRunner()
    let own = try vedette.run("rules", "test")
    #expect(own.status == 0)
    #expect(own.errors.contains("113 rules, 516 samples, 0 failed; 0 rules without a test"))
    let missing = try vedette.run("rules", "test", "nowhere")
    #expect(missing.status == 2)
    let told = (missing.output + missing.errors).split(separator: "\n")
    #expect(told.count { $0.contains("nowhere") } == 1)
  }

  @Test("rules list and export give the rules of the binary")
  func listAndExport() throws {
    let vedette = try CommandRunner()
    let csv = try vedette.run("rules", "list", "-o", "csv")
    #expect(csv.lines.first == "id,level,title,techniques,path")
    #expect(try vedette.run("rules", "list", "nowhere").status == 2)
    let objects = try vedette.run("rules", "list", "-o", "ndjson").objects()
    #expect(objects.count == csv.lines.count - 1)
    #expect(objects.allSatisfy { $0["title"] is String && $0["level"] is String })
    #expect(try vedette.run("rules", "export", "out").status == 0)
    let written = try FileManager.default.subpathsOfDirectory(atPath: vedette["out/rules"])
      .filter { $0.hasSuffix(".yml") }.sorted()
    let folder = CommandRunner.root.appending(path: "rules")
    let present = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yml") && !$0.hasSuffix(".test.yml") }.sorted()
    #expect(written == present)
    #expect(try vedette.run("rules", "check", "out/rules").status == 0)
  }
}
