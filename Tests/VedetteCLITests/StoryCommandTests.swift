import Foundation
import Testing

/// What happens to incidents once they are there: kept honest, taken away, told and excepted.
@Suite("vedette audit, purge, export, notify, exceptions, watchlists", .timeLimit(.minutes(3)))
struct StoryCommandTests {
  private static func value(_ key: String, _ result: CommandRunner.Result) throws -> Any? {
    try result.objects().first?[key]
  }

  /// Brute force by an address, minutes ago, as sshd would have logged it.
  static func attack(by address: String) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "MMM dd HH:mm:ss"
    return (0..<40).map { number in
      let time = format.string(from: Date(timeIntervalSinceNow: -600 + Double(number) * 2))
      return "\(time) web01 sshd[\(4_000 + number)]: Failed password for root from \(address) "
        + "port \(40_000 + number) ssh2\n"
    }.joined()
  }

  @Test("a head from an export finds what was done to the activity since")
  func audit() throws {
    let (vedette, id) = try IncidentsCommandTests.replayed()
    for text in ["one", "two", "three"] {
      try vedette.run("incidents", "comment", id, text, "--db", "a.db")
    }
    let export = try vedette.run("incidents", "export", id, "--db", "a.db", "-o", "json")
    let list = try JSONSerialization.jsonObject(with: Data(export.output.utf8)) as? [[String: Any]]
    let head = try #require(list?.first?["activity_head"] as? String)
    let good = try vedette.run("audit", "verify", "--db", "a.db", "--head", head, "-o", "table")
    #expect(good.status == 0)
    #expect(good.output.contains("up to line 3 all is as it was, and 0 were added since"))
    #expect(try vedette.run("audit", "verify", "--db", "a.db", "--head", "x").status == 64)
    let other = "3:" + String(repeating: "0", count: 64)
    let bad = try vedette.run("audit", "verify", "--db", "a.db", "--head", other, "-o", "table")
    #expect(bad.status == 1)
    #expect(bad.output.contains("line 3 is not the one of the head"))
    #expect(bad.output.contains("compare it with a backup"))
    let canonical = try vedette.run("incidents", "export", "--db", "a.db")
    #expect(canonical.errors.contains("activity head: \(head)"))
    #expect(!canonical.output.contains("activity_head"))
  }

  @Test("of an entity that is purged from the database of a run nothing is left")
  func purge() throws {
    let vedette = try CommandRunner()
    try vedette.write("auth.log", Self.attack(by: "203.0.113.77"))
    let run = try vedette.start(["run", "auth.log", "--db", "run.db"], label: "run")
    try RunCommandTests.wait(vedette, until: 40)
    let held = try vedette.run("incidents", "purge", "--entity", "203.0.113.77", "--db", "run.db")
    #expect(held.status == 2)
    #expect(held.errors.contains("in use by another 'vedette run'"))
    kill(run.processIdentifier, SIGKILL)
    run.waitUntilExit()
    func count() throws -> Int {
      let found = try vedette.shell(
        "cat run.db run.db-wal 2>/dev/null | strings | grep -c 203.0.113.77"
      )
      return Int(found.lines.first ?? "") ?? -1
    }
    #expect(try count() > 0)
    let preview = try vedette.run(
      ["incidents", "purge", "--entity", "203.0.113.77", "--dry-run", "--db", "run.db"]
    )
    #expect(preview.status == 0)
    #expect(try count() > 0)
    let purge = try vedette.run("incidents", "purge", "--entity", "203.0.113.77", "--db", "run.db")
    #expect(purge.status == 0)
    #expect(try Self.value("incidents", purge) as? Int == Self.value("incidents", preview) as? Int)
    #expect(try count() == 0)
    let again = try vedette.run("incidents", "purge", "--entity", "203.0.113.77", "--db", "run.db")
    #expect(try Self.value("incidents", again) as? Int == 0)
    #expect(try vedette.run("audit", "verify", "--db", "run.db").status == 0)
    #expect(try vedette.run("incidents", "purge", "--db", "run.db").status == 64)
    // The run goes on with what is left.
    try vedette.append("auth.log", Self.attack(by: "203.0.113.78"))
    let next = try vedette.start(["run", "auth.log", "--db", "run.db"], label: "next")
    try RunCommandTests.wait(vedette, until: 80)
    next.terminate()
    next.waitUntilExit()
    #expect(next.terminationStatus == 0)
  }

  @Test("incidents are exported as one page, as OCSF and as rows")
  func exports() throws {
    let (vedette, id) = try IncidentsCommandTests.replayed()
    let html = try vedette.run("incidents", "export", "--to", "html", "--db", "a.db")
    #expect(html.output.hasPrefix("<!doctype html>") && html.output.hasSuffix("</html>\n"))
    let ocsf = try vedette.run("incidents", "export", id, "--to", "ocsf", "--db", "a.db")
    #expect(try Self.value("class_uid", ocsf) as? Int == 2_004)
    let wrong = try vedette.run("incidents", "export", "--to", "pdf", "--db", "a.db")
    #expect(wrong.status == 64)
    let headers = [
      "show": "id,severity,risk,status,first_seen,last_seen,events,title",
      "timeline": "time,kind,severity,title,text,file,line",
      "findings": "id,time,detector,severity,score,events,title,summary",
      "evidence": "finding,time,file,line,offset,raw", "activity": "line,time,user,action,detail",
    ]
    for (verb, header) in headers {
      let rows = try vedette.run("incidents", verb, id, "-o", "csv", "--db", "a.db")
      #expect(rows.lines.first == header)
      #expect(!rows.output.contains("{\""), "\(verb)")
    }
    let local = try vedette.run(
      "sources",
      "--db",
      "a.db",
      "--tz",
      "local",
      "-o",
      "table",
      environment: ["TZ": "Europe/Berlin"]
    )
    #expect(local.output.contains(" CET"))
  }

  @Test("each target is told once when an incident is new and once when it is taken up again")
  func notifies() throws {
    let vedette = try CommandRunner()
    try vedette.write("auth.log", Self.attack(by: "203.0.113.80"))
    try vedette.write(
      "vedette.yml",
      "notify:\n  - file: notes.ndjson\n  - command: [/no/such/program]\n    name: broken\n"
    )
    let arguments = ["run", "auth.log", "--db", "run.db", "--config", "vedette.yml"]
    let run = try vedette.start(arguments, label: "run")
    func notes(_ count: Int) throws -> [[String: Any]] {
      for _ in 0..<200 {
        let text = (try? vedette.read("notes.ndjson")) ?? ""
        if text.split(separator: "\n").count >= count { break }
        usleep(50_000)
      }
      let text = (try? vedette.read("notes.ndjson")) ?? ""
      return try CommandRunner.Result(status: 0, output: text, errors: "").objects()
    }
    let first = try #require(try notes(1).first)
    #expect(first["reason"] as? String == "opened")
    let incident = try #require(first["incident"] as? [String: Any])
    let id = try #require(incident["id"] as? String)
    // A run that is killed once a message is out of the outbox tells nothing twice.
    for _ in 0..<100 {
      let waiting = try vedette.run("notify", "list", "--db", "run.db", "-o", "ndjson")
      if try waiting.objects().map({ $0["target"] as? String }) == ["broken"] { break }
      usleep(50_000)
    }
    kill(run.processIdentifier, SIGKILL)
    run.waitUntilExit()
    let second = try vedette.start(arguments, label: "second")
    let close = ["incidents", "close", id, "--as", "benign", "--reason", "x", "--db", "run.db"]
    #expect(try vedette.run(close).status == 0)
    try vedette.run("incidents", "reopen", id, "--reason", "y", "--db", "run.db")
    let all = try notes(2)
    #expect(all.map { $0["reason"] as? String } == ["opened", "reopened"])
    second.terminate()
    second.waitUntilExit()
    #expect(second.terminationStatus == 0)
    #expect(try notes(2).count == 2)
    let waiting = try vedette.run("notify", "list", "--db", "run.db", "-o", "ndjson")
    #expect(try waiting.objects().map { $0["target"] as? String } == ["broken", "broken"])
    #expect(try vedette.run("doctor", "--db", "run.db").output.contains("2 notifications wait"))
    let test = try vedette.run("notify", "test", "--config", "vedette.yml", "--db", "run.db")
    #expect(test.status == 1)
    #expect(test.output.contains("ok       notes.ndjson: reached in"))
    #expect(test.output.contains("problem  broken: '/no/such/program' can't be run"))
    #expect(try notes(3).last?["reason"] as? String == "test")
    // What was last seen long ago is written and not told.
    let (old, _) = try IncidentsCommandTests.replayed()
    try old.write("vedette.yml", "notify:\n  - file: notes.ndjson\n")
    let path = ReplayCommandTests.attack
    let past = try old.start(
      ["run", path, "--year", "2020", "--db", "run.db", "--config", "vedette.yml"],
      label: "past"
    )
    try RunCommandTests.wait(old, until: 1_400)
    past.terminate()
    past.waitUntilExit()
    #expect(!FileManager.default.fileExists(atPath: old["notes.ndjson"]))
  }

  @Test("an exception proposed from an incident hides it the next time, counted")
  func exceptions() throws {
    let (vedette, id) = try IncidentsCommandTests.replayed()
    let common = ["--file", "ex.yml", "--db", "a.db"]
    let add = [
      "exceptions", "add", id, "--reason", "a drill: \"red\" team", "--expires", "2099-01-31",
    ]
    let proposed = try vedette.run(add + ["--dry-run"] + common)
    #expect(proposed.status == 0)
    // One of a list would do: the account that was attacked must not hide the next attacker.
    #expect(proposed.output.contains(#"entity: ["ip:203.0.113.66"]"#), "\(proposed.output)")
    #expect(!FileManager.default.fileExists(atPath: vedette["ex.yml"]))
    let added = try vedette.run(add + common)
    #expect(added.status == 0)
    #expect(added.output == proposed.output)
    let preview = try vedette.run(["exceptions", "preview"] + common)
    #expect(preview.errors.contains("would not have been opened"))
    let hidden = try Self.value("findings", preview) as? Int
    try vedette.write("vedette.yml", "exceptions: ex.yml\n")
    let replay = try vedette.run(
      ["replay", ReplayCommandTests.attack, "--year", "2026", "--db", "b.db", "--config"]
        + ["vedette.yml"]
    )
    let name = "inc-\(id.dropFirst(4).prefix(10))"
    #expect(replay.errors.contains("exception '\(name)' hides "))
    let list = try vedette.run("incidents", "list", "--db", "b.db", "-o", "ndjson")
    #expect(try !list.objects().contains { $0["id"] as? String == id })
    let counted = try vedette.run(["exceptions", "list", "--file", "ex.yml", "--db", "b.db"])
    #expect((try Self.value("hidden_findings", counted) as? Int ?? 0) > 0)
    #expect((hidden ?? 0) > 0)
    // The second goes behind the first; what has ended is pruned, the rest stays as it is.
    func propose(until end: String) throws -> CommandRunner.Result {
      try vedette.run(
        ["exceptions", "add", id, "--reason", "x", "--expires", end, "--name", "old"] + common
      )
    }
    let over = try propose(until: "2020-01-01")
    #expect(over.status == 64)
    #expect(over.errors.contains("'2020-01-01' is over already"))
    #expect(try propose(until: "2099-01-01").status == 0)
    let before = try vedette.read("ex.yml").replacing("2099-01-01", with: "2020-01-01")
    try vedette.write("ex.yml", before)
    let pruned = try vedette.run("exceptions", "prune", "--file", "ex.yml")
    #expect(pruned.output == "old: ended 2020-01-01T00:00:00Z\n")
    let after = try vedette.read("ex.yml")
    #expect(before.hasPrefix(after.trimmingCharacters(in: .newlines)))
    #expect(!after.contains("old"))
  }

  @Test("a rule looks values up in a watchlist by its name")
  func watchlists() throws {
    let vedette = try CommandRunner()
    try vedette.write("e.ndjson", "{\"u\":\"ada\"}\n{\"u\":\"eve\"}\n{\"u\":\"bob\"}\n")
    try vedette.write("vip.csv", "name,team\nada,red\nbob,blue\n")
    try vedette.write(
      "r.yml",
      """
      title: A known one
      id: 3f0c7f0e-6a53-4b7c-9a2f-0a4b1c2d3e4f
      status: test
      level: low
      logsource: { product: test }
      detection: { sel: { 'u|expand': '%vip%' }, condition: sel }
      """
    )
    try vedette.write("vedette.yml", "watchlists: [vip.csv]\n")
    let list = try vedette.run("watchlists", "--config", "vedette.yml", "-o", "ndjson")
    #expect(try list.objects().map { $0["name"] as? String } == ["vip", "vip.name", "vip.team"])
    let scan = try vedette.run(
      ["scan", "e.ndjson", "--rules", "r.yml", "--watchlist", "vip.csv", "--logsource"]
        + ["product=test", "-o", "csv"]
    )
    #expect(scan.lines.dropFirst().compactMap { $0.split(separator: ",").first } == ["1", "3"])
  }

  @Test("labels are compared in the XML that build servers read")
  func junit() throws {
    let vedette = try CommandRunner()
    let common = ["--year", "2026", "--expect", ReplayCommandTests.labels, "--junit", "j.xml"]
    let found = try vedette.run(["replay", ReplayCommandTests.attack] + common)
    #expect(found.status == 0)
    var xml = try vedette.read("j.xml")
    #expect(xml.contains("failures=\"0\"") && xml.contains("<system-out>INC-"))
    let missed = try vedette.run(["replay", ReplayCommandTests.benign] + common)
    #expect(missed.status == 1)
    xml = try vedette.read("j.xml")
    #expect(xml.contains("failures=\"1\"") && xml.contains("<failure message="))
    let parser = XMLWalker()
    #expect(parser.isWellFormed(xml))
    let alone = try vedette.run("replay", ReplayCommandTests.attack, "--junit", "j.xml")
    #expect(alone.status == 64)
  }
}

/// Says whether tags close in order: all that a report of ours needs.
private struct XMLWalker {
  func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for part in text.split(separator: "<") where !part.hasPrefix("?") {
      guard let end = part.firstIndex(of: ">") else { return false }
      let tag = part[..<end]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }
}
