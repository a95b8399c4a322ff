import VedetteEvent

/// Makes text from logs safe to show in a terminal, and measures it there.
///
/// What stood in a log must not move the cursor, set a title, fill the clipboard or turn the text
/// around it. So every character that could is shown as an escape, `\u{1b}`, and so are bytes that
/// are not UTF-8, `\xff`. Nothing here is meant to be read back.
public enum TerminalText {
  /// Combining marks that may follow each other; further ones are escaped, so that they can't climb
  /// over the lines above.
  private static let consecutiveMarksMax = 4

  /// Makes a text safe to show.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The text in one line, with escapes in place of what could act on a terminal.
  public static func visible(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text }
    var shown = ""
    var marks = 0
    for scalar in text.unicodeScalars { append(scalar, to: &shown, marks: &marks) }
    return shown
  }

  /// Makes bytes safe to show, read as UTF-8.
  ///
  /// - Parameter bytes: Any bytes.
  /// - Returns: The text in one line, with escapes in place of what is not text.
  public static func visible(_ bytes: [UInt8]) -> String {
    var shown = ""
    var marks = 0
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var start = 0
    while true {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        start += encoded.count
        append(Unicode.UTF8.decode(encoded), to: &shown, marks: &marks)
      case .error(let length):
        for byte in bytes[start..<start + length] { shown.append("\\x" + hex(byte)) }
        start += length
        marks = 0
      case .emptyInput:
        return shown
      }
    }
  }

  /// Counts the columns that a text takes: two for wide characters, none for combining ones.
  ///
  /// - Parameter text: A text that is safe to show.
  /// - Returns: The number of columns.
  public static func width(of text: String) -> Int {
    if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
  }

  /// Cuts a text that is too wide, and says so by two dots.
  ///
  /// - Parameters:
  ///   - text: A text that is safe to show.
  ///   - columns: The most columns it may take.
  /// - Returns: The text, or its start and `..`.
  public static func truncated(_ text: String, to columns: Int) -> String {
    guard width(of: text) > columns else { return text }
    guard columns > 2 else { return String(repeating: ".", count: max(0, columns)) }
    var kept = ""
    var used = 0
    for scalar in text.unicodeScalars {
      used += width(of: scalar)
      if used > columns - 2 { break }
      kept.unicodeScalars.append(scalar)
    }
    return kept + ".."
  }

  /// Fills a text with spaces to a number of columns.
  ///
  /// - Parameters:
  ///   - text: A text that is safe to show.
  ///   - columns: The columns it shall take at least.
  /// - Returns: The text and spaces.
  public static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(of: text)))
  }

  /// Lays parts out in lines, breaking between parts only.
  ///
  /// - Parameters:
  ///   - parts: The parts, safe to show; one that is too wide is cut.
  ///   - separator: What stands between two parts of a line.
  ///   - columns: The columns of a line.
  /// - Returns: The lines.
  static func wrapped(_ parts: [String], separator: String, columns: Int) -> [String] {
    var lines: [String] = []
    for part in parts.map({ truncated($0, to: columns) }) {
      if let last = lines.last, width(of: last) + width(of: separator + part) <= columns {
        lines[lines.count - 1] = last + separator + part
      } else {
        lines.append(part)
      }
    }
    return lines
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String, marks: inout Int) {
    switch scalar {
    case "\n": text.append("\\n")
    case "\r": text.append("\\r")
    case "\t": text.append("\\t")
    default:
      marks = width(of: scalar) == 0 ? marks + 1 : 0
      if scalar.isUnsafeToShow || marks > consecutiveMarksMax {
        text.append("\\u{\(String(scalar.value, radix: 16))}")
      } else {
        text.unicodeScalars.append(scalar)
      }
      return
    }
    marks = 0
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0x300: return 1
    // East Asian Wide and Fullwidth (UAX #11) and emoji, by block.
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97c,
      0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
      0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      return 2
    default: break
    }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: 0
    default: 1
    }
  }
}
