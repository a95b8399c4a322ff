import Testing
import VedetteColumns
import VedetteEvent
import VedetteStatistics

@testable import VedetteNormalize

@Suite("Readers of text on hostile input")
struct TextFuzzTests {
  /// Lines of every shape that is known, to be cut, joined and changed.
  static let seeds: [[UInt8]] =
    (SSHMessagesTests.logins + SSHMessagesTests.hostile + SSHMessagesTests.others
    + SSHMessagesTests.pam).map { Array("Dec 10 06:55:46 h sshd[1]: \($0.message)".utf8) }
    + AccountMessagesTests.sudo.map { Array("<86>Dec 10 06:55:46 h sudo: \($0.message)".utf8) }
    + AccountMessagesTests.su.map { Array("Dec 10 06:55:46 h su[7]: \($0.message)".utf8) }
    + AccountMessagesTests.cron.map { Array("Dec 10 06:55:46 h CRON[7]: \($0.message)".utf8) }
    + AccountMessagesTests.tools.map {
      Array("Dec 10 06:55:46 h \($0.program)[7]: \($0.message)".utf8)
    }
    + SyslogReaderTests.cases.map { Array($0.line.utf8) }
    + AccessReaderTests.cases.map { Array($0.line.utf8) }
    + WebErrorReaderTests.cases.map { Array($0.line.utf8) }
    + TextReaderTests.cases.map { Array($0.line.utf8) }
    + (FormatDetectorTests.lines + FormatDetectorTests.objects).map { Array($0.record.utf8) }
    + [
      Array(#"<13>1 2026-03-02T10:14:07Z h a 1 m [a@1 b="c\]"][d e="f"] text"#.utf8)
    ]

  private static let pieces: [[UInt8]] = [
    " from ", " port ", " ssh2", "[", "]", "\"", "\\", "\\x", ": ", "COMMAND=", " ; ", " : ",
    "(uid=", " by ", "user=", "rhost=", " on ", " to ", ")", "(", "<", ">", "'", "\u{FEFF}",
    "=\"", "HTTP/", "://", "?", "1.2.3.4", "::1", " ", "\0", "message repeated 3 times: [ ",
  ].map { Array($0.utf8) }

  private static func mutate(_ line: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var line = line
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let place = Int.random(in: 0...line.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: line.removeSubrange(place...)
      case 1: line.removeSubrange(..<place)
      case 2: line.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
      case 3 where place < line.count: line[place] = UInt8.random(in: 0...255, using: &random)
      default:
        let other = seeds.randomElement(using: &random) ?? []
        line = Array(line[..<place]) + other[Int.random(in: 0...other.count, using: &random)...]
      }
    }
    return line
  }

  private static func noise(_ random: inout SplitMix64) -> [UInt8] {
    (0..<Int.random(in: 0...60, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
  }

  @Test(
    "each line becomes an event or a dead letter, the same each time",
    arguments: 0..<8 as Range<UInt64>
  )
  func survives(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var lines: [[UInt8]] = (0..<600).map { _ in
      Self.mutate(Self.seeds.randomElement(using: &random) ?? [], &random)
    }
    lines += (0..<60).map { _ in Self.noise(&random) }
    check(lines, as: SyslogReader.self)
    check(lines, as: AccessReader.self)
    check(lines, as: WebErrorReader.self)
    check(lines, as: TextReader.self)
  }

  private func check<Reader: SpanReader>(_ lines: [[UInt8]], as type: Reader.Type) {
    let (batch, deadLetters) = readBatch(lines, as: type)
    #expect(batch.rowCount + deadLetters.count == lines.count)
    for name in TextField.names {
      #expect(batch.column(name)?.further.isEmpty != false, "\(name) was written twice")
    }
    for row in 0..<batch.rowCount {
      if let source = batch.text("source.ip", row: row) {
        #expect(IPAddress(source)?.description == source)
      }
      for name in ["event.action", "event.outcome"] {
        #expect(batch.text(name, row: row)?.contains(" ") != true)
      }
    }
    let (again, deadAgain) = readBatch(lines, as: type)
    #expect(deadAgain == deadLetters && again.times == batch.times)
  }

  @Test("a record that is found to be of a format is read by its reader")
  func detectionAgrees() {
    var random = SplitMix64(seed: 99)
    for _ in 0..<6_000 {
      let line = Self.mutate(Self.seeds.randomElement(using: &random) ?? [], &random)
      let format = unsafe line.withUnsafeBufferPointer { unsafe FormatDetector.detectOne($0) }
      let deadLetters: [Int: String]
      switch format {
      case .syslog: deadLetters = readBatch([line], as: SyslogReader.self).deadLetters
      case .access: deadLetters = readBatch([line], as: AccessReader.self).deadLetters
      case .webError: deadLetters = readBatch([line], as: WebErrorReader.self).deadLetters
      case .text: deadLetters = readBatch([line], as: TextReader.self).deadLetters
      case .vllm, .ollama, .triton:
        deadLetters = readBatch([line], as: ModelServerReader.self).deadLetters
      default: continue
      }
      #expect(deadLetters.isEmpty, "\(String(decoding: line, as: UTF8.self))")
    }
  }

  @Test("long and repetitive lines are read")
  func longLines() {
    for piece in Self.pieces {
      let body = [[UInt8]](repeating: piece, count: 3_000 / piece.count).flatMap { $0 }
      for start in [
        "Dec 10 06:55:46 h sshd[1]: Failed password for ", "Dec 10 06:55:46 h sudo: a : ",
        "Dec 10 06:55:46 h sshd[1]: Disconnecting ", "<13>1 - - - - - [a b=\"",
        "1.2.3.4 - - [", "2026/03/02 10:14:07 [error] 1#1: x, client: 1.2.3.4", "{\"a\":",
      ] {
        let line = Array(start.utf8) + body
        _ = readBatch([line], as: SyslogReader.self)
        _ = readBatch([line], as: AccessReader.self)
        _ = readBatch([line], as: WebErrorReader.self)
        _ = unsafe line.withUnsafeBufferPointer { unsafe FormatDetector.detectOne($0) }
      }
    }
  }
}
