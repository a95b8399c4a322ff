import VedetteEvent
public import VedetteFindings

/// How an id and what belongs to a place are written.
enum JSONForm {
  /// For whoever reads one answer: an id with so many digits, and where each event was read.
  case shown(idDigits: Int)
  /// For comparing runs: whole ids, and nothing but what follows from input, rules and
  /// configuration.
  case canonical

  func id(_ prefix: String, _ id: FindingID) -> String {
    switch self {
    case .shown(let digits): prefix + id.hex.prefix(digits)
    case .canonical: prefix + id.hex
    }
  }
}

/// Findings as JSON, with keys in a fixed order and absent where there is nothing to say.
public enum FindingJSON {
  /// Returns a finding as a JSON object in one line.
  ///
  /// - Parameters:
  ///   - finding: The finding.
  ///   - idDigits: Hex digits of its id; 32 are all.
  /// - Returns: The object.
  public static func text(_ finding: Finding, idDigits: Int) -> String {
    var json = JSONWriter()
    write(finding, .shown(idDigits: idDigits), to: &json)
    return json.text
  }

  static func write(_ finding: Finding, _ form: JSONForm, to json: inout JSONWriter) {
    json.object { json in
      json.member("id", form.id("F-", finding.id))
      json.member("time", finding.time.description)
      json.member("detector", finding.detector.rawValue)
      if let rule = finding.rule { write(rule, to: &json) }
      json.member("severity", finding.severity.name)
      json.member("score", finding.score)
      write(finding.entities, to: &json)
      json.member("techniques", finding.techniques)
      if case .shown = form { write(finding.evidence, to: &json) }
      json.member("count", finding.count)
      write(finding.explanation, to: &json)
    }
  }

  static func write(_ entities: [Entity], to json: inout JSONWriter) {
    guard !entities.isEmpty else { return }
    json.key("entities")
    json.array { json in
      for entity in entities {
        json.object { json in
          json.member("type", entity.type.rawValue)
          json.member("value", entity.value)
          json.member("role", entity.role.rawValue)
        }
      }
    }
  }

  private static func write(_ rule: RuleReference, to json: inout JSONWriter) {
    json.key("rule")
    json.object { json in
      json.member("id", rule.id)
      json.member("title", rule.title)
      json.member("level", rule.level.name)
      json.member("path", rule.path)
    }
  }

  private static func write(_ evidence: [Evidence], to json: inout JSONWriter) {
    guard !evidence.isEmpty else { return }
    json.key("events")
    json.array { json in
      for one in evidence {
        json.object { json in
          json.member("file", one.origin.path)
          json.member("line", one.origin.line)
          json.member("offset", Int(one.origin.offset))
        }
      }
    }
  }

  private static func write(_ explanation: Explanation, to json: inout JSONWriter) {
    json.key("explanation")
    json.object { json in
      json.member("summary", explanation.summary)
      if !explanation.terms.isEmpty {
        json.key("terms")
        json.array { json in for term in explanation.terms { write(term, to: &json) } }
      }
      guard !explanation.nearestNormal.isEmpty else { return }
      json.key("nearest_normal")
      json.object { json in
        for fact in explanation.nearestNormal { json.member(fact.name, fact.value) }
      }
    }
  }

  private static func write(_ term: ExplanationTerm, to json: inout JSONWriter) {
    json.object { json in
      json.member("feature", term.feature)
      json.member("observed", term.observed)
      json.member("expected", term.expected)
      json.member("scale", term.scale)
      json.member("contribution", term.contribution)
      json.member("bound", term.bound)
      json.member("value", term.value)
    }
  }
}
