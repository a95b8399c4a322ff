import VedetteDocuments

extension LintCheck {
  /// The keys of the specification; any other is the author's own.
  private static let keys = [
    "title", "id", "name", "related", "taxonomy", "status", "description", "license", "author",
    "references", "date", "modified", "logsource", "detection", "fields", "falsepositives",
    "level", "tags", "scope", "correlation", "filter", "generate",
  ]

  /// How a document is written.
  static let keyChecks: [LintCheck] = [
    LintCheck("misspelt-key", .warning) { subject in
      subject.root.entries.compactMap { entry in
        guard !keys.contains(entry.key), let nearest = NearestName.of(entry.key, in: keys),
          subject.root[nearest] == nil
        else { return nil }
        return (entry.keyPosition, "unknown key '\(entry.key)'; did you mean '\(nearest)'?")
      }
    },
    LintCheck("key-not-lower-case", .warning) { subject in
      subject.root.entries.compactMap { entry in
        guard entry.key != entry.key.lowercased(), keys.contains(entry.key.lowercased()) else {
          return nil
        }
        return (entry.keyPosition, "key '\(entry.key)' is not in lower case and is not read")
      }
    },
    LintCheck("list-expected", .warning) { subject in
      ["references", "tags", "falsepositives", "fields", "related"].compactMap { key in
        guard let node = subject.root[key], node.sequence == nil, node.scalar?.value != .null
        else { return nil }
        return (node.position, "'\(key)' is \(node.kind); write a list")
      }
    },
  ]
}
