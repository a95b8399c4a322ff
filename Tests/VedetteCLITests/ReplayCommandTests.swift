import Foundation
import Testing

@Suite("vedette demo, replay")
struct ReplayCommandTests {
  static let attack = CommandRunner.sample("ssh-brute-force/auth.log")
  static let labels = CommandRunner.sample("ssh-brute-force/labels.ndjson")
  static let benign = CommandRunner.sample("ssh-brute-force-benign/auth.log")

  @Test("demo of a hard attack says what it had cost when it was found")
  func hardDemo() throws {
    let vedette = try CommandRunner()
    let result = try vedette.run(
      "demo",
      "key-sharing",
      "--difficulty",
      "hard",
      "--seed",
      "3",
      "-o",
      "table"
    )
    #expect(result.status == 0)
    #expect(result.errors.contains("A key shared with strangers, hard, among 40 keys"))
    #expect(result.errors.contains("USD when it was found"))
    #expect(result.errors.contains("recall 1.00"))
    let wrong = try vedette.run("demo", "key-sharing", "--difficulty", "5")
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("--difficulty takes easy, medium or hard"))
    let none = try vedette.run("demo", "web-shell", "--difficulty", "easy")
    #expect(none.status == 64)
  }

  @Test("demo ends on incidents and says how good they are")
  func demo() throws {
    let vedette = try CommandRunner()
    let result = try vedette.run("demo", "-o", "table")
    #expect(result.status == 0)
    #expect(result.output.contains("LLMjacking") || result.output.contains("INC-"))
    #expect(result.lines.last?.hasPrefix("INC-") == true)
    #expect(result.errors.contains("recall 1.00"))
    #expect(result.output.allSatisfy { $0 != "\u{1b}" })
    let unknown = try vedette.run("demo", "nothing")
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("there is no demo 'nothing'"))
  }

  @Test("the help and the version are there")
  func help() throws {
    let vedette = try CommandRunner()
    let help = try vedette.run("--help")
    #expect(help.status == 0)
    for name in ["run", "replay", "scan", "incidents", "rules", "sources", "doctor", "demo"] {
      #expect(help.output.contains("\n  \(name) "), "\(name)")
    }
    #expect(try vedette.run("--version").output.contains("."))
  }

  @Test("a replay exits with 0 whether it found something or not")
  func exitsWithZero() throws {
    let vedette = try CommandRunner()
    let attack = try vedette.run("replay", Self.attack, "--year", "2026", "-o", "ndjson")
    #expect(attack.status == 0)
    let first = try #require(try attack.objects().first)
    #expect((first["id"] as? String)?.hasPrefix("INC-") == true)
    #expect(first["severity"] as? String == "critical")
    #expect(attack.errors.contains("1765 records, 1765 events, 0 dead letters"))
    let benign = try vedette.run(
      "replay",
      Self.benign,
      "--year",
      "2026",
      "--fail-on",
      "medium",
      "--quiet"
    )
    #expect(benign.status == 0)
    #expect(benign.errors == "")
    let failing = try vedette.run("replay", Self.attack, "--year", "2026", "--fail-on", "high")
    #expect(failing.status == 1)
  }

  @Test("--expect compares with labels: 0 if all is found, 1 if something is missed")
  func expectations() throws {
    let vedette = try CommandRunner()
    let found = try vedette.run("replay", Self.attack, "--year", "2026", "--expect", Self.labels)
    #expect(found.status == 0)
    #expect(found.output.contains("precision 1.00  recall 1.00"))
    let missed = try vedette.run("replay", Self.benign, "--year", "2026", "--expect", Self.labels)
    #expect(missed.status == 1)
    #expect(missed.output.contains("recall 0.00"))
    let lenient = try vedette.run(
      "replay",
      Self.benign,
      "--year",
      "2026",
      "--expect",
      Self.labels,
      "--min-recall",
      "0"
    )
    #expect(lenient.status == 0)
    try vedette.write("bad.ndjson", "{}\n")
    let bad = try vedette.run("replay", Self.benign, "--expect", "bad.ndjson")
    #expect(bad.status != 0)
    #expect(bad.errors.contains("line 1"))
  }

  @Test("what can't be read is 2, with its path and what to do")
  func unreadable() throws {
    let vedette = try CommandRunner()
    let missing = try vedette.run("replay", "nothing.log")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("nothing.log: cannot find"))
    // The others are read all the same.
    let both = try vedette.run("replay", "nothing.log", Self.attack, "--year", "2026")
    #expect(both.status == 2)
    #expect(both.errors.contains("1765 events"))
    try vedette.write("odd.ndjson", "{\"a\":1}\n{\"b\":\n")
    #expect(try vedette.run("replay", "odd.ndjson").status == 0)
    #expect(try vedette.run("replay", "odd.ndjson", "--strict").status == 2)
    try vedette.write("good.ndjson", "{\"a\":1}\n")
    try vedette.write("bad.yml", "title: x\nlogsource: {product: y}\ndetection: {a: {b|c: 1}}\n")
    #expect(try vedette.run("replay", "good.ndjson", "--rules", "bad.yml").status == 0)
    let strict = try vedette.run("replay", "good.ndjson", "--rules", "bad.yml", "--strict")
    #expect(strict.status == 1)
    #expect(strict.errors.contains("bad.yml:3:"))
  }

  @Test("at a speed a replay finds the same, and takes the time that is left of the logs'")
  func speed() throws {
    let vedette = try CommandRunner()
    let fast = try vedette.run("replay", Self.attack, "--year", "2026", "--digest")
    let start = Date()
    let paced = try vedette.run(
      "replay",
      Self.attack,
      "--year",
      "2026",
      "--digest",
      "--speed",
      "4000x"
    )
    // The log is of an hour and a half at least.
    #expect(Date().timeIntervalSince(start) > 1)
    #expect(paced.output == fast.output && !fast.output.isEmpty)
    #expect(try vedette.run("replay", Self.attack, "--speed", "0x").status == 64)
    #expect(try vedette.run("replay", Self.attack, "--speed", "fast").status == 64)
  }

  @Test(
    "bad usage is 64, with a sentence",
    arguments: [
      (["replay"], "paths"),
      (["replay", "x", "--bogus"], "--bogus"),
      (["replay", "x", "--format", "sislog"], "unknown format 'sislog'"),
      (["replay", "x", "--workers", "0"], "between 1 and 64"),
      (["replay", "x", "--year", "99"], "between 1678 and 2261"),
      (["replay", "x", "--fail-on", "bad"], "--fail-on takes one of"),
      (["replay", "x", "--logsource", "linux"], "is no log source"),
      (["scan", "x", "--min-level", "bad"], "unknown level 'bad'"),
      (["run", "--from", "middle"], "--from takes start, end"),
      (["nonsense"], "nonsense"),
    ]
  )
  func badUsage(arguments: [String], words: String) throws {
    let vedette = try CommandRunner()
    let process = try vedette.start(arguments, label: "usage")
    process.waitUntilExit()
    #expect(process.terminationStatus == 64)
    #expect(try vedette.read("usage.err").contains(words))
    #expect(try vedette.read("usage.out") == "")
  }

  @Test("the digest is that of the canonical export, and --verify holds it")
  func digest() throws {
    let vedette = try CommandRunner()
    let one = try vedette.run(
      "replay",
      Self.attack,
      "--year",
      "2026",
      "--digest",
      "--workers",
      "1",
      "--db",
      "a.db"
    )
    let eight = try vedette.run(
      "replay",
      Self.attack,
      "--year",
      "2026",
      "--digest",
      "--workers",
      "8"
    )
    let digest = try #require(one.lines.first)
    #expect(one.lines.count == 1 && digest.count == 64)
    #expect(eight.output == one.output)
    let sum = try vedette.shell("\"$VEDETTE\" incidents export --db a.db | sha256sum")
    #expect(sum.output.hasPrefix(digest))
    let same = try vedette.run("replay", Self.attack, "--year", "2026", "--verify", digest)
    #expect(same.status == 0)
    let other = String(repeating: "0", count: 64)
    let different = try vedette.run("replay", Self.attack, "--year", "2026", "--verify", other)
    #expect(different.status == 1)
    #expect(different.errors.contains("the digest is \(digest)"))
  }

  @Test("standard input is read, and a reader that goes away is success")
  func pipes() throws {
    let vedette = try CommandRunner()
    let piped = try vedette.shell(
      "\"$VEDETTE\" replay - --year 2026 --digest < '\(Self.attack)'"
    )
    #expect(piped.status == 0)
    #expect(piped.lines.count == 1)
    let closed = try vedette.shell(
      "{ \"$VEDETTE\" scan '\(Self.attack)' --year 2026; echo $? > code; } | head -1"
    )
    #expect(closed.lines.count == 1)
    #expect(try vedette.read("code") == "0\n")
  }

  @Test("nothing that an attacker wrote into a log reaches the terminal as it is")
  func hostileText() throws {
    let vedette = try CommandRunner()
    let hostile = "dep\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{202e}\u{9b}31mloy"
    let log = try String(contentsOfFile: Self.attack, encoding: .utf8)
    try vedette.write("auth.log", log.replacing("deploy", with: hostile))
    var shown = ""
    func keep(_ result: CommandRunner.Result) {
      #expect(result.status == 0)
      shown += result.output + result.errors
    }
    for format in ["table", "json", "csv"] {
      keep(try vedette.run("replay", "auth.log", "--year", "2026", "--db", "a.db", "-o", format))
      keep(try vedette.run("replay", "auth.log", "--year", "2026", "--findings", "-o", format))
      keep(try vedette.run("scan", "auth.log", "--year", "2026", "-o", format))
      keep(try vedette.run("sources", "--db", "a.db", "-o", format))
    }
    let list = try vedette.run("incidents", "list", "--db", "a.db", "-o", "ndjson")
    let id = try #require(try list.objects().first?["id"] as? String)
    for verb in ["show", "timeline", "evidence", "findings", "activity"] {
      for format in ["table", "json"] {
        keep(try vedette.run("incidents", verb, id, "--db", "a.db", "-o", format))
      }
    }
    keep(try vedette.run("incidents", "export", "--db", "a.db", "--markdown"))
    keep(try vedette.run("incidents", "export", "--db", "a.db"))
    #expect(shown.contains("52;c;ZXZpbA=="), "the name is not shown at all")
    for scalar in ["\u{1b}", "\u{7}", "\u{202e}", "\u{9b}"] as [Unicode.Scalar] {
      #expect(!shown.unicodeScalars.contains(scalar), "U+\(String(scalar.value, radix: 16))")
    }
  }

  @Test(
    "rules and indicators that are not there end it before anything is read",
    arguments: ["--rules", "--intel"]
  )
  func missingRules(option: String) throws {
    let vedette = try CommandRunner()
    let result = try vedette.run("replay", Self.attack, option, "nowhere", "--db", "a.db")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors == "vedette: 'nowhere' is not there; its rules would be missed\n")
    #expect(!FileManager.default.fileExists(atPath: vedette["a.db"]))
  }

  @Test("what is named twice is read once, and said")
  func namedTwice() throws {
    let vedette = try CommandRunner()
    let folder = CommandRunner.sample("ssh-brute-force")
    for paths in [[Self.attack, Self.attack], [folder, Self.attack], [Self.attack, folder]] {
      let line = "$VEDETTE replay \(paths.joined(separator: " ")) --year 2026 -o ndjson"
      let result = try vedette.shell(line)
      #expect(result.errors.contains("1765 records, 1765 events"))
      #expect(result.errors.contains("it is the same file as"))
    }
  }
}
