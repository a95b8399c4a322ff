import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// The events a rule looks at.
  static let logSourceChecks: [LintCheck] = [
    LintCheck("unknown-logsource-key", .warning) { subject in
      let known = ["product", "category", "service", "definition"]
      return (subject.root["logsource"]?.mapping?.entries ?? []).compactMap { entry in
        guard !known.contains(entry.key), NearestName.of(entry.key, in: known) != nil else {
          return nil
        }
        return (
          entry.keyPosition,
          "'\(entry.key)' in logsource says nothing\(suggestion(entry.key, known))"
        )
      }
    },
    LintCheck("logsource-not-lower-case", .warning) { subject in
      ["product", "category", "service"].compactMap { key in
        guard let node = subject.root["logsource"]?.mapping?[key], let text = node.scalar?.text,
          text != text.lowercased()
        else { return nil }
        return (node.position, "\(key) '\(text)' is not in lower case")
      }
    },
    LintCheck("logsource-with-blank", .warning) { subject in
      ["product", "category", "service"].compactMap { key in
        guard let node = subject.root["logsource"]?.mapping?[key], let text = node.scalar?.text,
          text.contains(" ")
        else { return nil }
        return (node.position, "\(key) '\(text)' has a blank; write '_' for it")
      }
    },
    LintCheck("unknown-windows-logsource", .note) { subject in
      guard case .rule(let rule) = subject.document, rule.logSource.product == "windows",
        Router.routes(rule.logSource).count == 1,
        rule.logSource.category != nil || rule.logSource.service != nil,
        let node = subject.root["logsource"]
      else { return [] }
      return [
        (
          node.position,
          "no channel is known for \(rule.logSource): only events asserted to be of it are looked at"
        )
      ]
    },
  ]
}
