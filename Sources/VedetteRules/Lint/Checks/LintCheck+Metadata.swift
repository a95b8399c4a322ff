import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let statuses = ["stable", "test", "experimental", "deprecated", "unsupported"]

  /// What a rule is known by and how far it is to be trusted.
  static let metadataChecks: [LintCheck] = [
    missing(
      "missing-id",
      .warning,
      "id",
      "give the rule an UUID, or its path is its id",
      """
      The id is what suppressions, correlations and the ids of findings hang on. Without one the \
      rule is known by its path, so that moving the file makes another rule of it.
      """
    ),
    one(
      "id-not-uuid",
      .note,
      """
      The specification asks for a UUID: it is unique without anybody keeping a list. A number or \
      word of one's own collides as soon as rules of two authors are used together.
      """
    ) { subject in
      guard let id = subject.text("id"), !isUUID(id.value) else { return nil }
      return LintIssue(id.position, "id '\(id.value)' is no UUID; make one with uuidgen")
    },
    one(
      "id-not-lower-case",
      .note,
      """
      Ids are compared letter by letter, and UUIDs are written in lower case (RFC 9562). One in \
      capitals is not found by who writes it the usual way. It is not mended by itself, because \
      the id is part of the ids of findings.
      """
    ) { subject in
      guard let id = subject.text("id"), isUUID(id.value), id.value != id.value.lowercased() else {
        return nil
      }
      return LintIssue(id.position, "id has capitals; write '\(id.value.lowercased())'")
    },
    one(
      "name-with-blank",
      .note,
      """
      A name is what correlations and filters write to refer to the rule, like an identifier. One \
      with blanks reads like a title and is easily misspelt; write 'failed_logins'.
      """
    ) { subject in
      guard let name = subject.text("name"), name.value.contains(where: \.isWhitespace) else {
        return nil
      }
      return LintIssue(name.position, "name '\(name.value)' has a blank; write '_' for it")
    },
    one(
      "missing-level",
      .warning,
      """
      The level decides whether a match opens an incident or only adds to one. Without it a rule \
      counts as medium, whatever its author thought.
      """
    ) { subject in
      guard subject.root["filter"] == nil, subject.root["level"] == nil else { return nil }
      return LintIssue(subject.position, "no level, which counts as medium; write one")
    },
    LintCheck(
      "invalid-level",
      .error,
      """
      A level is informational, low, medium, high or critical. A rule with any other word \
      would count as something that nobody meant, and is not used.
      """
    ),
    LintCheck(
      "word-not-lower-case",
      .note,
      """
      The words of level and status are written in lower case. Vedette reads a level in any case, \
      other tools refuse it. The fix writes it in lower case.
      """
    ) { subject in
      let known = [("level", Severity.allCases.map(\.name)), ("status", statuses)]
      return known.compactMap { key, words in
        guard let word = subject.text(key), word.value != word.value.lowercased(),
          words.contains(word.value.lowercased())
        else { return nil }
        let fix = subject.source.replacement(of: word.node, with: word.value.lowercased())
        return LintIssue(
          word.position,
          "\(key) '\(word.value)' has capitals; write '\(word.value.lowercased())'",
          fix: fix
        )
      }
    },
    one(
      "missing-status",
      .note,
      """
      The status says how far a rule was tried: experimental, test or stable. Who rolls out rules \
      by status passes over one that has none.
      """
    ) { subject in
      guard subject.isRule, subject.root["status"] == nil else { return nil }
      return LintIssue(subject.position, "no status; write 'experimental', 'test' or 'stable'")
    },
    one(
      "invalid-status",
      .warning,
      """
      A status is stable, test, experimental, deprecated or unsupported. A rule with any other \
      word is left out by whoever chooses rules by status.
      """
    ) { subject in
      guard let status = subject.text("status"), !statuses.contains(status.value.lowercased())
      else { return nil }
      let hint = suggestion(status.value, statuses)
      return LintIssue(status.position, "unknown status '\(status.value)'\(hint)")
    },
    one(
      "deprecated-without-successor",
      .note,
      """
      A deprecated rule should say which rule took its place, under 'related' in that rule's or \
      its own file. Otherwise whoever turns it off does not know whether a gap is left.
      """
    ) { subject in
      guard let status = subject.text("status"), status.value.lowercased() == "deprecated",
        subject.root["related"] == nil
      else { return nil }
      return LintIssue(status.position, "deprecated without 'related'; name what replaces it")
    },
    one(
      "license-not-spdx",
      .note,
      """
      The specification asks for an SPDX identifier, such as MIT or DRL-1.1, which programs can \
      compare. A sentence or an address has to be read by a person.
      """
    ) { subject in
      guard let license = subject.text("license") else { return nil }
      let words = license.value.split(separator: " ").map(String.init)
      let joins = ["AND", "OR", "WITH"]
      let isExpression = words.enumerated().allSatisfy { index, word in
        index % 2 == 1
          ? joins.contains(word)
          : word.utf8.allSatisfy { isWordByte($0) || [0x2d, 0x2e, 0x2b, 0x28, 0x29].contains($0) }
      }
      guard !isExpression || words.count % 2 == 0 else { return nil }
      return LintIssue(
        license.position,
        "license '\(license.value)' is no SPDX identifier; write one as 'MIT'"
      )
    },
    one(
      "taxonomy-not-sigma",
      .warning,
      """
      A taxonomy other than sigma gives fields and log sources names of its own, which Vedette has \
      no table for: the rule is read by sigma's names and may never match. Write the rule with \
      sigma's names, or map its fields.
      """
    ) { subject in
      guard let taxonomy = subject.text("taxonomy"), taxonomy.value.lowercased() != "sigma" else {
        return nil
      }
      return LintIssue(
        taxonomy.position,
        "taxonomy '\(taxonomy.value)' is not known; fields are read by sigma's names"
      )
    },
    one(
      "missing-falsepositives",
      .note,
      """
      Who gets a finding wants to know what else looks like it. Say what you saw while testing, or \
      'Unknown' if nothing.
      """
    ) { subject in
      guard subject.isRule, subject.root["falsepositives"] == nil else { return nil }
      return LintIssue(subject.position, "no falsepositives; say what else looks like it")
    },
    LintCheck(
      "falsepositive-says-nothing",
      .note,
      """
      'None' promises what no rule can keep, and 'n/a' says nothing. Where none is known write \
      'Unknown'; where all are rare, 'Unlikely'.
      """
    ) { subject in
      subject.texts("falsepositives").compactMap { text in
        let word = text.value.lowercased().filter { $0 != "." }
        guard ["none", "n/a", "na", "no", "nothing", "todo", "tbd"].contains(word) else {
          return nil
        }
        return LintIssue(
          text.position,
          "false positive '\(text.value)' says nothing; write 'Unknown' if none is known"
        )
      }
    },
  ]

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  static func isUUID(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [8, 4, 4, 4, 12] else { return false }
    return parts.joined().allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        true
      default: false
      }
    }
  }
}
