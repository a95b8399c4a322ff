/// Why bytes are no JSON object that we read.
enum JSONFault: UInt8, Sendable, CaseIterable {
  case none
  case notObject
  case unexpectedByte
  case unexpectedEnd
  case badLiteral
  case badNumber
  case badEscape
  case controlCharacter
  case notUTF8
  case tooDeep
  case trailingBytes

  /// The reason of a dead letter: few words, the same for all records of that kind.
  var reason: String {
    switch self {
    case .none: "no fault"
    case .notObject: "not a JSON object"
    case .unexpectedByte: "invalid JSON: unexpected byte"
    case .unexpectedEnd: "invalid JSON: ends too early"
    case .badLiteral: "invalid JSON: neither true, false nor null"
    case .badNumber: "invalid JSON: malformed number"
    case .badEscape: "invalid JSON: malformed escape"
    case .controlCharacter: "invalid JSON: control character in a string"
    case .notUTF8: "invalid JSON: not UTF-8"
    case .tooDeep: "JSON is nested too deeply"
    case .trailingBytes: "invalid JSON: bytes after the object"
    }
  }
}
