import VedetteEvent
import VedetteFindings

/// A layer of the ATT&CK Navigator, format 4.5: techniques coloured by the number of rules.
public struct NavigatorLayer: Sendable {
  /// Titles listed in a technique's comment.
  private static let titlesMax = 20

  /// The layer as JSON.
  public let json: String

  /// Makes a layer.
  ///
  /// - Parameters:
  ///   - coverage: What is covered.
  ///   - rules: The rules, for their titles.
  ///   - framework: Which matrix.
  ///   - name: What the layer is called.
  public init(
    _ coverage: RuleCoverage,
    rules: RuleSet,
    framework: TechniqueCatalog.Framework,
    name: String
  ) {
    let release = coverage.catalog.releases[framework] ?? ""
    let techniques = coverage.catalog.techniques.filter {
      $0.framework == framework && coverage.rules[$0.id] != nil
    }
    let most = techniques.map { coverage.rules[$0.id]?.count ?? 0 }.max() ?? 1
    var json = JSONWriter()
    json.object { json in
      json.member("name", name)
      json.key("versions")
      json.object { json in
        json.member("attack", String(release.prefix { $0 != "." }))
        json.member("navigator", "5.1.0")
        json.member("layer", "4.5")
      }
      json.member("domain", framework == .attack ? "enterprise-attack" : "atlas-atlas")
      json.member(
        "description",
        "Number of rules for each technique of \(framework.name) \(release)."
      )
      json.member("sorting", 3)
      json.member("hideDisabled", false)
      json.key("techniques")
      json.array { json in
        for technique in techniques { Self.write(technique, coverage, rules, &json) }
      }
      json.key("gradient")
      json.object { json in
        json.member("colors", ["#fff3cdff", "#f4a259ff", "#bc4b51ff"])
        json.member("minValue", 1)
        json.member("maxValue", max(2, most))
      }
      json.member("showTacticRowBackground", false)
      json.member("selectTechniquesAcrossTactics", true)
    }
    self.json = json.text
  }

  private static func write(
    _ technique: TechniqueCatalog.Technique,
    _ coverage: RuleCoverage,
    _ rules: RuleSet,
    _ json: inout JSONWriter
  ) {
    let own = coverage.rules[technique.id] ?? []
    let titles = own.prefix(titlesMax).map { rules.descriptors[$0].reference.title }
    let rest = own.count - titles.count
    json.object { json in
      json.member("techniqueID", technique.id)
      json.member("score", own.count)
      json.member("enabled", true)
      json.member(
        "comment",
        (titles + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "; ")
      )
      // So that a sub-technique is seen without being opened.
      if technique.parent == nil {
        json.member("showSubtechniques", hasCoveredParts(technique, coverage))
      }
    }
  }

  private static func hasCoveredParts(
    _ technique: TechniqueCatalog.Technique,
    _ coverage: RuleCoverage
  ) -> Bool {
    (coverage.rulesBelow[technique.id]?.count ?? 0) > (coverage.rules[technique.id]?.count ?? 0)
  }
}
