import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// When a rule was written and changed.
  static let dateChecks: [LintCheck] = [
    one(
      "missing-date",
      .note,
      """
      The day a rule was made tells how old its knowledge is, and which of two copies came first.
      """
    ) { subject in
      guard subject.isRule, subject.root["date"] == nil else { return nil }
      return LintIssue(
        subject.position,
        "no date; write the day the rule was made as 2026-03-02"
      )
    },
    bad(
      "bad-date",
      "date",
      """
      A date is written as year, month and day with hyphens (ISO 8601), and must be a day that \
      exists. The fix rewrites slashes and missing zeros where year, month and day are clear.
      """
    ),
    bad(
      "bad-modified",
      "modified",
      """
      The day of the last change is written as 2026-03-02 and must exist, or tools that ask what \
      changed pass over the rule. The fix rewrites slashes and missing zeros.
      """
    ),
    one(
      "modified-before-date",
      .warning,
      """
      A rule can't be changed before it was made: one of the two days is wrong, mostly because one \
      was copied from another rule.
      """
    ) { subject in
      guard let date = subject.text("date"), let modified = subject.text("modified"),
        let made = day(date.value), let changed = day(modified.value), changed < made
      else { return nil }
      return LintIssue(
        modified.position,
        "modified '\(modified.value)' is before date '\(date.value)'"
      )
    },
  ]

  private static func bad(_ id: String, _ key: String, _ why: String) -> LintCheck {
    one(id, .warning, why) { subject in
      guard let date = subject.text(key), day(date.value) == nil else { return nil }
      let written = iso(date.value)
      return LintIssue(
        date.position,
        "\(key) '\(date.value)' is no day; write it as \(written ?? "2026-03-02")",
        fix: written.flatMap { subject.source.replacement(of: date.node, with: $0) }
      )
    }
  }

  /// `2026-03-02` for `2026/3/2` and its like, if that is a day.
  private static func iso(_ text: String) -> String? {
    let parts = text.split(omittingEmptySubsequences: false) { "-/.".contains($0) }
    guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count),
      (1...2).contains(parts[2].count)
    else { return nil }
    let written = parts.map { $0.count == 1 ? "0\($0)" : String($0) }.joined(separator: "-")
    return day(written) == nil ? nil : written
  }

  /// The day of `YYYY-MM-DD`, counted from 1970.
  private static func day(_ text: String) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2d || isDigit($0) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month), (1...CivilDate.daysInMonth(month, year: year)).contains(day)
    else { return nil }
    return CivilDate(year: year, month: month, day: day).daysSinceEpoch
  }
}
