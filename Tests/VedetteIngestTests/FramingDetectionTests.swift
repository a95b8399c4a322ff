import Testing
import VedetteEvent

@testable import VedetteIngest

@Suite("Framing detection")
struct FramingDetectionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let framing: RecordFramer.Framing?
    var isComplete = true
    var testDescription: String { text.prefix(60).debugDescription + (isComplete ? "" : "…") }
  }

  static let cases: [Case] = [
    Case(text: "", framing: .lines),
    Case(text: "", framing: nil, isComplete: false),
    Case(text: "Mar  2 10:14:07 host sshd[1]: x", framing: .lines, isComplete: false),
    Case(text: "[Sun Dec 04 04:47:44 2005] [notice] ok\n", framing: .lines, isComplete: false),
    Case(text: "[   12.345678] usb 1-1: new\n", framing: .lines),
    Case(text: "[{trace-1}] started\n", framing: .lines),
    Case(text: "{app} started\n", framing: .lines),
    Case(text: "[\"a\",\"b\"]\n", framing: .lines),
    Case(text: "[", framing: nil, isComplete: false),
    Case(text: "[ {\"a\":1", framing: .jsonElements, isComplete: false),
    Case(text: "[\n  {\n    \"a\": 1", framing: .jsonElements, isComplete: false),
    Case(text: "[]", framing: .jsonElements),
    Case(text: "\n\n [{\"a\":1}]", framing: .jsonElements),
    Case(text: "{\"a\":1}\n{\"a\":2}\n", framing: .lines),
    Case(text: "{\"a\":1}\r\n{\"a\":2}\r\n", framing: .lines),
    Case(text: "{\"a\":1}", framing: nil, isComplete: false),
    Case(text: "{\"a\":1}", framing: .lines),
    Case(text: "{\"a\":1}{\"a\":2}", framing: .jsonElements),
    Case(text: "{\"a\":1} and text\n", framing: .lines),
    Case(text: "{\n  \"a\": 1\n}\n", framing: .jsonElements),
    Case(text: "{ \"a\": 1,\n  \"b\": 2 }\n", framing: .jsonElements),
    Case(text: "{\"Records\":[{\"a\"", framing: .jsonElements, isComplete: false),
    Case(text: "{\"Records\": [\n{\"a\":1}]}", framing: .jsonElements),
    Case(text: "{\"value\":[{\"a\":1}],\"nextLink\":\"x\"}\n", framing: .jsonElements),
    Case(text: "{\"Records\":[]}\n", framing: .jsonElements),
    Case(text: "{\"value\":[1,2]}\n", framing: .lines),
    Case(text: "{\"kind\":\"activity\",\"events\":[{\"type\":\"x\"}]}\n", framing: .lines),
    Case(text: "{\"count\":2,\"value\":[\n{\"a\":1}\n]}\n", framing: .jsonElements),
    Case(text: "{\"a\":\"torn\n{\"a\":1}\n", framing: .lines),
  ]

  @Test("decides from the first line", arguments: cases)
  func table(_ example: Case) {
    let bytes = Array(example.text.utf8)
    let found = RecordFramer.detectFraming(prefix: bytes.span, isComplete: example.isComplete)
    #expect(found == example.framing)
  }

  @Test("an answer never changes when more of the file is known", arguments: cases)
  func monotone(_ example: Case) {
    let bytes = Array(example.text.utf8)
    var first: RecordFramer.Framing?
    for length in 0...bytes.count {
      let prefix = bytes.span.extracting(0..<length)
      let found = RecordFramer.detectFraming(prefix: prefix, isComplete: false)
      if let first { #expect(found == first, "at \(length)") }
      first = first ?? found
    }
    if let first {
      #expect(RecordFramer.detectFraming(prefix: bytes.span, isComplete: true) == first)
    }
  }

  @Test("a first line longer than the prefix is an envelope if it looks like one")
  func longFirstLine() {
    let filler = String(repeating: "x", count: 100_000)
    let envelope = Array("{\"count\":1,\"value\":[{\"a\":\"\(filler)\"}]}".utf8)
    let event = Array("{\"a\":\"\(filler)\"}\n".utf8)
    #expect(RecordFramer.detectFraming(prefix: envelope.span, isComplete: false) == .jsonElements)
    #expect(RecordFramer.detectFraming(prefix: event.span, isComplete: false) == .lines)
    #expect(frame(envelope, pieces: 4_096).records.map(\.offset) == [20])
    #expect(frame(event, pieces: 4_096).records.map(\.offset) == [0])
  }
}
