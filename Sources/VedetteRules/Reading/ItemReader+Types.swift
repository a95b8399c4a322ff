import VedetteDocuments
import VedetteEvent

// The modifiers that make a value something other than a pattern.
extension ItemReader {
  func regex(
    _ modifier: FieldModifier,
    _ draft: Draft,
    _ position: Position
  ) throws(RuleError) -> Draft {
    if modifier == .re {
      guard case .raw(let scalar) = draft else {
        throw misuse(modifier, "must be the first modifier")
      }
      return .regex(scalar.text, [])
    }
    guard case .regex(let pattern, let options) = draft else {
      throw misuse(modifier, "is a flag of 're' and follows it: '|re|\(modifier.rawValue)'")
    }
    let flag: LinearRegex.Options =
      switch modifier {
      case .i: .caseInsensitive
      case .m: .multiline
      default: .dotMatchesLineEnds
      }
    return .regex(pattern, options.union(flag))
  }

  func typed(
    _ modifier: FieldModifier,
    _ draft: Draft,
    _ position: Position
  ) throws(RuleError) -> Draft {
    guard case .raw(let scalar) = draft else {
      throw misuse(modifier, "must be the first modifier")
    }
    switch modifier {
    case .exists:
      guard case .boolean(let flag) = scalar.value else {
        throw context.error(
          .invalidValue(scalar.text, reason: "'exists' needs true or false"),
          at: position
        )
      }
      return .done(.exists(flag))
    case .cidr:
      guard let network = CIDRBlock(scalar.text) else {
        throw context.error(
          .invalidValue(scalar.text, reason: "not a network; write one as '10.0.0.0/8'"),
          at: position
        )
      }
      return .done(.network(network))
    default:
      let pattern = TextPattern(parsing: scalar.text)
      guard let name = pattern.plain, !name.isEmpty else {
        throw context.error(
          .invalidValue(scalar.text, reason: "a field's name has no wildcards"),
          at: position
        )
      }
      return .reference(String(decoding: name, as: UTF8.self))
    }
  }

  func compare(
    _ modifier: FieldModifier,
    _ draft: Draft,
    _ position: Position
  ) throws(RuleError) -> Draft {
    let comparison = NumberComparison(rawValue: modifier.rawValue) ?? .equal
    switch draft {
    case .raw(let scalar): return .comparison(comparison, try number(scalar, modifier, position))
    case .timePart(let part, .equal, let value): return .timePart(part, comparison, value)
    default: throw misuse(modifier, "needs a number, and is written once")
    }
  }

  func timePart(
    _ modifier: FieldModifier,
    _ draft: Draft,
    _ position: Position
  ) throws(RuleError) -> Draft {
    guard let part = TimePart(rawValue: modifier.rawValue) else { return draft }
    switch draft {
    case .raw(let scalar):
      let value = try number(scalar, modifier, position)
      try check(part, value, position)
      return .timePart(part, .equal, value)
    case .comparison(let comparison, let value):
      try check(part, value, position)
      return .timePart(part, comparison, value)
    default: throw misuse(modifier, "needs a number, and is written once")
    }
  }

  private func number(
    _ scalar: Scalar,
    _ modifier: FieldModifier,
    _ position: Position
  ) throws(RuleError) -> Double {
    let plain = Scalar(text: scalar.text, isPlain: true)
    switch plain.value {
    case .integer(let number): return Double(number)
    case .number(let number) where number.isFinite: return number
    default:
      throw context.error(
        .invalidValue(scalar.text, reason: "'\(modifier.rawValue)' needs a number"),
        at: position
      )
    }
  }

  /// Puts the values of placeholders in their place: a value with several has each combination.
  func expand(_ draft: Draft, _ position: Position) throws(RuleError) -> [TextPattern] {
    var expanded: [TextPattern] = []
    for pattern in try patterns(draft, .expand, position) {
      var variants: [[TextPattern.Piece]] = [[]]
      for piece in pattern.pieces {
        guard case .bytes(let bytes) = piece else {
          variants = variants.map { $0 + [piece] }
          continue
        }
        for part in Self.parts(bytes) {
          let choices = try self.choices(part, position)
          guard variants.count * choices.count <= Limits.ruleValuesMax else {
            let problem = RuleError.Problem.tooMany(what: "values", max: Limits.ruleValuesMax)
            throw context.error(problem, at: position)
          }
          variants = variants.flatMap { variant in choices.map { variant + $0 } }
        }
      }
      expanded += variants.map(TextPattern.init(pieces:))
    }
    return expanded
  }

  private func choices(
    _ part: (bytes: [UInt8], isPlaceholder: Bool),
    _ position: Position
  ) throws(RuleError) -> [[TextPattern.Piece]] {
    guard part.isPlaceholder else { return [[.bytes(part.bytes)]] }
    let name = String(decoding: part.bytes, as: UTF8.self)
    guard let values = context.placeholders[name], !values.isEmpty else {
      if context.wildcards.contains(name) { return [[.anyRun]] }
      throw context.error(.placeholder(name), at: position)
    }
    return values.map { TextPattern(parsing: $0).pieces }
  }

  /// Cuts `a%name%b` apart; `\%` is a plain percent sign.
  private static func parts(_ bytes: [UInt8]) -> [(bytes: [UInt8], isPlaceholder: Bool)] {
    var parts: [(bytes: [UInt8], isPlaceholder: Bool)] = []
    var literal: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "%")
      {
        literal.append(UInt8(ascii: "%"))
        index += 2
        continue
      }
      let rest = bytes[(index + 1)...]
      if byte == UInt8(ascii: "%"), let end = rest.firstIndex(of: UInt8(ascii: "%")),
        end > index + 1, rest[..<end].allSatisfy(Self.isNameByte)
      {
        parts.append((literal, false))
        parts.append((Array(rest[..<end]), true))
        literal = []
        index = end + 1
        continue
      }
      literal.append(byte)
      index += 1
    }
    parts.append((literal, false))
    return parts.filter { $0.isPlaceholder || !$0.bytes.isEmpty }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
