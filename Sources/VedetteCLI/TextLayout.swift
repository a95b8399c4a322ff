import VedetteIncidents

/// Lines for people, at most 80 columns wide where what they say allows it.
struct TextLayout {
  static let columns = 80
  private(set) var text = ""

  /// Adds a line as it is.
  mutating func line(_ line: String) { text += line + "\n" }

  /// Adds a label and what it says, broken between words, the further lines below the first.
  mutating func field(_ label: String, _ words: String?) {
    guard let words, !words.isEmpty else { return }
    paragraph(words, first: "  " + TerminalText.padded(label, to: 9))
  }

  /// Adds text broken between words.
  ///
  /// - Parameters:
  ///   - words: The text; what could act on a terminal is escaped.
  ///   - first: What the first line begins with; further lines are indented as far.
  mutating func paragraph(_ words: String, first: String) {
    let indent = String(repeating: " ", count: TerminalText.width(of: first))
    var line = first
    var isBegun = false
    for word in TerminalText.visible(words).split(separator: " ") {
      let wide = TerminalText.width(of: line) + 1 + TerminalText.width(of: String(word))
      if isBegun, wide > Self.columns {
        text += line + "\n"
        line = indent
        isBegun = false
      }
      line += (isBegun ? " " : "") + word
      isBegun = true
    }
    if isBegun { text += line + "\n" }
  }

  /// Adds a line that is cut where it is too long.
  mutating func cut(_ line: String) {
    text += TerminalText.truncated(TerminalText.visible(line), to: Self.columns) + "\n"
  }
}
