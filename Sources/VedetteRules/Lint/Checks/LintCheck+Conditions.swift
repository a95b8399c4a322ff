import VedetteDocuments

extension LintCheck {
  /// How a condition joins its searches.
  static let conditionChecks: [LintCheck] = [
    LintCheck(
      "condition-never-true",
      .error,
      """
      Whatever the searches come to, the condition is false: 'a and not a', or a selection that is \
      its own filter. The rule can never fire. This is found by trying all outcomes of up to \
      twelve searches.
      """
    ),
    LintCheck(
      "condition-always-true",
      .error,
      """
      Whatever the searches come to, the condition is true: 'a or not a'. The rule fires on every \
      event of its log source.
      """
    ),
    one(
      "search-without-effect",
      .warning,
      """
      The condition names the search, but whether it holds never changes the outcome, as 'b' in \
      'a or (a and b)'. Mostly 'and' and 'or' were mixed up, or a parenthesis is missing.
      """
    ) { subject in
      guard let table = ConditionTable(subject.detection), table.outcomes.count == 2,
        let name = table.nameWithoutEffect
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "search '\(name)' never changes the outcome; check 'and', 'or' and parentheses"
      )
    },
    one(
      "repeated-operand",
      .note,
      "The same is joined with itself, as in 'a or a'. Mostly another search was meant."
    ) { subject in
      guard let detection = subject.detection,
        detection.conditions.contains(where: \.hasRepeatedOperand)
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "a search is joined with itself; name the other one that is meant"
      )
    },
    one(
      "double-negation",
      .note,
      "'not not' takes itself back. Mostly one 'not' too many was written."
    ) { subject in
      guard let detection = subject.detection,
        detection.conditions.contains(where: \.hasDoubleNegation)
      else { return nil }
      return LintIssue(conditionPosition(subject), "'not not' takes itself back; remove both")
    },
    one(
      "mixed-and-or",
      .note,
      """
      'and' binds more than 'or': 'a or b and not c' excludes c from b only. Readers differ about \
      it, and a filter that is meant for all is the usual victim. Parentheses say what is meant.
      """
    ) { subject in
      guard let text = subject.body?["condition"]?.scalar?.text, mixesWithoutParentheses(text)
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "'and' and 'or' without parentheses; write what belongs together as '(a or b) and c'"
      )
    },
    one(
      "all-of-them",
      .note,
      """
      'all of them' takes every search, also one that is added later as a filter, which then has to \
      hold. Name the selections by a pattern.
      """
    ) { subject in
      guard let detection = subject.detection,
        detection.conditions.contains(where: \.hasAllOfThem)
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "'all of them' leaves no room for filters; write 'all of selection_*'"
      )
    },
    one(
      "condition-word-not-lower-case",
      .note,
      """
      The words of conditions are written in lower case. Vedette reads AND, OR and NOT too, other \
      tools take them for names of searches. The fix writes them in lower case.
      """
    ) { subject in
      guard let node = subject.body?["condition"], let text = node.scalar?.text else {
        return nil
      }
      let words = ["and", "or", "not", "of", "them", "all", "any"]
      let written = mapWords(text) { word in
        words.contains(word.lowercased()) ? word.lowercased() : word
      }
      guard written != text else { return nil }
      return LintIssue(
        node.position,
        "the words of a condition are in lower case; write '\(shown(written))'",
        fix: subject.source.replacement(of: node, with: written)
      )
    },
    one(
      "quantifier-without-wildcard",
      .warning,
      """
      '1 of selection' ranges over the one search of that name: the '*' is missing, or the '1 of' \
      is too much.
      """
    ) { subject in
      guard let detection = subject.detection else { return nil }
      let name = detection.conditions.lazy.compactMap(\.quantifiedName).first
      return name.map { name in
        LintIssue(
          conditionPosition(subject),
          "'of \(name)' ranges over one search; write '\(name)' or '\(name)*'"
        )
      }
    },
    one(
      "detection-with-only-exclusions",
      .note,
      """
      The condition says only what must not be there, so that nearly every event matches. Name what \
      must be there too.
      """
    ) { subject in
      guard let conditions = subject.detection?.conditions, !conditions.isEmpty, subject.isRule,
        conditions.allSatisfy(\.isNegative)
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "the condition only says what must not be: nearly all events match; add a selection"
      )
    },
    one(
      "filter-not-excluding",
      .warning,
      """
      A filter is joined with 'and' to the rules it names: as it is written it keeps what it names \
      and drops everything else. An exclusion is written 'not selection'.
      """
    ) { subject in
      guard case .filter(let filter) = subject.document,
        filter.detection.conditions.allSatisfy({ if case .not = $0 { false } else { true } })
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "the filter keeps what it names and drops the rest; an exclusion is 'not selection'"
      )
    },
  ]

  private static func mapWords(_ text: String, _ change: (String) -> String) -> String {
    var output = ""
    var word = ""
    for character in text {
      if character.isWhitespace || character == "(" || character == ")" {
        output += change(word) + String(character)
        word = ""
      } else {
        word.append(character)
      }
    }
    return output + change(word)
  }

  /// Whether one level of parentheses has both words.
  private static func mixesWithoutParentheses(_ text: String) -> Bool {
    var levels: [Set<String>] = [[]]
    var isMixed = false
    var word = ""
    func close() {
      if word == "and" || word == "or" {
        levels[levels.count - 1].insert(word)
        isMixed = isMixed || levels[levels.count - 1].count == 2
      }
      word = ""
    }
    for character in text.lowercased() {
      switch character {
      case "(":
        close()
        levels.append([])
      case ")":
        close()
        if levels.count > 1 { levels.removeLast() }
      case " ", "\n", "\t": close()
      default: word.append(character)
      }
    }
    close()
    return isMixed
  }
}

extension Condition {
  /// Whether it asks for nothing to be there.
  fileprivate var isNegative: Bool {
    switch self {
    case .not: true
    case .and(let parts): parts.allSatisfy(\.isNegative)
    case .or(let parts): parts.contains(where: \.isNegative)
    case .search, .some: false
    }
  }

  private var parts: [Condition] {
    switch self {
    case .search, .some: []
    case .not(let inner): [inner]
    case .and(let parts), .or(let parts): parts
    }
  }

  fileprivate var hasAllOfThem: Bool {
    if case .some(.them, requiresAll: true) = self {
      true
    } else {
      parts.contains(where: \.hasAllOfThem)
    }
  }

  fileprivate var hasDoubleNegation: Bool {
    if case .not(.not) = self { true } else { parts.contains(where: \.hasDoubleNegation) }
  }

  fileprivate var hasRepeatedOperand: Bool {
    switch self {
    case .search, .some: false
    case .not(let inner): inner.hasRepeatedOperand
    case .and(let parts), .or(let parts):
      Set(parts).count < parts.count || parts.contains(where: \.hasRepeatedOperand)
    }
  }

  /// The name of a search behind `of` that has no wildcard.
  fileprivate var quantifiedName: String? {
    if case .some(.named(let name), _) = self, !name.contains("*") { return name }
    return parts.lazy.compactMap(\.quantifiedName).first
  }
}
