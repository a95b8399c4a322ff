/// A JSON value that keeps the order of its members, so that a log is written the same each time.
indirect enum JSONText {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number as it is to be written, `0.0123`.
  case number(String)
  case string(String)
  case array([JSONText])
  case object([(name: String, value: JSONText)])

  /// The value in one line without blanks.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Adds members behind those of an object.
  func adding(_ other: JSONText) -> JSONText {
    guard case .object(let members) = self, case .object(let more) = other else { return self }
    return .object(members + more)
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        Self.write(member.name, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20: text += "\\u00" + hexadecimal(Int(scalar.value), digits: 2)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .string(value) }

  init(integerLiteral value: Int) { self = .integer(value) }

  init(booleanLiteral value: Bool) { self = .bool(value) }

  init(nilLiteral: ()) { self = .null }

  init(arrayLiteral elements: JSONText...) { self = .array(elements) }

  init(dictionaryLiteral elements: (String, JSONText)...) {
    self = .object(elements.map { (name: $0.0, value: $0.1) })
  }
}

/// Writes a number in lower-case hexadecimal digits with zeros in front.
func hexadecimal(_ number: Int, digits: Int) -> String {
  padded(String(number, radix: 16), to: digits, with: "0")
}

/// Fills a text from the left.
func padded(_ text: String, to length: Int, with filler: Character) -> String {
  String(repeating: filler, count: max(0, length - text.count)) + text
}
