import Testing
import VedetteBehavior
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteNormalize

@testable import Vedette

/// Numbers that real formats carry: Windows' record ids and auditd's serials.
@Suite("Numbered logs")
struct NumberedLogTests {
  private static func windows(_ number: Int, _ channel: String = "Security") -> String {
    "{\"Event\":{\"System\":{\"Provider\":{\"Name\":\"Microsoft-Windows-Security-Auditing\"},"
      + "\"EventID\":4624,\"Channel\":\"\(channel)\",\"Computer\":\"dc1\",\"EventRecordID\":\(number),"
      + "\"TimeCreated\":{\"SystemTime\":\"\(time(number))\"}},\"EventData\":{}}}"
  }

  private static func audit(_ number: Int, _ channel: String = "") -> String {
    "node=web1 type=USER_LOGIN msg=audit(\(1_772_409_600 + number).123:\(number)): pid=1 uid=0 "
      + "msg='op=login res=success'"
  }

  private static func time(_ number: Int) -> String {
    EventTime(nanosecondsSinceEpoch: (1_772_409_600 + Int64(number)) * 1_000_000_000).description
  }

  private func findings(_ lines: [String], as format: LogFormat) -> [Finding] {
    var bytes: [UInt8] = []
    var records: [RecordChunk.Record] = []
    for (index, line) in lines.enumerated() {
      let start = bytes.count
      bytes += Array(line.utf8) + [0x0a]
      records.append(
        RecordChunk.Record(
          start: start,
          length: line.utf8.count,
          line: index + 1,
          offset: Int64(start)
        )
      )
    }
    let chunk = RecordChunk(source: SourceID("a"), path: "a", bytes: bytes, records: records)
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: false,
      contentHash: { _ in "" },
      secretHash: { _ in "" }
    )
    let settings = SourceSettings(zone: { _ in 0 }, logSource: nil, detectsEachRecord: false)
    let batch = normalizer.normalize(chunk, as: format, settings: settings).batch
    #expect(batch.rowCount == lines.count)
    var integrity = LogIntegrity(identifier: Engine.identifier, foldNanoseconds: 1)
    return integrity.observe(batch, latenessNanoseconds: 300_000_000_000).compactMap {
      guard case .upsert(let finding) = $0 else { return nil }
      return finding
    }
  }

  @Test("missing numbers are found by host and channel", arguments: [true, false])
  func gaps(isWindows: Bool) throws {
    let make = isWindows ? Self.windows : Self.audit
    let numbers = (1...2_000).filter { !(1_000...1_009).contains($0) }
    let found = findings(numbers.map { make($0, "Security") }, as: isWindows ? .windows : .auditd)
    #expect(found.count == 1)
    let finding = try #require(found.first)
    #expect(finding.title == "Records are missing from a numbered log")
    #expect(finding.explanation.terms.first?.observed == 10)
    let place = isWindows ? "channel Security on dc1" : "auditd on web1"
    #expect(finding.explanation.summary.contains("10 of the numbers 1000 to 1009 of \(place)"))
    #expect(finding.entities.map(\.value) == [isWindows ? "dc1" : "web1"])
  }

  @Test("channels that are numbered by themselves have no gaps")
  func channels() {
    let lines = (1...1_500).flatMap { number in
      [Self.windows(number), Self.windows(number + 7_000_000, "System")]
    }
    #expect(findings(lines, as: .windows).isEmpty)
  }

  @Test("a log of which only some records are forwarded has no gaps")
  func forwarded() {
    let lines = (1...3_000).filter { $0 % 7 != 0 }.map { Self.windows($0) }
    #expect(findings(lines, as: .windows).isEmpty)
  }
}
