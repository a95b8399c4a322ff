import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// A shape that wants nothing: every path is a column.
struct BareShape: CodedShape {
  static func plan(keepsContent: Bool) -> JSONPlan { JSONPlan() }
  init(context: ReadContext) {}
  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome { .event(time: nil, isYearless: false, logSource: LogSource()) }
}

/// Reads one object and returns its fields, or why it could not be read.
func scan(_ bytes: [UInt8]) -> Result<[String: [String]], Refusal> {
  let builder = EventBatchBuilder()
  let reader = JSONReader<BareShape>(
    builder: builder,
    context: ReadContext(contentHash: { _ in "" }, secretHash: { _ in "" })
  )
  builder.beginRow(RecordChunk.Record(start: 0, length: bytes.count, line: 1, offset: 0))
  let outcome = unsafe bytes.withUnsafeBufferPointer { unsafe reader.read($0, into: builder) }
  if case .deadLetter(let reason) = outcome { return .failure(Refusal(reason: reason)) }
  builder.endRow(time: nil, logSource: LogSource())
  let batch = builder.finish(source: SourceID("s"), path: "p", raw: bytes)
  return .success(batch.fields(0))
}

struct Refusal: Error, Equatable {
  var reason: String
}

@Suite("JSON scanner")
struct JSONScannerTests {
  struct Good: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let fields: [String: [String]]
    var testDescription: String { name }
  }

  static let good: [Good] = [
    Good(name: "no members", text: "{}", fields: [:]),
    Good(name: "white space everywhere", text: " \t{ \"a\" :\r\n 1 } \n", fields: ["a": ["1"]]),
    Good(
      name: "nested objects",
      text: #"{"a":{"b":{"c":"x"}},"d":1}"#,
      fields: ["a.b.c": ["x"], "d": ["1"]]
    ),
    Good(
      name: "a key with a dot",
      text: #"{"api_key.created":{"id":"k"}}"#,
      fields: ["api_key.created.id": ["k"]]
    ),
    Good(
      name: "an array",
      text: #"{"a":["x","y",1,true,[2]]}"#,
      fields: ["a": ["x", "y", "1", "true", "2"]]
    ),
    Good(
      name: "an array of objects",
      text: #"{"a":[{"b":1},{"b":2,"c":3}]}"#,
      fields: ["a.b": ["1", "2"], "a.c": ["3"]]
    ),
    Good(
      name: "literals",
      text: #"{"t":true,"f":false,"n":null}"#,
      fields: ["t": ["true"], "f": ["false"], "n": ["<null>"]]
    ),
    Good(
      name: "numbers as written",
      text: #"{"a":-0,"b":1.50,"c":1e5,"d":1E-400,"e":123456789012345678901234567890}"#,
      fields: [
        "a": ["-0"], "b": ["1.50"], "c": ["1e5"], "d": ["1E-400"],
        "e": ["123456789012345678901234567890"],
      ]
    ),
    Good(
      name: "every escape",
      text: #"{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00"}"#,
      fields: ["a": ["\"\\/\u{8}\u{c}\n\r\tAé€😀"]]
    ),
    Good(name: "an escaped NUL", text: #"{"a":"x\u0000y"}"#, fields: ["a": ["x\0y"]]),
    Good(name: "a lone high surrogate", text: #"{"a":"x\ud800y"}"#, fields: ["a": ["x\u{fffd}y"]]),
    Good(name: "a lone low surrogate", text: #"{"a":"\udc00"}"#, fields: ["a": ["\u{fffd}"]]),
    Good(
      name: "two high surrogates and a low one",
      text: #"{"a":"\ud83d\ud83d\ude00"}"#,
      fields: ["a": ["\u{fffd}😀"]]
    ),
    Good(name: "an escaped key", text: #"{"\u0061b":1,"ab":2}"#, fields: ["ab": ["1"]]),
    Good(name: "an empty key and an empty text", text: #"{"":""}"#, fields: ["": [""]]),
    Good(
      name: "the first of equal keys",
      text: #"{"a":1,"b":2,"a":{"c":3}}"#,
      fields: ["a": ["1"], "b": ["2"]]
    ),
    Good(
      name: "the same key in another object",
      text: #"{"a":{"x":1},"b":{"x":2}}"#,
      fields: ["a.x": ["1"], "b.x": ["2"]]
    ),
    Good(
      name: "text beyond ASCII",
      text: #"{"ключ":"значение 漢字 😀"}"#,
      fields: ["ключ": ["значение 漢字 😀"]]
    ),
    Good(
      name: "a text of sixteen and more",
      text: #"{"a":"0123456789abcdef0123456789abcdef\n0123456789abcdef"}"#,
      fields: ["a": ["0123456789abcdef0123456789abcdef\n0123456789abcdef"]]
    ),
    Good(
      name: "the deepest nesting that is read",
      text: nested(Limits.nestingDepthMax),
      fields: [String(repeating: "a.", count: Limits.nestingDepthMax - 1) + "a": ["1"]]
    ),
  ]

  static func nested(_ depth: Int) -> String {
    String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
  }

  @Test("reads", arguments: good)
  func reads(_ example: Good) {
    #expect(scan(Array(example.text.utf8)) == .success(example.fields))
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let fault: JSONFault
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ fault: JSONFault) {
      self.init(name, bytes: Array(text.utf8), fault)
    }

    init(_ name: String, bytes: [UInt8], _ fault: JSONFault) {
      self.name = name
      self.bytes = bytes
      self.fault = fault
    }
  }

  static let bad: [Bad] = [
    Bad("nothing", "", .unexpectedEnd),
    Bad("only white space", "  ", .unexpectedEnd),
    Bad("a text line", "Mar  2 10:14:07 host sshd[1]: x", .notObject),
    Bad("an array", "[1]", .notObject),
    Bad("a byte-order mark", "\u{feff}{}", .notObject),
    Bad("a cut object", #"{"a":1"#, .unexpectedEnd),
    Bad("a cut text", #"{"a":"b"#, .unexpectedEnd),
    Bad("a cut key", #"{"a"#, .unexpectedEnd),
    Bad("a cut escape", #"{"a":"\u12"#, .badEscape),
    Bad("a missing colon", #"{"a" 1}"#, .unexpectedByte),
    Bad("a missing comma", #"{"a":1 "b":2}"#, .unexpectedByte),
    Bad("a comma too many", #"{"a":1,}"#, .unexpectedByte),
    Bad("a comma too many in an array", #"{"a":[1,]}"#, .unexpectedByte),
    Bad("a key without quotation marks", "{a:1}", .unexpectedByte),
    Bad("single quotation marks", "{'a':1}", .unexpectedByte),
    Bad("a second object", "{}{}", .trailingBytes),
    Bad("text after the object", #"{"a":1} x"#, .trailingBytes),
    Bad("a wrong literal", #"{"a":nul}"#, .badLiteral),
    Bad("not a number", #"{"a":NaN}"#, .unexpectedByte),
    Bad("a longer literal", #"{"a":trueish}"#, .unexpectedByte),
    Bad("a leading zero", #"{"a":01}"#, .badNumber),
    Bad("a plus sign", #"{"a":+1}"#, .unexpectedByte),
    Bad("a point without digits", #"{"a":1.}"#, .badNumber),
    Bad("a fraction without a whole", #"{"a":.5}"#, .unexpectedByte),
    Bad("an exponent without digits", #"{"a":1e}"#, .badNumber),
    Bad("a lone minus sign", #"{"a":-}"#, .badNumber),
    Bad("hexadecimal", #"{"a":0x10}"#, .badNumber),
    Bad("an unknown escape", #"{"a":"\x41"}"#, .badEscape),
    Bad("an escape with a wrong digit", #"{"a":"\u00g0"}"#, .badEscape),
    Bad("a line feed in a text", "{\"a\":\"b\nc\"}", .controlCharacter),
    Bad("a NUL in a text", "{\"a\":\"b\0c\"}", .controlCharacter),
    Bad("a NUL after the object", "{}\0", .trailingBytes),
    Bad("Latin-1", bytes: Array("{\"a\":\"caf".utf8) + [0xe9] + Array("\"}".utf8), .notUTF8),
    Bad(
      "an overlong form",
      bytes: Array("{\"a\":\"".utf8) + [0xc0, 0xaf] + Array("\"}".utf8),
      .notUTF8
    ),
    Bad(
      "an encoded surrogate",
      bytes: Array("{\"a\":\"".utf8) + [0xed, 0xa0, 0x80] + Array("\"}".utf8),
      .notUTF8
    ),
    Bad(
      "beyond Unicode",
      bytes: Array("{\"a\":\"".utf8) + [0xf4, 0x90, 0x80, 0x80] + Array("\"}".utf8),
      .notUTF8
    ),
    Bad(
      "a cut sequence",
      bytes: Array("{\"a\":\"".utf8) + [0xe2, 0x82] + Array("\"}".utf8),
      .notUTF8
    ),
    Bad(
      "a key that is not UTF-8",
      bytes: Array("{\"".utf8) + [0xff] + Array("\":1}".utf8),
      .notUTF8
    ),
    Bad("too deep", nested(Limits.nestingDepthMax + 1), .tooDeep),
    Bad("a million brackets", "{\"a\":" + String(repeating: "[", count: 1_000_000), .tooDeep),
  ]

  @Test("refuses", arguments: bad)
  func refuses(_ example: Bad) {
    #expect(scan(example.bytes) == .failure(Refusal(reason: example.fault.reason)))
  }

  @Test("says the same of an object wherever it lies in a buffer", arguments: 0..<33)
  func alignment(_ offset: Int) {
    let text = #"{"key":"0123456789abcdef é","other":[1,2]}"#
    let padding = String(repeating: " ", count: offset)
    #expect(scan(Array((padding + text).utf8)) == scan(Array(text.utf8)))
  }

  @Test("keeps to its bounds when paths flood it")
  func flood() {
    let lines = (0..<40).map { line in
      "{" + (0..<500).map { "\"k\(line)-\($0)\":1" }.joined(separator: ",") + "}"
    }
    let result = normalize(lines, as: .json)
    #expect(result.batch.rowCount == 40)
    #expect(result.batch.columns.count <= Limits.columnsPerBatchMax)
    #expect(result.droppedFieldCount == 40 * 500 - Limits.columnsPerBatchMax)
  }

  @Test("counts keys that come twice")
  func duplicates() {
    let result = normalize([#"{"a":1,"a":2,"b":{"c":1,"c":1,"c":1}}"#, #"{"a":1}"#], as: .json)
    #expect(result.duplicateKeyCount == 3)
    #expect(result.batch.text("a", row: 0) == "1")
  }
}
