import Foundation
import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// Real logs beside the package; what rests on them is left out where they are not.
enum Loghub {
  static func lines(_ name: String) -> [[UInt8]]? {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../shared/data/loghub/\(name)").standardizedFileURL
    guard let data = try? Data(contentsOf: root) else {
      print("left out: '\(root.path)' is not there")
      return nil
    }
    return Array(data).split(separator: 10).map { line in
      line.last == 13 ? Array(line.dropLast()) : Array(line)
    }
  }
}

@Suite("Real logs")
struct LoghubTests {
  private func column(_ name: String, _ batch: EventBatch) throws -> Column {
    try #require(batch.column(name))
  }

  @Test("OpenSSH: every line has a time, and all failures their user, source and outcome")
  func openSSH() throws {
    guard let lines = Loghub.lines("OpenSSH_2k.log") else { return }
    let (batch, deadLetters) = readBatch(lines, as: SyslogReader.self)
    #expect(deadLetters.isEmpty && batch.rowCount == lines.count && batch.rowCount == 2_000)
    #expect(batch.timed.count == 2_000 && batch.yearless.count == 2_000)
    var failedLines = 0
    var failures: Int64 = 0
    for row in 0..<batch.rowCount {
      #expect(batch.logSource(row) == LogSource(product: "linux", service: "sshd"))
      let message = try #require(batch.text("message", row: row))
      guard message.contains("Failed password") else { continue }
      failedLines += 1
      failures += Int64(batch.text("event.count", row: row) ?? "1") ?? 0
      #expect(batch.text("event.action", row: row) == "ssh_login")
      #expect(batch.text("event.outcome", row: row) == "failure")
      #expect(batch.text("user.name", row: row) != nil)
      let source = try #require(batch.text("source.ip", row: row))
      #expect(IPAddress(source)?.description == source)
      #expect(batch.text("source.port", row: row) != nil)
    }
    #expect(failedLines == 520)
    #expect(failures == 528)
  }

  @Test("OpenSSH: the one login that worked")
  func openSSHAccepted() throws {
    guard let lines = Loghub.lines("OpenSSH_2k.log") else { return }
    let batch = readBatch(lines, as: SyslogReader.self).batch
    let rows = (0..<batch.rowCount).filter { row in
      batch.text("event.action", row: row) == "ssh_login"
        && batch.text("event.outcome", row: row) == "success"
    }
    let row = try #require(rows.first)
    #expect(rows.count == 1)
    #expect(batch.text("user.name", row: row) == "fztu")
    #expect(batch.text("source.ip", row: row) == "119.137.62.142")
    #expect(batch.time(row)?.description == "2000-12-10T09:32:20Z")
  }

  @Test("OpenSSH: hardly a message is of no known shape")
  func openSSHShapes() throws {
    guard let lines = Loghub.lines("OpenSSH_2k.log") else { return }
    let batch = readBatch(lines, as: SyslogReader.self).batch
    var counts: [String: Int] = [:]
    for row in 0..<batch.rowCount {
      counts[try #require(batch.text("event.action", row: row)), default: 0] += 1
    }
    // 113 `input_userauth_request`, 135 `check pass`, 7 `ignoring max retries`, 1 `Write failed`.
    #expect(
      counts == [
        "ssh_login": 525, "pam_auth_failure": 504, "ssh_disconnect": 468, "ssh_other": 256,
        "ssh_invalid_user": 113, "ssh_reverse_mapping_failed": 85, "ssh_connection_closed": 34,
        "ssh_no_identification": 10, "ssh_max_auth_attempts": 3, "session_opened": 1,
        "session_closed": 1,
      ]
    )
  }

  @Test("Linux: every line is an event with a time")
  func linux() throws {
    guard let lines = Loghub.lines("Linux_2k.log") else { return }
    let (batch, deadLetters) = readBatch(lines, as: SyslogReader.self)
    #expect(deadLetters.isEmpty && batch.rowCount == 2_000 && batch.timed.count == 2_000)
    for row in 0..<batch.rowCount {
      #expect(batch.text("process.name", row: row) != nil)
      let message = try #require(batch.text("message", row: row))
      guard message.contains("rhost="), !message.hasSuffix("rhost=") else { continue }
      let source = batch.text("source.ip", row: row) ?? batch.text("source.domain", row: row)
      #expect(source != nil)
    }
  }

  @Test("Apache and OpenStack: every line is an event with a time and a level")
  func others() throws {
    guard let apache = Loghub.lines("Apache_2k.log"),
      let openStack = Loghub.lines("OpenStack_2k.log")
    else { return }
    let (web, webDead) = readBatch(apache, as: WebErrorReader.self)
    let (text, textDead) = readBatch(openStack, as: TextReader.self)
    #expect(webDead.isEmpty && textDead.isEmpty)
    #expect(try column("log.level", web).valid.count == 2_000)
    #expect(try column("source.ip", web).valid.count == 32)
    #expect(try column("log.level", text).valid.count == 2_000)
    #expect(try column("process.name", text).valid.count == 2_000)
    #expect(web.timed.count == 2_000 && web.yearless.count == 0)
    #expect(text.timed.count == 2_000 && text.yearless.count == 0)
  }

  @Test(
    "each is detected as what it is, as a file and line by line",
    arguments: [
      ("OpenSSH_2k.log", LogFormat.syslog, "100 of 100 lines start like RFC 3164 syslog"),
      ("Linux_2k.log", .syslog, "100 of 100 lines start like RFC 3164 syslog"),
      ("Apache_2k.log", .webError, "100 of 100 lines start like an error log of Apache"),
      ("OpenStack_2k.log", .text, "100 of 100 lines start like text with a time"),
    ]
  )
  func detection(name: String, format: LogFormat, reason: String) {
    guard let lines = Loghub.lines(name) else { return }
    let decision = FormatDetector.detect(records: lines.map { $0[...] }, path: name)
    #expect(decision == FormatDecision(format: format, reason: reason))
    for line in lines {
      let one = unsafe line.withUnsafeBufferPointer { unsafe FormatDetector.detectOne($0) }
      #expect(one == format)
    }
  }
}
