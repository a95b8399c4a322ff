import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let statuses = ["stable", "test", "experimental", "deprecated", "unsupported"]

  /// What a rule says about itself.
  static let metadataChecks: [LintCheck] = [
    missing("missing-title", .warning, "title", "give the rule a title"),
    LintCheck("long-title", .note) { subject in
      guard let title = subject.text("title"), title.value.count > 256 else { return [] }
      return [(title.position, "title has \(title.value.count) characters; the limit is 256")]
    },
    LintCheck("title-ends-with-stop", .note) { subject in
      guard let title = subject.text("title"), title.value.hasSuffix(".") else { return [] }
      return [(title.position, "title ends with a full stop; a title is no sentence")]
    },
    missing("missing-id", .warning, "id", "give the rule an UUID, or its path is its id"),
    LintCheck("id-not-uuid", .note) { subject in
      guard let id = subject.text("id"), !isUUID(id.value) else { return [] }
      return [(id.position, "id '\(id.value)' is no UUID; make one with uuidgen")]
    },
    LintCheck("missing-level", .warning) { subject in
      guard subject.root["filter"] == nil, subject.root["level"] == nil else { return [] }
      return [(subject.position, "no level, which counts as medium; write one")]
    },
    LintCheck("invalid-level", .error) { subject in
      guard let level = subject.text("level"), Severity(name: level.value) == nil else { return [] }
      let hint = suggestion(level.value, Severity.allCases.map(\.name))
      return [(level.position, "unknown level '\(level.value)'\(hint)")]
    },
    LintCheck("missing-status", .note) { subject in
      guard subject.isRule, subject.root["status"] == nil else { return [] }
      return [(subject.position, "no status; write 'experimental', 'test' or 'stable'")]
    },
    LintCheck("invalid-status", .error) { subject in
      guard let status = subject.text("status"), !statuses.contains(status.value) else { return [] }
      return [
        (status.position, "unknown status '\(status.value)'\(suggestion(status.value, statuses))")
      ]
    },
    missing("missing-description", .note, "description", "say what the rule catches and misses"),
    LintCheck("long-description", .note) { subject in
      guard let text = subject.text("description"), text.value.utf8.count > 65_535 else {
        return []
      }
      return [(text.position, "description has over 65535 bytes; shorten it")]
    },
    LintCheck("missing-falsepositives", .note) { subject in
      guard subject.isRule, subject.root["falsepositives"] == nil else { return [] }
      return [(subject.position, "no falsepositives; say what else looks like it")]
    },
    LintCheck("related-without-id", .warning) { subject in
      (subject.root["related"]?.sequence ?? []).compactMap { node in
        guard node.mapping?["id"] == nil || node.mapping?["type"] == nil else { return nil }
        return (node.position, "a related rule needs 'id' and 'type'")
      }
    },
    LintCheck("invalid-related-type", .warning) { subject in
      let types = [
        "derived", "obsolete", "obsoletes", "merged", "renamed", "similar", "correlation",
      ]
      return (subject.root["related"]?.sequence ?? []).compactMap { node in
        guard let type = node.mapping?["type"], let text = type.scalar?.text,
          !types.contains(text)
        else { return nil }
        return (type.position, "unknown type '\(text)' of a related rule\(suggestion(text, types))")
      }
    },
    LintCheck("reference-not-url", .note) { subject in
      subject.texts("references").compactMap { reference in
        guard !reference.value.contains("://") else { return nil }
        return (reference.position, "reference '\(reference.value)' is no address of a page")
      }
    },
    LintCheck("duplicate-reference", .note) { subject in
      duplicates(subject.texts("references")).map { reference in
        (reference.position, "reference '\(reference.value)' is listed twice; list it once")
      }
    },
  ]

  static func missing(
    _ id: String,
    _ severity: LintSeverity,
    _ key: String,
    _ remedy: String
  ) -> LintCheck {
    LintCheck(id, severity) { subject in
      guard subject.text(key)?.value.isEmpty ?? true else { return [] }
      return [(subject.position, "no \(key); \(remedy)")]
    }
  }

  static func suggestion(_ name: String, _ candidates: [String]) -> String {
    NearestName.of(name, in: candidates).map { "; did you mean '\($0)'?" }
      ?? "; known are \(candidates.joined(separator: ", "))"
  }

  static func duplicates<Place>(
    _ values: [(value: String, position: Place)]
  ) -> [(value: String, position: Place)] {
    var seen: Set<String> = []
    return values.filter { !seen.insert($0.value).inserted }
  }

  private static func isUUID(_ text: String) -> Bool {
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
