import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// When a rule was written and changed.
  static let dateChecks: [LintCheck] = [
    LintCheck("missing-date", .note) { subject in
      guard subject.isRule, subject.root["date"] == nil else { return [] }
      return [(subject.position, "no date; write the day the rule was made as 2026-03-02")]
    },
    bad("bad-date", "date"),
    bad("bad-modified", "modified"),
    LintCheck("modified-before-date", .warning) { subject in
      guard let date = subject.text("date"), let modified = subject.text("modified"),
        let made = day(date.value), let changed = day(modified.value), changed < made
      else { return [] }
      return [(modified.position, "modified '\(modified.value)' is before date '\(date.value)'")]
    },
  ]

  private static func bad(_ id: String, _ key: String) -> LintCheck {
    LintCheck(id, .error) { subject in
      guard let date = subject.text(key), day(date.value) == nil else { return [] }
      return [(date.position, "\(key) '\(date.value)' is no day; write it as 2026-03-02")]
    }
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

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
