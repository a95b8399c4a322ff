import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

/// What the bytes of one connection are (RFC 6587).
@Suite("Syslog over a connection")
struct SyslogStreamFramerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: String
    /// Messages; one whose end is missing ends with `…`.
    let messages: [String]
    var badCounts = 0
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "nothing", bytes: "", messages: []),
    Case(name: "lines", bytes: "<34>one\n<34>two\n", messages: ["<34>one", "<34>two"]),
    Case(
      name: "lines with CRLF",
      bytes: "<34>one\r\n<34>two\r\n",
      messages: ["<34>one", "<34>two"]
    ),
    Case(
      name: "a last line without its end",
      bytes: "<34>one\n<34>two",
      messages: ["<34>one", "<34>two"]
    ),
    Case(name: "counted", bytes: "7 <34>one9 <34>twofo", messages: ["<34>one", "<34>twofo"]),
    Case(
      name: "a counted message with a line feed in it",
      bytes: "9 <34>a\nb c",
      messages: ["<34>a\nb c"]
    ),
    Case(
      name: "counted, with line feeds behind",
      bytes: "8 <34>one\n\n7 <34>two\n",
      messages: ["<34>one", "<34>two"]
    ),
    Case(name: "a message of one byte", bytes: "1 <7 <34>two", messages: ["<", "<34>two"]),
    Case(
      name: "lines that begin with digits",
      bytes: "2026-03-02 one\n12 monkeys\n",
      messages: ["2026-03-02 one", "12 monkeys"]
    ),
    Case(name: "digits and no more", bytes: "12", messages: ["12"]),
    Case(name: "a counted message that breaks off", bytes: "20 <34>one", messages: ["<34>one…"]),
    Case(
      name: "a count that is too small",
      bytes: "5 <34>one7 <34>two",
      messages: ["<34>o", "ne…", "<34>two"],
      badCounts: 1
    ),
    Case(
      name: "a count that is too large",
      bytes: "12 <34>one7 <34>two7 <34>red",
      messages: ["<34>one7 <34", ">two…", "<34>red"],
      badCounts: 1
    ),
    Case(
      name: "a count of eight digits",
      bytes: "7 <34>one12345678 <34>two\n7 <34>red",
      messages: ["<34>one", "12345678 <34>two", "<34>red"],
      badCounts: 1
    ),
    Case(
      name: "a count of zero",
      bytes: "7 <34>one0 <34>two\n7 <34>red",
      messages: ["<34>one", "0 <34>two", "<34>red"],
      badCounts: 1
    ),
    Case(
      name: "text between frames",
      bytes: "7 <34>oneoops\n7 <34>two",
      messages: ["<34>one", "oops", "<34>two"],
      badCounts: 1
    ),
  ]

  struct Result: Equatable {
    var messages: [String] = []
    var badCounts = 0
    var cutBytes = 0

    mutating func take(_ output: SyslogStreamFramer.Output) {
      switch output {
      case .message(let bytes, let isCut):
        messages.append(String(decoding: bytes, as: UTF8.self) + (isCut ? "…" : ""))
      case .badCount: badCounts += 1
      case .cut(let count): cutBytes += count
      }
    }
  }

  private func framed(_ pieces: [[UInt8]]) -> Result {
    var framer = SyslogStreamFramer()
    var result = Result()
    for piece in pieces { framer.consume(piece.span) { result.take($0) } }
    framer.finish { result.take($0) }
    return result
  }

  @Test("gives the messages", arguments: cases)
  func messages(_ example: Case) {
    let result = framed([Array(example.bytes.utf8)])
    #expect(result.messages == example.messages)
    #expect(result.badCounts == example.badCounts)
  }

  @Test("gives the same however the bytes are cut", arguments: cases)
  func cuts(_ example: Case) {
    let bytes = Array(example.bytes.utf8)
    let whole = framed([bytes])
    #expect(framed(bytes.map { [$0] }) == whole)
    for seed in 0..<16 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var pieces: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...min(5, rest.count), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(framed(pieces) == whole)
    }
  }

  @Test("every byte of a stream of noise is given, skipped as a frame's own, or counted")
  func noise() {
    let alphabet = Array("0123456789 <>ab\n".utf8)
    for seed in 0..<512 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let bytes = (0..<200).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      let result = framed([bytes])
      let letters = bytes.filter { $0 == UInt8(ascii: "a") || $0 == UInt8(ascii: "b") }
      let given = result.messages.joined().utf8.filter {
        $0 == UInt8(ascii: "a") || $0 == UInt8(ascii: "b")
      }
      #expect(Array(given) == letters, "seed \(seed)")
      #expect(framed(bytes.map { [$0] }) == result, "seed \(seed)")
    }
  }

  @Test("a message without an end is held in bounded memory and counted")
  func endless() {
    var framer = SyslogStreamFramer()
    var result = Result()
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<8 { framer.consume(piece.span) { result.take($0) } }
    let end: [UInt8] = [0x0a]
    framer.consume(end.span) { result.take($0) }
    #expect(result.messages.count == 1)
    #expect(result.messages.first?.utf8.count == (1 << 20) + 1 + "…".utf8.count)
    #expect(result.cutBytes == 7 * (1 << 20) - 1)
  }
}
