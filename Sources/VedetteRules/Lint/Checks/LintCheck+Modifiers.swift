import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let longNames = ["ignorecase": "i", "multiline": "m", "dotall": "s"]
  private static let encodings = ["utf16", "utf16le", "utf16be", "wide"]

  /// Modifiers that have no effect, or not the one meant.
  static let modifierChecks: [LintCheck] = [
    item(
      "all-with-one-value",
      .warning,
      """
      'all' asks that every value holds instead of any. With one value there is nothing to choose: \
      mostly a list got lost. The fix removes the modifier.
      """
    ) { item, subject in
      guard item.has("all"), item.values.count == 1 else { return nil }
      return LintIssue(
        item.position,
        "'all' has one value to choose from; remove it",
        fix: without("all", item, subject)
      )
    },
    item(
      "all-not-last",
      .note,
      """
      'all' is about the list and the others about each value; it is written last, as \
      'CommandLine|contains|all', and some tools refuse another order. The fix moves it.
      """
    ) { item, subject in
      guard item.has("all"), item.modifiers.last != "all", !item.field.isEmpty else { return nil }
      let others = item.modifiers.filter { $0 != "all" }
      let key = ([item.field] + others + ["all"]).joined(separator: "|")
      return LintIssue(
        item.position,
        "'all' stands before another modifier; write '\(key)'",
        fix: subject.source.replacement(at: item.position, item.key, with: key)
      )
    },
    item(
      "impossible-all",
      .warning,
      """
      With 'all' every value must hold, and a field can't equal, begin with or end with two texts \
      of which neither begins or ends with the other. Only an array could. Mostly 'contains' is \
      missing, or 'all' is too much.
      """
    ) { item, _ in
      guard item.has("all"), !item.field.isEmpty, item.isText, !item.has("contains", "expand"),
        !item.has("base64", "base64offset", "windash"), item.values.count <= 200
      else { return nil }
      let texts = item.values.compactMap { $0.pattern?.plain }.map(CaseFolding.folded)
      guard texts.count == item.values.count, let longest = texts.max(by: { $0.count < $1.count })
      else { return nil }
      let isPossible = texts.allSatisfy { text in
        if item.has("startswith") { return longest.starts(with: text) }
        if item.has("endswith") { return longest.reversed().starts(with: text.reversed()) }
        return longest == text
      }
      return isPossible
        ? nil
        : LintIssue(
          item.position,
          "no text satisfies all values of '\(item.key)'; add 'contains' or remove 'all'"
        )
    },
    item(
      "contains-without-effect",
      .note,
      """
      A regular expression is looked for anywhere in the value, so that 'contains' beside 're' \
      says nothing. The fix removes it.
      """
    ) { item, subject in
      guard item.has("contains"), let index = item.modifiers.firstIndex(of: "re"),
        item.modifiers[index...].contains("contains")
      else { return nil }
      return LintIssue(
        item.position,
        "'contains' has no effect beside 're'; remove it",
        fix: without("contains", item, subject)
      )
    },
    item(
      "long-modifier-name",
      .note,
      """
      The flags of 're' are i, m and s in the specification; 'ignorecase' and its like are the \
      names of one tool, which others do not know. The fix writes the short ones.
      """
    ) { item, subject in
      guard item.modifiers.contains(where: { longNames[$0] != nil }) else { return nil }
      let key = ([item.field] + item.modifiers.map { longNames[$0] ?? $0 }).joined(separator: "|")
      return LintIssue(
        item.position,
        "a flag by its long name; write '\(key)'",
        fix: subject.source.replacement(at: item.position, item.key, with: key)
      )
    },
    item(
      "windash-without-dash",
      .warning,
      """
      'windash' lets the dash before a flag be any of the five that Windows takes. No value has a \
      dash in front of a letter or digit, so that it does nothing. The fix removes it.
      """
    ) { item, subject in
      guard item.has("windash"), !item.has("expand", "base64", "base64offset") else { return nil }
      let patterns = item.values.compactMap(\.pattern)
      guard patterns.count == item.values.count,
        patterns.allSatisfy({ ValueEncoding.apply(.windash, to: $0) == [$0] })
      else { return nil }
      return LintIssue(
        item.position,
        "no value has a dash before a flag; remove 'windash'",
        fix: without("windash", item, subject)
      )
    },
    item(
      "expand-without-placeholder",
      .warning,
      """
      'expand' puts lists of values in the place of %names%. No value has one, so that it does \
      nothing, and tools that want a list refuse the rule. The fix removes it.
      """
    ) { item, subject in
      guard item.has("expand"), !item.values.isEmpty,
        item.values.allSatisfy({ $0.scalar.text.count { $0 == "%" } < 2 })
      else { return nil }
      return LintIssue(
        item.position,
        "no value has a %placeholder%; remove 'expand'",
        fix: without("expand", item, subject)
      )
    },
    item(
      "base64-of-whole-value",
      .warning,
      """
      Encoded text is nearly always a part of something longer, and 'base64offset' exists to find \
      it there at each of three offsets. Without 'contains' the field would have to be the encoded \
      text and nothing else.
      """
    ) { item, _ in
      guard item.has("base64offset"), !item.field.isEmpty,
        !item.has("contains", "startswith", "endswith")
      else { return nil }
      return LintIssue(
        item.position,
        "'base64offset' compares the whole value; add '|contains'"
      )
    },
    item(
      "utf16-without-base64",
      .warning,
      """
      UTF-16 inside of a log is nearly always inside of base64, as PowerShell's encoded commands \
      are. By itself the value has a zero byte after each letter, which no text of an event has. \
      Add 'base64offset' after it.
      """
    ) { item, _ in
      guard let name = item.modifiers.first(where: encodings.contains),
        !item.has("base64", "base64offset")
      else { return nil }
      return LintIssue(
        item.position,
        "'\(name)' without 'base64offset' looks for text with zero bytes; add it"
      )
    },
    item(
      "utf16-after-base64",
      .warning,
      """
      Modifiers apply in the order they are written. PowerShell encodes UTF-16 in base64, so that \
      'wide' comes first; the other way round the base64 is written in UTF-16, which nobody does.
      """
    ) { item, _ in
      guard let encoding = item.modifiers.firstIndex(where: encodings.contains),
        let base64 = item.modifiers.firstIndex(where: { $0.hasPrefix("base64") }),
        base64 < encoding
      else { return nil }
      return LintIssue(
        item.position,
        "'\(item.modifiers[encoding])' after '\(item.modifiers[base64])'; write it before"
      )
    },
    item(
      "comparison-with-list",
      .warning,
      """
      A list means that any value may hold; of several bounds only the loosest then counts, and \
      the others say nothing. Write the one that is meant, or two items for a range.
      """
    ) { item, _ in
      guard let name = ["lt", "lte", "gt", "gte"].first(where: { item.has($0) }),
        item.values.count > 1, !item.has("all")
      else { return nil }
      return LintIssue(
        item.position,
        "'\(name)' with a list: only the loosest bound counts; write one"
      )
    },
    LintCheck(
      "time-part-out-of-range",
      .error,
      """
      Minutes go from 0 to 59, hours to 23, days from 1 to 31, weeks to 53, months to 12. A number \
      outside is never reached, so that the item is always false, or with a comparison always true.
      """
    ),
    LintCheck(
      "impossible-range",
      .error,
      """
      Two comparisons of one field in one mapping must both hold, and no number satisfies both. \
      Mostly 'gt' and 'lt' were swapped, or the two belong into a list.
      """
    ),
  ]

  /// Takes a modifier out of a key.
  static func without(_ name: String, _ item: LintItem, _ subject: LintSubject) -> LintFix? {
    guard !item.field.isEmpty, item.modifiers.count(where: { $0 == name }) == 1 else { return nil }
    let key = ([item.field] + item.modifiers.filter { $0 != name }).joined(separator: "|")
    return subject.source.replacement(at: item.position, item.key, with: key)
  }
}
