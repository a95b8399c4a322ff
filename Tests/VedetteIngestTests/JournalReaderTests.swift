import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

/// A script in the place of `journalctl`, which knows no more than it needs.
@Suite("The journal")
struct JournalReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Tells the entries of a file behind a cursor, then stays or ends.
  private func options(_ ending: String = "exec sleep 60") throws -> ReceiveOptions {
    try folder.write(
      "journalctl",
      """
      #!/bin/sh
      echo "$@" >> '\(folder["arguments"])'
      after=0
      for word in "$@"; do
        case "$word" in --after-cursor=*) after="${word#--after-cursor=c}" ;; esac
      done
      tail -n +"$((after + 1))" '\(folder["entries"])'
      \(ending)
      """
    )
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: folder["journalctl"]
    )
    var options = ReceiveOptions()
    options.journalProgram = folder["journalctl"]
    return options
  }

  private static func entry(_ number: Int) -> String {
    "{\"MESSAGE\":\"n \(number) \\\"__CURSOR\\\":\\\"c9\\\"\",\"a\":{\"__CURSOR\":\"c8\"},"
      + "\"__CURSOR\":\"c\(number)\"}\n"
  }

  private static func entries(_ range: ClosedRange<Int>) -> String {
    range.map(entry).joined()
  }

  @Test("entries come once and in order, and the cursor is that of the last one")
  func entries() throws {
    try folder.write("entries", Self.entries(1...3))
    let receiving = try Receiving(.journal(matches: ["A=b"]), options: try options())
    receiving.poll { receiving.lines.count >= 3 }
    #expect(receiving.lines == (1...3).map { String(Self.entry($0).dropLast()) })
    #expect(receiving.checkpoint?.path == "c3")
    #expect(receiving.losses.isEmpty)
    receiving.finish()
    let said = try String(contentsOfFile: folder["arguments"], encoding: .utf8)
    #expect(said == "--follow --output=json --all --quiet --no-tail A=b\n")
  }

  @Test("goes on behind the cursor of a checkpoint")
  func cursor() throws {
    try folder.write("entries", Self.entries(1...2))
    let first = try Receiving(.journal(matches: []), options: try options())
    first.poll { first.lines.count >= 2 }
    first.finish()
    try folder.append("entries", Self.entries(3...5))
    let second = try Receiving(
      .journal(matches: []),
      checkpoint: first.checkpoint,
      options: try options()
    )
    second.poll { second.lines.count >= 3 }
    #expect(second.lines == (3...5).map { String(Self.entry($0).dropLast()) })
    #expect(second.numbers == [3, 4, 5])
    second.finish()
  }

  @Test(
    "what dies is started again, waits longer each time that it tells nothing, and repeats nothing"
  )
  func restarts() throws {
    try folder.write("entries", Self.entries(1...2))
    let dying = try options("printf '{\"__CURSOR\":\"half'; echo broken >&2; exit 3")
    let receiving = try Receiving(.journal(matches: []), options: dying)
    receiving.poll { !receiving.events.isEmpty }
    #expect(receiving.lines.count == 2)
    #expect(receiving.events == [.unreadable(.ended(folder["journalctl"], said: "broken"))])
    try folder.append("entries", Self.entries(3...3))
    receiving.poll()
    #expect(receiving.lines.count == 2)
    receiving.poll(later: 1_001)
    receiving.poll { receiving.events.count >= 3 }
    #expect(receiving.lines == (1...3).map { String(Self.entry($0).dropLast()) })
    receiving.finish()
  }

  @Test("a journal that can't be told is a sentence with the remedy")
  func missing() throws {
    var options = ReceiveOptions()
    options.journalProgram = folder["nothing"]
    let receiving = try Receiving(.journal(matches: []), options: options)
    #expect(receiving.events == [.unreadable(.notInstalled(folder["nothing"]))])
    let problem = IngestError.Problem.notInstalled("journalctl")
    #expect(problem.cause == "'journalctl' is not on this host")
    #expect(problem.remedy?.hasPrefix("install systemd") == true)
  }

  @Test("an entry without a cursor is given and counted")
  func noCursor() throws {
    try folder.write("entries", "{\"MESSAGE\":\"x\"}\n")
    let receiving = try Receiving(.journal(matches: []), options: try options())
    receiving.poll { !receiving.lines.isEmpty }
    #expect(receiving.losses == [.noCursor: 1])
    receiving.finish()
  }

  @Test(
    "finds the cursor of the outermost object alone",
    arguments: [
      ("{\"__CURSOR\":\"a;b\"}", "a;b"), ("{\"x\":\"__CURSOR\",\"__CURSOR\" : \"c\"}", "c"),
      ("{\"x\":{\"__CURSOR\":\"no\"}}", nil), ("{\"x\":\"\\\"__CURSOR\\\":\\\"no\\\"\"}", nil),
      ("{\"__CURSOR\":\"a\\u0020\"}", nil), ("{\"__CURSOR\":\"open", nil),
      ("{\"__CURSOR\":1}", nil),
      ("", nil), ("\"\\", nil),
    ] as [(String, String?)]
  )
  func find(_ entry: String, _ cursor: String?) {
    let bytes = Array(entry.utf8)
    #expect(JournalCursor.find(in: bytes.span) == cursor)
  }
}
