import VedetteDocuments
import VedetteEvent

/// Reads a condition: `selection and not 1 of filter_*`.
///
/// The grammar, from the least binding to the most (Sigma rules specification, "Condition"):
///
///     or     := and ("or" and)*
///     and    := not ("and" not)*
///     not    := "not" not | primary
///     primary:= "(" or ")" | ("1" | "any" | "all") "of" ("them" | pattern) | identifier
struct ConditionParser {
  private let tokens: [Token]
  private var next = 0
  private let detection: Detection
  private let context: ReadingContext
  private let start: Position

  private struct Token {
    var text: Substring
    var offset: Int
    var isWord: Bool { text != "(" && text != ")" }
    func isKeyword(_ word: String) -> Bool { text.lowercased() == word }
  }

  /// Reads a condition.
  ///
  /// - Parameters:
  ///   - node: The condition's text.
  ///   - detection: The searches it may name.
  ///   - context: What must be known beside them.
  /// - Returns: The condition; every name in it is defined.
  /// - Throws: ``RuleError`` at the place that is not understood.
  static func parse(
    _ node: Node,
    _ detection: Detection,
    _ context: ReadingContext
  ) throws(RuleError) -> Condition {
    guard let scalar = node.scalar, case .text(let text) = scalar.value else {
      throw context.error(
        .wrongKind(key: "condition", expected: "a text", found: node.kind),
        at: node.position
      )
    }
    var start = node.position
    if !scalar.isPlain { start.column += 1 }
    let tokens = tokenize(text)
    guard tokens.count <= Limits.conditionTokensMax else {
      throw context.error(
        .tooMany(what: "words in the condition", max: Limits.conditionTokensMax),
        at: start
      )
    }
    var parser = ConditionParser(tokens, detection, context, start)
    let condition = try parser.or(depth: 0)
    guard parser.next == tokens.count else {
      let token = tokens[parser.next]
      let detail =
        token.text == "|"
        ? "aggregations after '|' are no longer part of Sigma; write a correlation"
        : "'\(token.text)' is not expected here; join searches with 'and' or 'or'"
      throw parser.error(.condition(detail: detail))
    }
    return condition
  }

  private init(
    _ tokens: [Token],
    _ detection: Detection,
    _ context: ReadingContext,
    _ start: Position
  ) {
    self.tokens = tokens
    self.detection = detection
    self.context = context
    self.start = start
  }

  private static func tokenize(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var wordStart: String.Index?
    var offset = 0
    var wordOffset = 0
    func close(_ end: String.Index) {
      guard let begin = wordStart else { return }
      tokens.append(Token(text: text[begin..<end], offset: wordOffset))
      wordStart = nil
    }
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      if scalar == "(" || scalar == ")" || scalar == "|" {
        close(index)
        let after = text.unicodeScalars.index(after: index)
        tokens.append(Token(text: text[index..<after], offset: offset))
      } else if scalar.properties.isWhitespace {
        close(index)
      } else if wordStart == nil {
        wordStart = index
        wordOffset = offset
      }
      offset += 1
    }
    close(text.endIndex)
    return tokens
  }

  private var token: Token? { next < tokens.count ? tokens[next] : nil }

  private func error(_ problem: RuleError.Problem, tokenIndex: Int? = nil) -> RuleError {
    var position = start
    let index = tokenIndex ?? next
    position.column += index < tokens.count ? tokens[index].offset : tokens.last?.offset ?? 0
    return context.error(problem, at: position)
  }

  private mutating func take(_ word: String) -> Bool {
    guard token?.isKeyword(word) == true else { return false }
    next += 1
    return true
  }

  private mutating func or(depth: Int) throws(RuleError) -> Condition {
    guard depth <= Limits.conditionDepthMax else {
      throw error(.tooMany(what: "levels in the condition", max: Limits.conditionDepthMax))
    }
    var parts = [try and(depth: depth)]
    while take("or") { parts.append(try and(depth: depth)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func and(depth: Int) throws(RuleError) -> Condition {
    var parts = [try not(depth: depth)]
    while take("and") { parts.append(try not(depth: depth)) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func not(depth: Int) throws(RuleError) -> Condition {
    var count = 0
    while take("not") { count += 1 }
    guard depth + count <= Limits.conditionDepthMax else {
      throw error(.tooMany(what: "levels in the condition", max: Limits.conditionDepthMax))
    }
    var condition = try primary(depth: depth + count)
    for _ in 0..<count { condition = .not(condition) }
    return condition
  }

  private mutating func primary(depth: Int) throws(RuleError) -> Condition {
    guard let token else {
      throw error(.condition(detail: "ends too early; a search is missing at its end"))
    }
    next += 1
    if token.text == "(" {
      let inner = try or(depth: depth + 1)
      guard self.token?.text == ")" else {
        throw error(.condition(detail: "a ')' is missing"))
      }
      next += 1
      return inner
    }
    guard token.isWord, token.text != "|" else {
      throw error(
        .condition(detail: "'\(token.text)' is not expected here; a search is missing"),
        tokenIndex: next - 1
      )
    }
    if self.token?.isKeyword("of") == true { return try quantified(token) }
    return try search(token)
  }

  private mutating func quantified(_ quantifier: Token) throws(RuleError) -> Condition {
    let requiresAll = quantifier.isKeyword("all")
    guard requiresAll || quantifier.isKeyword("any") || quantifier.text == "1" else {
      throw error(
        .condition(detail: "'\(quantifier.text) of' is not Sigma; write '1 of' or 'all of'"),
        tokenIndex: next - 1
      )
    }
    next += 1
    guard let token, token.isWord else {
      throw error(.condition(detail: "'of' is followed by 'them' or a pattern"))
    }
    let selector: Condition.Selector =
      token.isKeyword("them") ? .them : .named(String(token.text))
    guard !detection.searches(selector).isEmpty else {
      throw error(.unmatchedPattern(String(token.text), defined: detection.searches.map(\.name)))
    }
    next += 1
    return .some(selector, requiresAll: requiresAll)
  }

  private func search(_ token: Token) throws(RuleError) -> Condition {
    let name = String(token.text)
    guard detection.search(name) != nil else {
      let keywords = ["and", "or", "not", "of", "them"]
      if keywords.contains(name.lowercased()) {
        throw error(
          .condition(detail: "'\(name)' is not expected here; a search is missing"),
          tokenIndex: next - 1
        )
      }
      throw error(
        .undefinedSearch(name, defined: detection.searches.map(\.name)),
        tokenIndex: next - 1
      )
    }
    return .search(name)
  }
}
