import Foundation
import Testing

@Suite("What is printed")
struct OutputTests {
  @Test("results that can't be written end with a sentence and 2, a reader that left with 0")
  func fullDevice() throws {
    let vedette = try CommandRunner()
    let full = try vedette.shell(#""$VEDETTE" rules list >/dev/full"#)
    #expect(full.status == 2)
    #expect(full.errors.contains("standard output can't be written: No space left on device"))
    let closed = try vedette.shell(#"("$VEDETTE" rules list; echo "status $?") | head -n 1"#)
    #expect(closed.status == 0)
    #expect(!closed.errors.contains("can't be written"))
  }

  @Test("what a rule's title and file name bring along is shown and not obeyed")
  func hostileNames() throws {
    let vedette = try CommandRunner()
    let rule = """
      title: "evil \\e]52;c;aGk=\\a \\u202Egnp"
      id: 0b5f5d0e-6c2f-4d0e-8f52-1c3d2f0d9a11
      level: high
      logsource:
        product: linux
      detection:
        keywords:
          - session
        condition: keywords
      """
    try vedette.write("r\u{1b}[2J.yml", rule)
    try vedette.write("a.log", "Mar  2 10:14:07 web01 sshd[1]: session opened\n")
    let commands = [
      ["rules", "list", ".", "-o", "table"], ["rules", "test", "."],
      ["explain", "a.log", "--rules", "."], ["doctor", "--db", "no\u{1b}]52;c;aGk=\u{7}.db"],
    ]
    for arguments in commands {
      let line = arguments.map { "'\($0)'" }.joined(separator: " ")
      let result = try vedette.shell(#""$VEDETTE" \#(line)"#)
      let text = result.output + result.errors
      #expect(!text.isEmpty)
      #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{7}" || $0 == "\u{202e}" })
    }
  }

  @Test("explain unpacks files, and does not take a mistyped path for a line")
  func explains() throws {
    let vedette = try CommandRunner()
    let line = "Mar  2 10:00:00 web sshd[1]: Failed password for root from 203.0.113.9 port 4 ssh2"
    try vedette.write("auth.log", line + "\n")
    #expect(try vedette.shell("gzip -k auth.log").status == 0)
    let plain = try vedette.run("explain", "auth.log", "--year", "2026")
    let packed = try vedette.run("explain", "auth.log.gz", "--year", "2026")
    #expect(plain.output.contains("Failed password") && plain.output.contains("203.0.113.9"))
    #expect(packed.output == plain.output)
    for path in ["auth.lg.gz", "nowhere/auth.log", "./x", "/var/log/nothing"] {
      let mistyped = try vedette.run("explain", path)
      #expect(mistyped.status == 2, "\(path)")
      #expect(mistyped.errors.contains("there is no file '\(path)'"))
    }
    #expect(try vedette.run("explain", line, "--year", "2026").status == 0)
    #expect(try vedette.run("explain", "{\"a\":1}.log").status == 0)
  }

  @Test("that nothing could be read is told however quiet")
  func quiet() throws {
    let vedette = try CommandRunner()
    try vedette.write("broken.json", "{\"a\":\n{\"b\":\n")
    let dead = try vedette.run("replay", "broken.json", "-q", "--format", "json")
    #expect(dead.status == 0)
    #expect(dead.errors.contains("no record of 1 could be read"))
    #expect(try vedette.shell("mkdir empty").status == 0)
    let empty = try vedette.run("replay", "empty", "-q")
    #expect(empty.errors.contains("nothing to read"))
  }

  @Test("a digest leaves no database behind")
  func forgets() throws {
    let vedette = try CommandRunner()
    let log = CommandRunner.sample("ssh-brute-force/auth.log")
    let digest = try vedette.run("replay", log, "--year", "2026", "--digest")
    #expect(digest.lines.count == 1)
    #expect(!digest.errors.contains("database:"))
    let folders = try FileManager.default.contentsOfDirectory(atPath: vedette.folder.path)
    #expect(!folders.contains { $0.hasPrefix("vedette-") }, "\(folders)")
  }

  @Test("control characters of arguments do not reach the terminal")
  func arguments() throws {
    let vedette = try CommandRunner()
    let result = try vedette.run("replay", "x", "--\u{1b}]0;owned\u{07}", "--workers", "\u{1b}[2J")
    #expect(result.status == 64)
    #expect(!result.errors.contains("\u{1b}") && !result.errors.contains("\u{07}"))
    #expect(result.errors.contains("Usage:"))
  }

  @Test("--tz local shows people the times of their zone, and changes nothing for programs")
  func zone() throws {
    let vedette = try CommandRunner()
    let log = CommandRunner.sample("ssh-brute-force/auth.log")
    try vedette.run("replay", log, "--year", "2026", "--db", "v.db", "-q")
    func list(_ options: String) throws -> String {
      try vedette.shell("TZ=Asia/Kolkata $VEDETTE incidents list --db v.db \(options)").output
    }
    let utc = try list("-o table")
    let local = try list("-o table --tz local")
    #expect(utc != local)
    #expect(try list("-o ndjson") == list("-o ndjson --tz local"))
    let pattern = /(\d\d):(\d\d)/
    let times = try [utc, local].map { text in
      let match = try #require(text.firstMatch(of: pattern))
      return try #require(Int(match.1)) * 60 + #require(Int(match.2))
    }
    #expect((times[1] - times[0] + 1_440) % 1_440 == 330)
  }
}
