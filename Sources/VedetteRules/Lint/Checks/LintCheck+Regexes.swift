import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let special = "\\^$.|?*+()[]{}"
  private static let extensions = [
    "exe", "dll", "ps1", "bat", "cmd", "vbs", "js", "hta", "lnk", "sys", "com", "org", "net",
    "zip", "txt", "log", "php", "aspx", "jsp", "html", "doc", "docx", "xls", "xlsx",
  ]

  /// Regular expressions.
  static let regexChecks: [LintCheck] = [
    item(
      "regex-without-need",
      .note,
      """
      An expression without any special character is a plain text. 'contains' says the same, is \
      read at a glance and runs much faster; with 'cased' it minds capitals as 're' does. The fix \
      writes 'contains|cased'.
      """
    ) { item, subject in
      guard item.has("re"), !item.field.isEmpty, !item.values.isEmpty,
        item.values.allSatisfy({ value in
          !value.scalar.text.isEmpty && !value.scalar.text.contains { special.contains($0) }
        })
      else { return nil }
      let isText = item.values.allSatisfy { value in
        if case .text = value.scalar.value { true } else { false }
      }
      let key = item.key.replacing("|re", with: "|contains|cased")
      return LintIssue(
        item.position,
        "'\(shown(item.values[0].scalar.text))' is a plain text; write it with 'contains|cased'",
        fix: item.modifiers == ["re"] && isText
          ? subject.source.replacement(at: item.position, item.key, with: key) : nil
      )
    },
    value(
      "needless-regex-padding",
      .note,
      """
      An expression is looked for anywhere in the value, so that '.*' at its beginning or end adds \
      nothing but work. With '^.*' the anchor says nothing either.
      """
    ) { value, item, _ in
      guard item.has("re") else { return nil }
      let text = value.scalar.text
      let isPadded =
        text.hasPrefix(".*") || text.hasPrefix("^.*")
        || (text.hasSuffix(".*") && !text.hasSuffix("\\.*"))
        || (text.hasSuffix(".*$") && !text.hasSuffix("\\.*$"))
      guard isPadded, !text.contains("|") else { return nil }
      return LintIssue(
        value.position,
        "'.*' at an end of '\(shown(text))' adds nothing; remove it"
      )
    },
    value(
      "regex-always-true",
      .warning,
      """
      The expression matches the empty text, and is not anchored at both ends, so that it is found \
      in every value: '(foo)?' and 'a*' ask for nothing. Write what must be there.
      """
    ) { value, item, _ in
      guard item.has("re"), value.scalar.text.utf8.count <= 1_000,
        let test = try? RegexTest(value.scalar.text, [])
      else { return nil }
      var matcher = RegexMatcher(test.regex)
      guard ["", "\u{1}", "zQ7#\u{2}"].allSatisfy({ matcher.matches(in: Array($0.utf8).span) })
      else { return nil }
      return LintIssue(
        value.position,
        "'\(shown(value.scalar.text))' is found in every value; write what must be there"
      )
    },
    value(
      "unescaped-dot",
      .note,
      """
      A dot in an expression is any character. Before a file's or a domain's ending it was mostly \
      meant to be a dot, which is written '\\.'.
      """
    ) { value, item, _ in
      guard item.has("re"), let ending = unescapedEnding(Array(value.scalar.text.utf8)) else {
        return nil
      }
      return LintIssue(
        value.position,
        "the dot before '\(ending)' is any character; write '\\.\(ending)'"
      )
    },
    value(
      "regex-in-slashes",
      .warning,
      """
      Sigma writes an expression without delimiters. Slashes around it are part of what is looked \
      for, and flags after the last are too; flags are modifiers: '|re|i'.
      """
    ) { value, item, _ in
      let text = value.scalar.text
      guard item.has("re"), text.count > 2, text.hasPrefix("/"), !text.dropFirst().hasPrefix("/"),
        let last = text.lastIndex(of: "/"), last > text.startIndex,
        text[text.index(after: last)...].allSatisfy({ "gimsux".contains($0) }),
        !text[text.index(after: text.startIndex)..<last].contains("/")
          || text[text.index(after: last)...].count > 0
      else { return nil }
      return LintIssue(
        value.position,
        "the slashes of '\(shown(text))' are looked for too; remove them, and write flags as '|re|i'"
      )
    },
  ]

  /// The ending of a file or domain after a dot that is no plain dot: `cmd.exe`.
  private static func unescapedEnding(_ bytes: [UInt8]) -> String? {
    for index in bytes.indices.dropFirst() where bytes[index] == 0x2e {
      guard isWordByte(bytes[index - 1]), index < 2 || bytes[index - 2] != 0x5c else { continue }
      let word = bytes[(index + 1)...].prefix { isWordByte($0) }
      guard word.count <= 4 else { continue }
      let text = String(decoding: word, as: UTF8.self).lowercased()
      if extensions.contains(text) { return String(decoding: word, as: UTF8.self) }
    }
    return nil
  }
}
