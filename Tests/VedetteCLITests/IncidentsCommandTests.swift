import Foundation
import Testing

@Suite("vedette incidents, sources, doctor")
struct IncidentsCommandTests {
  /// A folder with a database in it, and the worst incident's id.
  static func replayed() throws -> (CommandRunner, id: String) {
    let vedette = try CommandRunner()
    try vedette.run("replay", ReplayCommandTests.attack, "--year", "2026", "--db", "a.db")
    let list = try vedette.run("incidents", "list", "--db", "a.db", "-o", "ndjson")
    #expect(list.status == 0)
    return (vedette, try #require(try list.objects().first?["id"] as? String))
  }

  @Test("an incident is read in each of its views")
  func views() throws {
    let (vedette, id) = try Self.replayed()
    let words = [
      "show": "SSH login after brute force", "timeline": "203.0.113.66",
      "evidence": "Failed password for", "findings": "FINDING", "activity": "no activity",
    ]
    for (verb, word) in words.sorted(by: { $0.key < $1.key }) {
      let table = try vedette.run("incidents", verb, id, "--db", "a.db", "-o", "table")
      #expect(table.status == 0)
      #expect(table.output.contains(word), "\(verb)")
      let prefix = String(id.dropFirst(4).prefix(8))
      let json = try vedette.run("incidents", verb, prefix, "--db", "a.db", "-o", "json")
      #expect(json.status == 0, "\(verb)")
      guard verb != "show" else {
        #expect(try json.objects().first?["id"] as? String == id)
        continue
      }
      let list = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
      let lines = try vedette.run("incidents", verb, prefix, "--db", "a.db", "-o", "ndjson")
      let objects = try lines.objects()
      #expect((list as? [[String: Any]])?.count == objects.count, "\(verb)")
      #expect(objects.isEmpty == (verb == "activity"), "\(verb)")
    }
    let show = try vedette.run("incidents", "show", id, "--db", "a.db", "-o", "table")
    #expect(show.lines.count <= 24)
    #expect(show.lines.allSatisfy { $0.count <= 80 })
  }

  @Test("evidence and timeline hold the raw lines and their places for programs")
  func rawLines() throws {
    let (vedette, id) = try Self.replayed()
    let lines = try vedette.run("incidents", "evidence", id, "--db", "a.db", "-o", "ndjson")
    let one = try #require(try lines.objects().first { ($0["line"] as? Int ?? 0) > 0 })
    let file = try String(contentsOfFile: ReplayCommandTests.attack, encoding: .utf8)
    let text = file.split(separator: "\n")[(one["line"] as? Int ?? 0) - 1]
    #expect(one["raw"] as? String == String(text))
    #expect((one["file"] as? String)?.hasSuffix("auth.log") == true)
    let timeline = try vedette.run("incidents", "timeline", id, "--db", "a.db", "-o", "ndjson")
    let entries = try timeline.objects()
    let times = entries.compactMap { $0["time"] as? String }
    #expect(times == times.sorted())
    let places = entries.filter { $0["kind"] as? String == "record" }.compactMap {
      $0["line"] as? Int
    }
    #expect(places.count == Set(places).count)
    #expect(Set(entries.compactMap { $0["kind"] as? String }) == ["finding", "record"])
  }

  @Test("the list is filtered, sorted and cut")
  func filters() throws {
    let (vedette, id) = try Self.replayed()
    func ids(_ arguments: String...) throws -> [String] {
      let process = try vedette.start(
        ["incidents", "list", "--db", "a.db", "-o", "ndjson"] + arguments,
        label: "list"
      )
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let result = CommandRunner.Result(status: 0, output: try vedette.read("list.out"), errors: "")
      return try result.objects().compactMap { $0["id"] as? String }
    }
    #expect(try ids().first == id)
    #expect(try ids("--severity", "critical") == [id])
    #expect(try ids("--entity", "ip:203.0.113.66").contains(id))
    #expect(try ids("--entity", "ip:203.0.113.67") == [])
    #expect(try ids("--limit", "1") == [id])
    #expect(try ids("--status", "closed") == [])
    #expect(try ids("--since", "2026-03-03T00:00:00Z") == [])
    #expect(try ids("--until", "2026-03-02T00:00:00Z") == [])
    let bad = try vedette.run("incidents", "list", "--db", "a.db", "--sort", "size")
    #expect(bad.status == 64)
  }

  @Test("what was decided is kept, with who decided it")
  func triage() throws {
    let (vedette, id) = try Self.replayed()
    let before = try vedette.run("incidents", "export", "--db", "a.db")
    let user = try vedette.shell("id -un").lines.first ?? ""
    #expect(try vedette.run("incidents", "assign", id, "--db", "a.db", "--to", "ada").status == 0)
    #expect(try vedette.run("incidents", "comment", id, "looking", "--db", "a.db").status == 0)
    let close = try vedette.run(
      "incidents",
      "close",
      id,
      "--as",
      "true-positive",
      "--reason",
      "seen it",
      "--db",
      "a.db"
    )
    #expect(close.status == 0)
    #expect(close.errors.contains("closed as true-positive, owner ada"))
    let activity = try vedette.run("incidents", "activity", id, "--db", "a.db", "-o", "table")
    #expect(activity.lines.count == 3)
    #expect(activity.lines.allSatisfy { $0.contains(" \(user) ") })
    for word in ["ada", "looking", "seen it"] { #expect(activity.output.contains(word)) }
    let closed = try vedette.run(
      "incidents",
      "list",
      "--status",
      "closed",
      "--db",
      "a.db",
      "-o",
      "ndjson"
    )
    #expect(try closed.objects().map { $0["id"] as? String } == [id])
    // The canonical form holds nothing of it.
    #expect(try vedette.run("incidents", "export", "--db", "a.db").output == before.output)
    let reopened = try vedette.run("incidents", "reopen", id, "--reason", "again", "--db", "a.db")
    #expect(reopened.status == 0)
    let wrong = try vedette.run(
      "incidents",
      "close",
      id,
      "--as",
      "whatever",
      "--reason",
      "x",
      "--db",
      "a.db"
    )
    #expect(wrong.status == 64)
  }

  @Test(
    "without a database a sentence says so and nothing is made",
    arguments: [["incidents", "list"], ["incidents", "show", "abcd"], ["sources"]]
  )
  func noDatabase(arguments: [String]) throws {
    let vedette = try CommandRunner()
    let process = try vedette.start(arguments + ["--db", "none.db"], label: "none")
    process.waitUntilExit()
    #expect(process.terminationStatus != 0)
    #expect(try vedette.read("none.err").contains("'none.db': no database here"))
    #expect(!FileManager.default.fileExists(atPath: vedette["none.db"]))
  }

  @Test("an id that is none or too short says so")
  func unknownID() throws {
    let (vedette, _) = try Self.replayed()
    let result = try vedette.run("incidents", "show", "ffffffffffff", "--db", "a.db")
    #expect(result.status != 0)
    #expect(result.errors.contains("ffffffffffff"))
  }

  @Test("sources tells how far each was read")
  func sources() throws {
    let (vedette, _) = try Self.replayed()
    let source = try #require(
      try vedette.run("sources", "--db", "a.db", "-o", "ndjson").objects().first
    )
    #expect(source["records"] as? Int == 1765)
    #expect(source["format"] as? String == "syslog")
    #expect(source["dead_letters"] as? Int == 0)
    let csv = try vedette.run("sources", "--db", "a.db", "-o", "csv")
    #expect(csv.lines.first?.hasPrefix("source,format,records,events,dead_letters") == true)
  }

  @Test("doctor finds a sound database sound and an open folder a problem")
  func doctor() throws {
    let (vedette, _) = try Self.replayed()
    let good = try vedette.run("doctor", "--db", "a.db")
    #expect(good.status == 0, "\(good.output)")
    #expect(good.output.contains("rules can be used"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: vedette.folder.path
    )
    let open = try vedette.run("doctor", "--db", "a.db")
    #expect(open.status == 1)
    #expect(open.output.contains("chmod 700"))
  }

