import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

@Suite("Lines that are one record")
struct LineGroupingTests {
  private static func call(_ serial: Int, _ type: String = "SYSCALL") -> String {
    "type=\(type) msg=audit(1767225600.123:\(serial)): pid=1"
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: [String]
    /// How many lines each record has.
    let records: [Int]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a system call whose end never comes stays open with the next, until another line",
      lines: [call(1), call(1, "PATH"), call(2), call(2, "PROCTITLE"), "x"],
      records: [4, 1]
    ),
    Case(
      name: "the last line of an event ends it at once",
      lines: [call(1), call(1, "PROCTITLE"), call(1, "EOE")],
      records: [2, 1]
    ),
    Case(
      name: "what user space sends is alone",
      lines: [call(1, "USER_LOGIN"), call(2, "USER_AUTH"), call(3, "CRED_ACQ")],
      records: [1, 1, 1]
    ),
    Case(
      name: "interleaved events are one record until both have ended",
      lines: [
        call(1), call(2), call(1, "PATH"), call(2, "PROCTITLE"), call(1, "PROCTITLE"), call(3),
      ],
      records: [5, 1]
    ),
    Case(
      name: "an event without a system call ends with the next",
      lines: [call(1, "CONFIG_CHANGE"), call(2, "AVC"), call(2), call(2, "PROCTITLE"), "x"],
      records: [1, 3, 1]
    ),
    Case(
      name: "another line ends the record",
      lines: [call(1), "Mar  2 10:00:00 h a: b", call(1, "PATH")],
      records: [1, 1, 1]
    ),
    Case(
      name: "Docker's parts of one line",
      lines: [
        #"{"log":"a","stream":"stdout","time":"t"}"#, #"{"log":"b","stream":"stdout","time":"t"}"#,
        #"{"log":"c\n","stream":"stdout","time":"t"}"#,
        #"{"log":"d\n","stream":"stdout","time":"t"}"#,
      ],
      records: [3, 1]
    ),
    Case(
      name: "a part of another stream begins a record of its own",
      lines: [
        #"{"log":"a","stream":"stdout","time":"t"}"#, #"{"log":"b","stream":"stderr","time":"t"}"#,
        #"{"log":"c\n","stream":"stderr","time":"t"}"#,
      ],
      records: [1, 2]
    ),
    Case(
      name: "a backslash before an n is no line feed",
      lines: [
        #"{"log":"a\\n","stream":"s","time":"t"}"#, #"{"log":"b\n","stream":"s","time":"t"}"#,
      ],
      records: [2]
    ),
  ]

  private func expected(_ example: Case) -> [Framed] {
    var records: [Framed] = []
    var line = 0
    var offset = 0
    for count in example.records {
      let text = example.lines[line..<line + count].joined(separator: "\n")
      records.append(Framed(text: text, line: line + 1, offset: Int64(offset)))
      line += count
      offset += text.utf8.count + 1
    }
    return records
  }

  @Test("lines are grouped by what they say, however they arrive", arguments: cases)
  func groups(_ example: Case) {
    let text = example.lines.joined(separator: "\n") + "\n"
    for size in [1, 7, 64, Int.max] {
      let result = frame(text, pieces: size, framing: .lines)
      #expect(result.records == expected(example), "pieces of \(size)")
    }
    let whole = frame(text, framing: .lines)
    for size in [1, 3, 50] { #expect(frame(text, pieces: size, framing: .lines) == whole) }
  }

  @Test("reading goes on where a record begins, and comes to the same records", arguments: cases)
  func resumes(_ example: Case) {
    let text = Array((example.lines.joined(separator: "\n") + "\n").utf8)
    let all = expected(example)
    for cut in 0...text.count {
      var framer = RecordFramer(source: SourceID("t"), path: "t", framing: .lines)
      framer.consume(text.span.extracting(0..<cut))
      framer.flush()
      var records: [Framed] = []
      while let framed = framer.takeChunk() { records += framed.chunk.framed }
      let place = framer.resume
      var second = RecordFramer(
        source: SourceID("t"),
        path: "t",
        resumingLinesAt: place,
        encoding: .bytes
      )
      second.consume(text.span.extracting(Int(place.offset)..<text.count))
      second.finish(isTorn: false)
      while let framed = second.takeChunk() { records += framed.chunk.framed }
      #expect(records == all, "cut at \(cut)")
    }
  }

  @Test("a record of lines has an end: so many, so long")
  func bounded() {
    let many = [String](repeating: Self.call(1), count: Limits.groupLinesMax + 10)
    let result = frame(many.joined(separator: "\n") + "\n", framing: .lines)
    #expect(result.records.count == 2)
    let long = #"{"log":"\#(String(repeating: "x", count: 60_000))","stream":"s","time":"t"}"#
    let parts = frame([String](repeating: long, count: 12).joined(separator: "\n"), framing: .lines)
    #expect(parts.records.count >= 3)
    #expect(parts.records.allSatisfy { $0.text.utf8.count <= Limits.groupBytesMax })
    #expect(parts.records.map { $0.text.split(separator: "\n").count }.reduce(0, +) == 12)
  }

  @Test("any bytes come to the same records in any pieces", arguments: 0..<6 as Range<UInt64>)
  func property(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let words = Self.cases.flatMap(\.lines) + ["", "\0\0x", "plain", "{\"log\":\"", "type=", "\r"]
    for _ in 0..<40 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        text += Array((words.randomElement(using: &random) ?? "").utf8)
        if Bool.random(using: &random) { text.append(0x0d) }
        text.append(0x0a)
      }
      let whole = frame(text, framing: .lines)
      for size in [1, 5, 17, 100] {
        #expect(frame(text, pieces: size, framing: .lines) == whole, "seed \(seed)")
      }
      let lines = whole.records.map { $0.text.split(separator: "\n").count }.reduce(0, +)
      #expect(lines >= whole.records.count)
    }
  }
}
