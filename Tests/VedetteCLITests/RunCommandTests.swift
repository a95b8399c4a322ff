import Foundation
import Testing

/// A run that is disturbed says the same as a replay that is not.
@Suite("vedette run", .timeLimit(.minutes(5)))
struct RunCommandTests {
  static let arguments = ["run", "auth.log", "--year", "2024", "--db", "run.db"]

  /// The number of records that the database knows of.
  static func records(_ vedette: CommandRunner) throws -> Int {
    let result = try vedette.run("sources", "--db", "run.db", "-o", "ndjson")
    guard result.status == 0 else { return 0 }
    return try result.objects().reduce(0) { $0 + ($1["records"] as? Int ?? 0) }
  }

  /// Waits until a number of records is in the database.
  static func wait(_ vedette: CommandRunner, until count: Int) throws {
    for _ in 0..<300 {
      if try records(vedette) >= count { return }
      usleep(50_000)
    }
    Issue.record("\(try records(vedette)) of \(count) records after 15 s")
  }

  @Test("killed, rotated and taken up again it gives what a replay of the same lines gives")
  func survivesKills() throws {
    let vedette = try CommandRunner()
    let log = try String(contentsOfFile: ReplayCommandTests.attack, encoding: .utf8)
    let lines = log.split(separator: "\n").map { $0 + "\n" }
    func part(_ range: Range<Int>) -> String { lines[range].joined() }

    try vedette.write("auth.log", part(0..<400))
    let first = try vedette.start(Self.arguments, label: "first")
    try Self.wait(vedette, until: 400)
    try vedette.append("auth.log", part(400..<900))
    usleep(60_000)
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    #expect(first.terminationReason == .uncaughtSignal)

    // While nobody reads, the log goes on, is rotated, and its last line is written in two pieces.
    try vedette.append("auth.log", part(900..<1_000))
    try FileManager.default.moveItem(atPath: vedette["auth.log"], toPath: vedette["auth.log.1"])
    let torn = lines[1_199]
    try vedette.write("auth.log", part(1_000..<1_199) + torn.prefix(30))
    let second = try vedette.start(Self.arguments, label: "second")
    try Self.wait(vedette, until: 1_199)
    try vedette.append("auth.log", String(torn.dropFirst(30)) + part(1_200..<1_400))
    try Self.wait(vedette, until: 1_400)
    kill(second.processIdentifier, SIGKILL)
    second.waitUntilExit()

    let third = try vedette.start(Self.arguments, label: "third")
    try vedette.append("auth.log", part(1_400..<1_500))
    try Self.wait(vedette, until: 1_500)
    // Rotated under the running process, then told to stop: what is there is read first.
    try FileManager.default.moveItem(atPath: vedette["auth.log"], toPath: vedette["auth.log.2"])
    try FileManager.default.moveItem(atPath: vedette["auth.log.1"], toPath: vedette["auth.log.3"])
    try vedette.write("auth.log", part(1_500..<lines.count))
    try Self.wait(vedette, until: lines.count)
    kill(third.processIdentifier, SIGTERM)
    third.waitUntilExit()
    #expect(third.terminationReason == .exit && third.terminationStatus == 0)
    #expect(try vedette.read("third.err").contains("stopped: \(lines.count) records"))
    #expect(try Self.records(vedette) == lines.count)

    try vedette.write("whole.log", log)
    try vedette.run("replay", "whole.log", "--year", "2024", "--db", "replay.db")
    let replayed = try vedette.run("incidents", "export", "--db", "replay.db")
    let run = try vedette.run("incidents", "export", "--db", "run.db")
    #expect(!replayed.lines.isEmpty)
    #expect(run.output == replayed.output)
  }

  @Test("SIGTERM reads what is there, commits and exits with 0; a second run adds nothing")
  func stopsCleanly() throws {
    let vedette = try CommandRunner()
    try FileManager.default.copyItem(
      atPath: ReplayCommandTests.attack,
      toPath: vedette["auth.log"]
    )
    var exports: [String] = []
    for label in ["one", "two"] {
      let process = try vedette.start(Self.arguments, label: label)
      try Self.wait(vedette, until: 1_765)
      kill(process.processIdentifier, label == "one" ? SIGTERM : SIGINT)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      #expect(try Self.records(vedette) == 1_765)
      exports.append(try vedette.run("incidents", "export", "--db", "run.db").output)
    }
    #expect(exports[0] == exports[1] && !exports[0].isEmpty)
    #expect(try vedette.read("one.err").contains("INC-"))
    #expect(!(try vedette.read("two.err").contains("INC-")))
  }

  @Test("two pipelines on one database are refused, readers are not")
  func oneAtATime() throws {
    let vedette = try CommandRunner()
    try FileManager.default.copyItem(
      atPath: ReplayCommandTests.benign,
      toPath: vedette["auth.log"]
    )
    let process = try vedette.start(Self.arguments, label: "run")
    try Self.wait(vedette, until: 100)
    let other = try vedette.run("replay", "auth.log", "--year", "2024", "--db", "run.db")
    #expect(other.status != 0)
    #expect(other.errors.contains("run.db"))
    #expect(try vedette.run("incidents", "list", "--db", "run.db").status == 0)
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test("a line without its end waits and is told of; a whole object without one is taken")
  func openLines() throws {
    let vedette = try CommandRunner()
    try vedette.write(
      "run.log",
      "Mar  2 10:00:00 h sshd[1]: Accepted password for a from 1.2.3.4\nMar  2"
    )
    try vedette.write("run.json", #"{"time":"2026-03-02T10:00:00Z","user":"a"}"#)
    let arguments = ["run", "run.log", "run.json", "--db", "run.db"]
    for (records, rest) in [(2, " 10:00:01 h sshd[1]: Connection closed by 1.2.3.4\n"), (3, "")] {
      let process = try vedette.start(arguments, label: "run")
      try Self.wait(vedette, until: records)
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let isOpen = !rest.isEmpty
      let errors = try vedette.read("run.err")
      #expect(errors.contains("6 bytes of a line without its end in run.log") == isOpen)
      let sources = try vedette.run("sources", "--db", "run.db", "-o", "ndjson").objects()
      #expect(sources.compactMap { $0["has_open_line"] as? Bool } == [false, isOpen])
      #expect(sources.compactMap { $0["records"] as? Int } == [1, records - 1])
      try vedette.append("run.log", rest)
    }
  }
}
