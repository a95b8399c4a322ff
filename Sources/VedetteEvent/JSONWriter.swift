/// Writes JSON with keys in the order they are given, so that the same values give the same bytes.
///
/// ```swift
/// var json = JSONWriter()
/// json.object { json in
///   json.member("line", 17)
///   json.member("user", "svc-batch")
/// }
/// print(json.text)
/// ```
///
/// Strings are escaped as RFC 8259 asks; control, line-separator and bidirectional characters are
/// written as escapes too, so that what stood in a log can't act on a terminal or a page.
public struct JSONWriter: Sendable {
  /// What was written so far, in UTF-8.
  private var bytes: [UInt8] = []
  private var needsComma = false

  /// Creates an empty writer.
  public init() {}

  /// What was written so far.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Writes an object.
  ///
  /// - Parameter body: Writes the members.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try nested("{", "}", body)
  }

  /// Writes an array.
  ///
  /// - Parameter body: Writes the elements.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try nested("[", "]", body)
  }

  /// Writes a member's name; its value must follow.
  ///
  /// - Parameter name: The name.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    append(":")
    needsComma = false
  }

  /// Writes a text member, or nothing if there is no value.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }

  /// Writes a whole-number member, or nothing if there is no value.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public mutating func member(_ name: String, _ value: Int?) {
    guard let value else { return }
    key(name)
    raw(String(value))
  }

  /// Writes a number member, or nothing if there is no value.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value; what is not finite is written as null.
  public mutating func member(_ name: String, _ value: Double?) {
    guard let value else { return }
    key(name)
    number(value)
  }

  /// Writes a truth-value member, or nothing if there is no value.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public mutating func member(_ name: String, _ value: Bool?) {
    guard let value else { return }
    key(name)
    raw(value ? "true" : "false")
  }

  /// Writes an array-of-texts member, or nothing if it is empty.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - values: The values.
  public mutating func member(_ name: String, _ values: [String]) {
    guard !values.isEmpty else { return }
    key(name)
    array { json in for value in values { json.string(value) } }
  }

  /// Writes a text.
  ///
  /// - Parameter value: The text.
  public mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  /// Writes a number: whole ones without a fraction, others with the fewest digits that read back.
  ///
  /// - Parameter value: The number; what is not finite is written as null.
  public mutating func number(_ value: Double) {
    guard value.isFinite else { return raw("null") }
    if value == value.rounded(), abs(value) < 1e15 { return raw(String(Int64(value))) }
    raw(String(value))
  }

  /// Writes text that is JSON already.
  ///
  /// - Parameter json: A JSON value.
  public mutating func raw(_ json: String) {
    separate()
    bytes.append(contentsOf: json.utf8)
  }

  private mutating func nested(
    _ open: Unicode.Scalar,
    _ close: Unicode.Scalar,
    _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    separate()
    append(open)
    needsComma = false
    try body(&self)
    append(close)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { append(",") }
    needsComma = true
  }

  /// Adds an ASCII character.
  private mutating func append(_ character: Unicode.Scalar) {
    bytes.append(UInt8(truncatingIfNeeded: character.value))
  }

  private mutating func quote(_ value: String) {
    append("\"")
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }) {
      bytes.append(contentsOf: value.utf8)
    } else {
      for scalar in value.unicodeScalars { escape(scalar) }
    }
    append("\"")
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": bytes.append(contentsOf: #"\""#.utf8)
    case "\\": bytes.append(contentsOf: #"\\"#.utf8)
    case "\n": bytes.append(contentsOf: #"\n"#.utf8)
    case "\r": bytes.append(contentsOf: #"\r"#.utf8)
    case "\t": bytes.append(contentsOf: #"\t"#.utf8)
    default:
      guard scalar.isUnsafeToShow else {
        bytes.append(contentsOf: scalar.utf8)
        return
      }
      for unit in scalar.utf16 {
        let digits = String(unit, radix: 16)
        bytes.append(contentsOf: #"\u"#.utf8)
        bytes.append(contentsOf: repeatElement(0x30, count: 4 - digits.count))
        bytes.append(contentsOf: digits.utf8)
      }
    }
  }
}

extension Unicode.Scalar {
  /// Whether showing the character as it is could act on a terminal or reorder the text around it.
  ///
  /// Control characters (C0, DEL, C1), bidirectional controls (UAX #9), line and paragraph
  /// separators, zero-width characters, tags and the byte-order mark.
  public var isUnsafeToShow: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e,
      0x2060...0x2069, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f:
      true
    default: false
    }
  }
}
