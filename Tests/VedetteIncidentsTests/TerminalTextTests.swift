import Testing
import VedetteEvent
import VedetteIncidents

@Suite("Terminal text")
struct TerminalTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let shown: String
    let width: Int
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "nothing", text: "", shown: "", width: 0),
    Case(name: "plain text", text: "a b~", shown: "a b~", width: 4),
    Case(name: "a colour", text: "\u{1b}[31mred", shown: "\\u{1b}[31mred", width: 13),
    Case(
      name: "the clipboard",
      text: "\u{1b}]52;c;AA\u{7}",
      shown: "\\u{1b}]52;c;AA\\u{7}",
      width: 19
    ),
    Case(name: "lines", text: "a\r\nb\tc", shown: "a\\r\\nb\\tc", width: 9),
    Case(name: "C1 controls", text: "\u{9b}31m", shown: "\\u{9b}31m", width: 9),
    Case(name: "reordering", text: "a\u{202e}b", shown: "a\\u{202e}b", width: 10),
    Case(
      name: "nothing to see",
      text: "a\u{200b}\u{feff}",
      shown: "a\\u{200b}\\u{feff}",
      width: 17
    ),
    Case(name: "letters beyond ASCII", text: "Grüße", shown: "Grüße", width: 5),
    Case(name: "wide letters", text: "日本", shown: "日本", width: 4),
    Case(name: "a combined letter", text: "e\u{301}", shown: "e\u{301}", width: 1),
    Case(
      name: "marks that climb over other lines",
      text: "e" + String(repeating: "\u{301}", count: 6),
      shown: "e" + String(repeating: "\u{301}", count: 4) + "\\u{301}\\u{301}",
      width: 15
    ),
  ]

  @Test("shows what could act as an escape", arguments: cases)
  func visible(_ example: Case) {
    #expect(TerminalText.visible(example.text) == example.shown)
    #expect(TerminalText.visible(Array(example.text.utf8)) == example.shown)
    #expect(TerminalText.width(of: example.shown) == example.width)
  }

  @Test("shows bytes that are not UTF-8 as such")
  func invalidBytes() {
    #expect(TerminalText.visible([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]) == "a\\xff\\xc3(\\xe2\\x82")
    #expect(TerminalText.visible([0xed, 0xa0, 0x80]) == "\\xed\\xa0\\x80")
  }

  @Test("lets no character through that could act", arguments: [0..<0x3000, 0xe0000..<0xe0080])
  func everyCharacter(range: Range<UInt32>) {
    for value in range {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = TerminalText.visible(String(scalar))
      let isSafe = shown.unicodeScalars.allSatisfy { !$0.isUnsafeToShow }
      #expect(isSafe, "U+\(value)")
    }
  }

  @Test("cuts and fills by columns")
  func columns() {
    #expect(TerminalText.truncated("abcdef", to: 6) == "abcdef")
    #expect(TerminalText.truncated("abcdef", to: 5) == "abc..")
    #expect(TerminalText.truncated("日本語", to: 5) == "日..")
    #expect(TerminalText.truncated("abc", to: 1) == ".")
    #expect(TerminalText.truncated("abc", to: -1) == "")
    #expect(TerminalText.padded("日", to: 4) == "日  ")
  }
}
