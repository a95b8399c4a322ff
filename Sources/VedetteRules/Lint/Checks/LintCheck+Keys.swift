import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// The keys of the specification; any other is the author's own.
  private static let keys = [
    "title", "id", "name", "related", "taxonomy", "status", "description", "license", "author",
    "references", "date", "modified", "logsource", "detection", "fields", "falsepositives",
    "level", "tags", "scope", "correlation", "filter", "generate",
  ]
  private static let listKeys = [
    "references", "tags", "falsepositives", "fields", "related", "scope",
  ]
  private static let textKeys = [
    "description", "author", "license", "status", "level", "date", "modified", "taxonomy",
  ]

  /// How a document is written.
  static let keyChecks: [LintCheck] = [
    LintCheck(
      "misspelt-key",
      .warning,
      """
      The specification lets authors add keys of their own, so that an unknown key is no error; \
      but one that differs from a known key by a letter or two is mostly meant to be that key, and \
      is not read.
      """
    ) { subject in
      subject.root.entries.compactMap { entry in
        let isCase = keys.contains(entry.key.lowercased())
        guard !keys.contains(entry.key), !isCase,
          let nearest = NearestName.of(entry.key, in: keys), subject.root[nearest] == nil
        else { return nil }
        return LintIssue(
          entry.keyPosition,
          "unknown key '\(entry.key)'; did you mean '\(nearest)'?"
        )
      }
    },
    LintCheck(
      "key-not-lower-case",
      .warning,
      """
      Keys are read letter by letter: 'Level' is not 'level', and what stands there is not read.
      """
    ) { subject in
      subject.root.entries.compactMap { entry in
        guard entry.key != entry.key.lowercased(), keys.contains(entry.key.lowercased()) else {
          return nil
        }
        return LintIssue(
          entry.keyPosition,
          "key '\(entry.key)' is not read; write '\(entry.key.lowercased())'"
        )
      }
    },
    LintCheck(
      "empty-key",
      .warning,
      """
      A key with nothing after it looks as if something was said. Mostly a value was deleted or \
      forgotten. Give it a value or remove it.
      """
    ) { subject in
      subject.root.entries.compactMap { entry in
        guard keys.contains(entry.key), isEmpty(entry.value) else { return nil }
        return LintIssue(entry.keyPosition, "'\(entry.key)' is empty; fill it or remove it")
      }
    },
    LintCheck(
      "list-expected",
      .warning,
      """
      The specification has a list here. Vedette takes a single value for a list of one, other \
      tools take it apart or refuse the rule. The fix puts brackets around it.
      """
    ) { subject in
      listKeys.compactMap { key in
        guard let node = subject.root[key], node.sequence == nil, !isEmpty(node) else {
          return nil
        }
        return LintIssue(
          node.position,
          "'\(key)' is \(node.kind); write a list",
          fix: subject.source.wrapped(node)
        )
      }
    },
    LintCheck(
      "text-expected",
      .warning,
      """
      The specification has a single text here. A list or mapping is not read, and the key counts \
      as absent. Several authors are written in one text, with commas.
      """
    ) { subject in
      textKeys.compactMap { key in
        guard let node = subject.root[key], node.scalar == nil, !isEmpty(node) else { return nil }
        return LintIssue(node.position, "'\(key)' is \(node.kind); write a single text")
      }
    },
    one(
      "duplicate-output-field",
      .note,
      "A field is listed twice under 'fields' and would be shown twice. The fix removes the later."
    ) { subject in
      guard let field = subject.repeated("fields").first else { return nil }
      return LintIssue(
        field.position,
        "field '\(field.value)' is listed twice; list it once",
        fix: field.fix
      )
    },
    LintCheck(
      "mixed-document",
      .error,
      """
      A document is a rule, a correlation or a filter. One that has the keys of two could be read as \
      either, and is not used. Put them in documents of their own, separated by \
      '---'.
      """
    ),
    one(
      "logsource-of-correlation",
      .warning,
      """
      A correlation looks at what its rules have matched; a log source in it has no effect. Write \
      the log source in each of the rules.
      """
    ) { subject in
      guard subject.root["correlation"] != nil, let entry = subject.root.entry("logsource") else {
        return nil
      }
      return LintIssue(
        entry.keyPosition,
        "'logsource' of a correlation has no effect; write it in its rules"
      )
    },
    one(
      "misplaced-generate",
      .warning,
      """
      'generate' belongs into 'correlation', where it says that the rules report their own matches \
      too. Elsewhere other tools don't see it, and in a rule nobody does.
      """
    ) { subject in
      guard let entry = subject.root.entry("generate") else { return nil }
      return LintIssue(entry.keyPosition, "'generate' is misplaced; write it in 'correlation'")
    },
    one(
      "byte-order-mark",
      .note,
      """
      The file begins with a byte order mark, which UTF-8 does not need: it makes the first key \
      another one for tools that do not expect it. The fix removes it.
      """
    ) { subject in
      guard subject.isFirst, subject.source.bytes.starts(with: [0xef, 0xbb, 0xbf]) else {
        return nil
      }
      return LintIssue(
        .start,
        "the file begins with a byte order mark; save it without",
        fix: LintFix(edits: [LintEdit(range: 0..<3, replacement: [])])
      )
    },
    one(
      "no-line-end-at-end",
      .note,
      """
      The last line has no end, so that what is appended, by 'cat' or by an editor, continues it. \
      The fix adds one.
      """
    ) { subject in
      let bytes = subject.source.bytes
      guard subject.isFirst, let last = bytes.last, last != 0x0a, last != 0x0d else { return nil }
      let end = bytes.firstIndex(of: 0x0a) ?? 0
      let isWindows = end > 0 && bytes[end - 1] == 0x0d
      let edit = LintEdit(
        range: bytes.count..<bytes.count,
        replacement: isWindows ? [0x0d, 0x0a] : [0x0a]
      )
      return LintIssue(
        Position(line: subject.source.lineCount, column: 1),
        "the last line has no end; add one",
        fix: LintFix(edits: [edit])
      )
    },
  ]

  private static func isEmpty(_ node: Node) -> Bool {
    switch node.content {
    case .scalar(let scalar): scalar.value == .null || scalar.text.isEmpty
    case .sequence(let nodes): nodes.isEmpty
    case .mapping(let mapping): mapping.entries.isEmpty
    }
  }
}
