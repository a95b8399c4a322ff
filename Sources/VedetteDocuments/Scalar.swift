/// A single value as it was written.
///
/// Whether `5` is a number depends on its quotes, so both are kept: ``value`` follows the core
/// schema of YAML 1.2.2 (section 10.3.2), in which `yes`, `on` and dates are texts.
public struct Scalar: Sendable, Hashable {
  /// What a scalar means.
  public enum Value: Sendable, Hashable {
    /// `null`, `~` or nothing at all.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A whole number in 64 bits.
    case integer(Int64)
    /// A number with a fraction or exponent.
    case number(Double)
    /// Anything else, and whatever is quoted.
    case text(String)
  }

  /// The text, without quotes and with its escapes replaced.
  public var text: String
  /// Whether it was written without quotes and not as a block.
  public var isPlain: Bool

  /// Creates a scalar.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - isPlain: Whether it was written without quotes.
  public init(text: String, isPlain: Bool) {
    self.text = text
    self.isPlain = isPlain
  }

  /// What it means by the core schema.
  public var value: Value {
    guard isPlain else { return .text(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    default: return number ?? .text(text)
    }
  }

  private var number: Value? {
    var utf8 = text.utf8[...]
    guard let first = utf8.first, Self.startsNumber(first) else { return nil }
    if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map(Value.integer) }
    if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map(Value.integer) }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { utf8 = utf8.dropFirst() }
    switch String(utf8) {
    case ".inf", ".Inf", ".INF":
      return .number(first == UInt8(ascii: "-") ? -Double.infinity : .infinity)
    default: break
    }
    if text == ".nan" || text == ".NaN" || text == ".NAN" { return .number(.nan) }
    if !utf8.isEmpty, utf8.allSatisfy(Self.isDigit) { return Int64(text).map(Value.integer) }
    guard Self.isDecimal(utf8) else { return nil }
    return Double(text).map(Value.number)
  }

  private static func startsNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether bytes without a sign are `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
  private static func isDecimal(_ bytes: Substring.UTF8View) -> Bool {
    let whole = bytes.prefix(while: isDigit)
    var rest = bytes[whole.endIndex...]
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fraction = rest.prefix(while: isDigit)
      rest = rest[fraction.endIndex...]
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return false }
    guard let mark = rest.first else { return true }
    guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
      rest = rest.dropFirst()
    }
    return !rest.isEmpty && rest.allSatisfy(isDigit)
  }
}
