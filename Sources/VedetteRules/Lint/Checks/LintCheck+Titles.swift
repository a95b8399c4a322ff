import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// What a rule is called and how it is told.
  static let titleChecks: [LintCheck] = [
    missing(
      "missing-title",
      .warning,
      "title",
      "give the rule a title",
      """
      The title is what an analyst reads first, in every list, finding and incident. Without one \
      the file's name stands there. The specification requires it.
      """
    ),
    one(
      "long-title",
      .note,
      "The specification allows a title 256 characters, and lists cut it long before. Details "
        + "belong in the description."
    ) { subject in
      guard let title = subject.text("title"), title.value.count > 256 else { return nil }
      return LintIssue(
        title.position,
        "title has \(title.value.count) characters; the limit is 256"
      )
    },
    one(
      "title-ends-with-stop",
      .note,
      """
      A title is no sentence: it stands in tables and before colons, where a full stop looks like \
      an end. The fix removes it.
      """
    ) { subject in
      guard let title = subject.text("title"), title.value.hasSuffix("."),
        !title.value.hasSuffix("..")
      else { return nil }
      let fix = subject.source.replacement(of: title.node, with: String(title.value.dropLast()))
      return LintIssue(title.position, "title ends with a full stop; remove it", fix: fix)
    },
    one(
      "title-begins-with-detects",
      .note,
      """
      That a rule detects something goes without saying; a list in which every title begins with \
      the same word is slow to read. Name what is detected: 'Shell Started By Web Server'.
      """
    ) { subject in
      guard let title = subject.text("title"),
        let first = title.value.split(separator: " ").first?.lowercased(),
        ["detects", "detect", "detection"].contains(first)
      else { return nil }
      return LintIssue(title.position, "title begins with '\(first)'; name what is detected")
    },
    one(
      "title-in-lower-case",
      .note,
      """
      Titles of rules begin with a capital letter or a digit, as names in headings do. One in \
      lower case is easily taken for the continuation of something else.
      """
    ) { subject in
      guard let title = subject.text("title"),
        let word = title.value.split(separator: " ").first, word.allSatisfy(\.isLetter),
        word == word.lowercased(), word.count > 1, title.value == title.value.lowercased()
      else { return nil }
      return LintIssue(title.position, "title is all in lower case; begin it with a capital")
    },
    missing(
      "missing-description",
      .note,
      "description",
      "say what the rule catches and misses",
      """
      Who sees a finding at night has not written the rule. The description says what it catches, \
      what it misses and what a match means; without it each has to read the condition.
      """
    ),
    one(
      "short-description",
      .note,
      """
      A description of less than 16 characters says no more than the title does. Say what is \
      caught, why that is suspicious, and what to look at next.
      """
    ) { subject in
      guard let text = subject.text("description"), text.value.count < 16 else { return nil }
      return LintIssue(text.position, "description says little; tell what a match means")
    },
    one(
      "description-repeats-title",
      .note,
      "A description in the very words of the title adds nothing. Tell what is caught, what is "
        + "missed and what a match means, or leave it out."
    ) { subject in
      guard let text = subject.text("description"), let title = subject.text("title"),
        letters(text.value) == letters(title.value), text.value.count >= 16
      else { return nil }
      return LintIssue(text.position, "description repeats the title; tell what a match means")
    },
    one(
      "long-description",
      .note,
      "The specification allows a description 65,535 bytes. A longer one is a report: link to it "
        + "under references."
    ) { subject in
      guard let text = subject.text("description"), text.value.utf8.count > 65_535 else {
        return nil
      }
      return LintIssue(text.position, "description has over 65535 bytes; shorten it")
    },
    one(
      "damaged-text",
      .warning,
      """
      The file holds U+FFFD, which a program writes where it could not read a character: the text \
      went through a wrong encoding and what stood there is lost. In a value it keeps the rule from \
      matching. Write the character again.
      """
    ) { subject in
      guard subject.isFirst, let line = subject.source.line(of: [0xef, 0xbf, 0xbd])
      else { return nil }
      return LintIssue(
        Position(line: line, column: 1),
        "U+FFFD stands where a character was lost; write it again"
      )
    },
  ]

  /// A check that a key is there.
  static func missing(
    _ id: String,
    _ severity: LintSeverity,
    _ key: String,
    _ remedy: String,
    _ why: String
  ) -> LintCheck {
    one(id, severity, why) { subject in
      guard subject.root[key] == nil else { return nil }
      return LintIssue(subject.position, "no \(key); \(remedy)")
    }
  }

  /// `; did you mean 'x'?`, or what is known.
  static func suggestion(_ name: String, _ candidates: [String]) -> String {
    NearestName.of(name, in: candidates).map { "; did you mean '\($0)'?" }
      ?? "; known are \(candidates.joined(separator: ", "))"
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The letters and digits of a text, in lower case.
  private static func letters(_ text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }
}
