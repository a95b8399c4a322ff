import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

@Suite("Element framing")
struct ElementFramingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let input: String
    let records: [Framed]
    var broken: Int64 = 0
    var testDescription: String { name }

    init(_ name: String, _ input: String, _ records: [Framed], broken: Int64 = 0) {
      self.name = name
      self.input = input
      self.records = records
      self.broken = broken
    }
  }

  static let cases: [Case] = [
    Case("an empty array", "[]\n", []),
    Case(
      "an array on one line",
      #"[{"a":1},{"a":[2,{}]}]"#,
      [
        Framed(text: #"{"a":1}"#, line: 1, offset: 1),
        Framed(text: #"{"a":[2,{}]}"#, line: 1, offset: 9),
      ]
    ),
    Case(
      "an array over many lines",
      "[\n  {\n    \"a\": 1\n  },\n  {\"a\": 2}\n]\n",
      [
        Framed(text: "{\n    \"a\": 1\n  }", line: 2, offset: 4),
        Framed(text: "{\"a\": 2}", line: 5, offset: 24),
      ]
    ),
    Case(
      "an envelope gives its elements and passes over the rest",
      #"{"x":{"Records":1},"Records":[{"a":1},{"b":"]}"}],"next":[{"t":1}]}"#,
      [
        Framed(text: #"{"a":1}"#, line: 1, offset: 30),
        Framed(text: #"{"b":"]}"}"#, line: 1, offset: 38),
      ]
    ),
    Case(
      "several envelopes",
      "{\"records\":[{\"a\":1}]}\n{\"value\" : [ {\"b\":2} ]}{\"events\":[{}]}",
      [
        Framed(text: #"{"a":1}"#, line: 1, offset: 12),
        Framed(text: #"{"b":2}"#, line: 2, offset: 35),
        Framed(text: "{}", line: 2, offset: 56),
      ]
    ),
    Case("an empty envelope", #"{"Records":[]}"#, []),
    Case(
      "an object with an empty array beside something else is a record",
      #"{"a":1,"value":[]}"#,
      [Framed(text: #"{"a":1,"value":[]}"#, line: 1, offset: 0)]
    ),
    Case(
      "an array of numbers under the name of records makes no envelope",
      #"{"value":[1,{}]}"#,
      [Framed(text: #"{"value":[1,{}]}"#, line: 1, offset: 0)]
    ),
    Case(
      "objects one after another, over many lines",
      "{\n\"a\": 1\n}\n\n{\n\"b\": \"}\\\"{\"\n}\n",
      [
        Framed(text: "{\n\"a\": 1\n}", line: 1, offset: 0),
        Framed(text: "{\n\"b\": \"}\\\"{\"\n}", line: 5, offset: 12),
      ]
    ),
    Case(
      "elements that are no objects",
      #"[ 1 , "a,]", null,[2]]"#,
      [
        Framed(text: "1", line: 1, offset: 2), Framed(text: #""a,]""#, line: 1, offset: 6),
        Framed(text: "null", line: 1, offset: 13), Framed(text: "[2]", line: 1, offset: 18),
      ]
    ),
    Case(
      "escapes at the end of a string",
      #"[{"a":"\\"},{"b":"\""}]"#,
      [
        Framed(text: #"{"a":"\\"}"#, line: 1, offset: 1),
        Framed(text: #"{"b":"\""}"#, line: 1, offset: 12),
      ]
    ),
    Case(
      "a document that breaks off",
      "[{\"a\":1},\n{\"a\":",
      [
        Framed(text: #"{"a":1}"#, line: 1, offset: 1),
        Framed(text: #"{"a":"#, line: 2, offset: 10, isCut: true),
      ],
      broken: 1
    ),
    Case(
      "an array that is never closed",
      "[{\"a\":1},\n",
      [Framed(text: #"{"a":1}"#, line: 1, offset: 1)],
      broken: 1
    ),
    Case(
      "an unfinished string ends at its line",
      "[{\"a\":\"torn\n{\"b\":2},\n{\"c\":3}]\n",
      [
        Framed(text: "{\"a\":\"torn", line: 1, offset: 1, isCut: true),
        Framed(text: "{\"b\":2},", line: 2, offset: 12),
        Framed(text: "{\"c\":3}]", line: 3, offset: 21),
      ],
      broken: 1
    ),
    Case(
      "an unfinished object does not swallow the next",
      "{\n\"a\":\n{\"b\":2}\n{\"c\":3}\n",
      [
        Framed(text: "{\n\"a\":\n{\"b\":2}", line: 1, offset: 0, isCut: true),
        Framed(text: "{\"c\":3}", line: 4, offset: 15),
      ],
      broken: 1
    ),
    Case(
      "a bracket that does not match",
      "[{\"a\":[1}, x\nnext",
      [
        Framed(text: "{\"a\":[1", line: 1, offset: 1, isCut: true),
        Framed(text: "}, x", line: 1, offset: 8),
        Framed(text: "next", line: 2, offset: 13),
      ],
      broken: 1
    ),
    Case(
      "text behind a document is taken line by line",
      "[{}]\nplain\n\nmore\n",
      [
        Framed(text: "{}", line: 1, offset: 1), Framed(text: "plain", line: 2, offset: 5),
        Framed(text: "more", line: 4, offset: 12),
      ],
      broken: 1
    ),
    Case(
      "an envelope that breaks behind its records",
      "{\"Records\":[{}],\"x\":{]\nrest",
      [
        Framed(text: "{}", line: 1, offset: 12), Framed(text: "]", line: 1, offset: 21),
        Framed(text: "rest", line: 2, offset: 23),
      ],
      broken: 1
    ),
  ]

  @Test("frames the table", arguments: cases)
  func table(_ example: Case) {
    let result = frame(example.input, framing: .jsonElements)
    #expect(result.records == example.records)
    #expect(result.counts.brokenDocuments == example.broken)
  }

  @Test("does not depend on how the bytes are cut", arguments: cases)
  func cutIndependence(_ example: Case) {
    let whole = frame(example.input, framing: .jsonElements)
    for size in [1, 2, 3, 7] {
      #expect(frame(example.input, pieces: size, framing: .jsonElements) == whole, "\(size)")
    }
    let found = frame(example.input)
    for size in [1, 2, 3, 7] { #expect(frame(example.input, pieces: size) == found, "\(size)") }
  }

  @Test("random damage loses no byte that is no whitespace", arguments: 0..<64 as Range<UInt64>)
  func damage(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet = Array(#"{}[]":,\ab1"#.utf8) + [0x0a, 0x0a, 0x20]
    let start = Array("[{\"a\":1}".utf8)
    let bytes =
      start
      + (0..<Int.random(in: 0...300, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
    let whole = frame(bytes, framing: .jsonElements)
    #expect(frame(bytes, pieces: 1, framing: .jsonElements) == whole)
    #expect(frame(bytes, pieces: 7, framing: .jsonElements) == whole)
    var covered = Set<Int>()
    for record in whole.records {
      let first = Int(record.offset)
      let range = first..<first + record.text.utf8.count
      #expect(Array(record.text.utf8) == Array(bytes[range]))
      #expect(covered.isDisjoint(with: range))
      covered.formUnion(range)
      #expect(record.line == 1 + bytes[..<first].count { $0 == 0x0a })
    }
    let skippable = Set(Array("[], \n".utf8))
    for index in bytes.indices where !covered.contains(index) {
      #expect(skippable.contains(bytes[index]), "byte \(index) is in no record")
    }
  }

  @Test("an element over the limit is cut and the next is whole")
  func longElement() {
    let long = #"{"a":""# + String(repeating: "x", count: 3 << 20) + #""}"#
    let result = frame("[" + long + ",\n{\"b\":2}]", pieces: 65_536)
    #expect(result.framing == .jsonElements)
    #expect(result.records.map(\.isCut) == [true, false])
    #expect(result.records.map(\.text.utf8.count) == [Limits.recordBytesMax, 7])
    #expect(
      result.records.last == Framed(text: "{\"b\":2}", line: 2, offset: Int64(long.utf8.count + 3))
    )
  }

  @Test("nesting deeper than is told apart still ends where it should")
  func deepNesting() {
    let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    let result = frame("[{\"a\":\(deep)},{\"b\":1}]", pieces: 7, framing: .jsonElements)
    #expect(result.records.map(\.text.utf8.count) == [1_006, 7])
    #expect(result.counts.brokenDocuments == 0)
  }

  @Test("a UTF-16 document keeps the file's own offsets")
  func utf16() {
    var bytes: [UInt8] = []
    for unit in "\u{feff}[{\"é\":1},\n{\"b\":2}]".utf16 {
      bytes += [UInt8(unit & 0xff), UInt8(unit >> 8)]
    }
    for size in [1, 3, Int.max] {
      #expect(
        frame(bytes, pieces: size).records == [
          Framed(text: "{\"é\":1}", line: 1, offset: 4),
          Framed(text: "{\"b\":2}", line: 2, offset: 22),
        ]
      )
    }
  }
}
