import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let openers = ["contains", "startswith", "endswith"]
  private static let imageFields = [
    "Image", "ParentImage", "SourceImage", "TargetImage", "ImageLoaded", "GrandParentImage",
  ]

  /// Texts with wildcards.
  static let textChecks: [LintCheck] = [
    value(
      "needless-wildcard",
      .note,
      """
      'contains' already stands for anything before and after, 'startswith' for anything after and \
      'endswith' for anything before. A '*' there says the same again. The fix removes it.
      """
    ) { value, item, subject in
      guard case .text(let text) = value.scalar.value, !item.has("re", "expand", "fieldref"),
        let opener = openers.first(where: { item.has($0) })
      else { return nil }
      var stripped = text[...]
      if opener != "startswith", stripped.hasPrefix("*") { stripped = stripped.dropFirst() }
      if opener != "endswith", stripped.hasSuffix("*"), !stripped.dropLast().hasSuffix("\\") {
        stripped = stripped.dropLast()
      }
      guard stripped.count < text.count, !stripped.isEmpty, !stripped.hasPrefix("*"),
        !stripped.hasSuffix("*")
      else { return nil }
      return LintIssue(
        value.position,
        "'*' beside '\(opener)' says nothing; write '\(shown(String(stripped)))'",
        fix: subject.source.replacement(at: value.position, text, with: String(stripped))
      )
    },
    item(
      "wildcard-for-modifier",
      .note,
      """
      Values that begin or end with '*' are what 'contains', 'startswith' and 'endswith' are for: \
      the modifier is read at a glance, and tools make faster queries of it.
      """
    ) { item, _ in
      guard !item.field.isEmpty, item.modifiers.isEmpty else { return nil }
      let patterns = item.values.compactMap(\.pattern)
      guard patterns.count == item.values.count, let first = patterns.first,
        let modifier = modifierFor(first), patterns.allSatisfy({ modifierFor($0) == modifier })
      else { return nil }
      return LintIssue(
        item.position,
        "write '\(item.field)|\(modifier)' instead of wildcards at the ends of values"
      )
    },
    value(
      "escaped-wildcard",
      .warning,
      """
      A backslash before '*' makes it a plain character. In a path it was mostly meant to \
      be a separator followed by a wildcard, which is written '\\\\*': with '\\*' the rule looks \
      for a file with a star in its name.
      """
    ) { value, item, _ in
      guard case .text(let text) = value.scalar.value, item.isText else { return nil }
      let bytes = Array(text.utf8)
      guard bytes.contains(0x5c), looksLikePath(bytes) else { return nil }
      var slashes = 0
      for byte in bytes {
        if byte == 0x5c {
          slashes += 1
          continue
        }
        // A question mark after a backslash is mostly that of the prefix '\??\'.
        if byte == 0x2a, slashes == 1 {
          return LintIssue(
            value.position,
            "'\\*' in '\(shown(text))' is a plain star; "
              + "write '\\\\*' for a separator and a wildcard"
          )
        }
        slashes = 0
      }
      return nil
    },
    value(
      "contains-nothing",
      .warning,
      """
      An empty text is in every value, at every start and at every end: the item asks only that \
      the field is there. Write what is looked for, or 'exists: true'.
      """
    ) { value, item, _ in
      guard value.scalar.text.isEmpty, !value.scalar.isPlain,
        let opener = openers.first(where: { item.has($0) }), item.isText
      else { return nil }
      return LintIssue(
        value.position,
        "'\(opener)' of an empty text always holds; write a text, or 'exists: true'"
      )
    },
    value(
      "value-with-line-end",
      .warning,
      """
      The value ends with a line break, because it is written as a block ('|' or '>'): fields of \
      events do not, and nothing will match. Write '|-', or the text in quotes.
      """
    ) { value, item, _ in
      guard item.isText, value.scalar.text.last?.isNewline == true else { return nil }
      return LintIssue(
        value.position,
        "the value ends with a line break; write it with '|-' or in quotes"
      )
    },
    value(
      "invisible-character",
      .warning,
      """
      The value has a character that nobody sees: a zero-width blank, a direction mark or a \
      no-break blank, mostly copied from a web page. It must be in the event too. Where it is \
      meant, suppress the check.
      """
    ) { value, item, subject in
      // Rules that look for such characters have them alone, or among emoji.
      guard value.scalar.text.utf8.contains(where: isWordByte),
        let scalar = value.scalar.text.unicodeScalars.first(where: isInvisible)
      else { return nil }
      // Who writes an escape knows what it stands for.
      guard let line = subject.source.lineRange(value.position.line) else { return nil }
      let written = String(decoding: subject.source.bytes[line], as: UTF8.self)
      guard written.unicodeScalars.contains(where: isInvisible) else { return nil }
      let code = String(scalar.value, radix: 16, uppercase: true)
      return LintIssue(
        value.position,
        "the value has the invisible character U+\(code); remove it or write it as an escape"
      )
    },
    value(
      "slash-in-windows-path",
      .warning,
      """
      Windows logs paths of programs with backslashes, so that an end or a beginning with a slash \
      matches none. Write '\\cmd.exe'.
      """
    ) { value, item, subject in
      guard isWindows(subject), imageFields.contains(item.field), item.isText,
        value.scalar.text.contains("/"), !value.scalar.text.contains("\\")
      else { return nil }
      return LintIssue(
        value.position,
        "'\(shown(value.scalar.text))' has slashes; paths of Windows have backslashes"
      )
    },
    value(
      "program-without-separator",
      .note,
      """
      An end of a path without the separator in front also matches longer names: 'net.exe' is the \
      end of 'magnet.exe'. Write '\\net.exe'.
      """
    ) { value, item, subject in
      guard isWindows(subject), imageFields.contains(item.field), item.has("endswith"),
        case .text(let text) = value.scalar.value, text.lowercased().hasSuffix(".exe"),
        text.first.map({ $0.isLetter || $0.isNumber }) == true,
        !text.contains(where: { "\\/*?".contains($0) })
      else { return nil }
      return LintIssue(
        value.position,
        "'\(shown(text))' also ends longer names; write '\\\(shown(text))'"
      )
    },
  ]

  static func isWindows(_ subject: LintSubject) -> Bool {
    subject.root["logsource"]?.mapping?["product"]?.scalar?.text.lowercased() == "windows"
  }

  /// The modifier that says the same as a pattern's outer wildcards.
  private static func modifierFor(_ pattern: TextPattern) -> String? {
    switch pattern.pieces.count {
    case 3 where pattern.isOpenAtStart && pattern.isOpenAtEnd:
      isBytes(pattern.pieces[1], "contains")
    case 2 where pattern.isOpenAtStart: isBytes(pattern.pieces[1], "endswith")
    case 2 where pattern.isOpenAtEnd: isBytes(pattern.pieces[0], "startswith")
    default: nil
    }
  }

  private static func isBytes(_ piece: TextPattern.Piece, _ modifier: String) -> String? {
    if case .bytes = piece { modifier } else { nil }
  }

  /// Whether there is a drive, or another backslash before a name.
  private static func looksLikePath(_ bytes: [UInt8]) -> Bool {
    bytes.indices.dropLast().contains { index in
      bytes[index] == 0x5c && (isWordByte(bytes[index + 1]) || bytes[index + 1] == 0x25)
    } || bytes.dropFirst().starts(with: Array(":\\".utf8))
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xa0, 0xad, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x2064, 0x2066...0x2069, 0xfeff:
      true
    default: false
    }
  }
}
