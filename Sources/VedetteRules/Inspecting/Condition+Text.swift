extension Condition: CustomStringConvertible {
  /// The condition as a rule writes it, with no more parentheses than it needs.
  package var description: String { text(binding: 0) }

  /// Binds tighter: `not`, then `and`, then `or`.
  private func text(binding outer: Int) -> String {
    let (text, own): (String, Int) =
      switch self {
      case .search(let name): (name, 3)
      case .some(let selector, let requiresAll):
        ((requiresAll ? "all of " : "1 of ") + selector.words, 3)
      case .not(let inner): ("not " + inner.text(binding: 2), 2)
      case .and(let parts): (parts.map { $0.text(binding: 1) }.joined(separator: " and "), 1)
      case .or(let parts): (parts.map { $0.text(binding: 0) }.joined(separator: " or "), 0)
      }
    return own < outer ? "(\(text))" : text
  }
}

extension Condition.Selector {
  fileprivate var words: String {
    switch self {
    case .them: "them"
    case .named(let pattern): pattern
    }
  }
}

extension Detection {
  /// The conditions as a rule writes them.
  package var conditionTexts: [String] { conditions.map(\.description) }
}

extension ValueTest {
  /// What is asked of a field, in words.
  package var words: String {
    switch self {
    case .text(let pattern, let isCased): pattern.words + (isCased ? " in this case" : "")
    case .regex(let regex):
      "matches /\(regex.pattern)/\(regex.flags)"
    case .network(let network): "is an address in \(network)"
    case .number(let comparison, let bound): "\(comparison.symbol) \(Self.shown(bound))"
    case .timePart(let part, let comparison, let bound):
      "\(part.rawValue) \(comparison.symbol) \(Self.shown(bound))"
    case .null: "is absent or null"
    case .exists(true): "is there"
    case .exists(false): "is not there"
    case .field(let reference):
      "\(reference.mode.words) the value of \(reference.field)"
        + (reference.isCased ? " in the same case" : "")
    }
  }

  /// The text without which the test can't hold, in lower case; `nil` if there is none.
  package var requiredText: [UInt8]? {
    switch self {
    case .text(let pattern, _):
      var longest: [UInt8] = []
      for case .bytes(let bytes) in pattern.pieces where bytes.count > longest.count {
        longest = bytes
      }
      return longest.isEmpty ? nil : CaseFolding.folded(longest)
    case .regex(let regex): return regex.regex.requiredLiteral
    case .network, .number, .timePart, .null, .exists, .field: return nil
    }
  }

  private static func shown(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
  }
}

extension TextPattern {
  fileprivate var words: String {
    if isAny { return "is anything" }
    let inner = pieces.drop { $0 == .anyRun }
    let text = inner.last == .anyRun ? inner.dropLast() : inner
    if text.count <= 1, text.allSatisfy({ if case .bytes = $0 { true } else { false } }) {
      let shown = "'\(TextPattern(pieces: Array(text)))'"
      switch (isOpenAtStart, isOpenAtEnd) {
      case (true, true): return "contains \(shown)"
      case (true, false): return "ends with \(shown)"
      case (false, true): return "begins with \(shown)"
      case (false, false): return "is \(shown)"
      }
    }
    return "is like '\(self)'"
  }
}

extension RegexTest {
  fileprivate var flags: String {
    (options.contains(.caseInsensitive) ? "i" : "") + (options.contains(.multiline) ? "m" : "")
      + (options.contains(.dotMatchesLineEnds) ? "s" : "")
  }
}

extension NumberComparison {
  fileprivate var symbol: String {
    switch self {
    case .equal: "="
    case .less: "<"
    case .atMost: "<="
    case .greater: ">"
    case .atLeast: ">="
    }
  }
}

extension FieldReference.Mode {
  fileprivate var words: String {
    switch self {
    case .equals: "is"
    case .contains: "contains"
    case .startswith: "begins with"
    case .endswith: "ends with"
    }
  }
}