  @Test("colour is shown where it is asked for, and not in a pipe or with NO_COLOR")
  func colour() throws {
    let (vedette, id) = try Self.replayed()
    func show(_ color: String, _ environment: [String: String]) throws -> String {
      try vedette.run(
        "incidents",
        "show",
        id,
        "--db",
        "a.db",
        "-o",
        "table",
        "--color",
        color,
        environment: environment
      ).output
    }
    #expect(try show("always", [:]).contains("\u{1b}["))
    #expect(!(try show("never", [:])).contains("\u{1b}"))
    #expect(!(try show("auto", [:])).contains("\u{1b}"))
    #expect(!(try show("auto", ["NO_COLOR": "1"])).contains("\u{1b}"))
    // On a terminal colour is used unless NO_COLOR is set.
    let command = "$VEDETTE incidents show \(id) --db a.db -o table"
    guard try vedette.shell("command -v script").status == 0 else {
      return print("left out: no 'script' here to make a terminal with")
    }
    let onTerminal = try vedette.shell("script -qec \"\(command)\" /dev/null")
    #expect(onTerminal.output.contains("\u{1b}["))
    let plain = try vedette.shell("NO_COLOR=1 script -qec \"\(command)\" /dev/null")
    #expect(plain.output.contains(id.prefix(14)) && !plain.output.contains("\u{1b}[1"))
  }
}
