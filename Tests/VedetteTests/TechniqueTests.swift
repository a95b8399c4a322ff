import Foundation
import Testing
import Vedette
import VedetteFindings
import VedetteRules

@Suite("Techniques in the binary")
struct TechniqueTests {
  static let catalog = TechniqueSource.builtIn

  @Test("they are the file's, byte by byte: 'make pack' writes them")
  func equalTheFile() throws {
    let text = try PackageTree.text("Sources/VedetteContent/Data/techniques.tsv")
    let read = try #require(TechniqueCatalog(Array(text.utf8)))
    #expect(read.techniques == Self.catalog.techniques)
    #expect(read.tactics == Self.catalog.tactics)
    #expect(text.contains("The MITRE Corporation"))
  }

  @Test("there are as many as in the releases")
  func counts() {
    let attack = Self.catalog.techniques.filter { $0.framework == .attack }
    #expect(Self.catalog.releases == [.attack: "19.2", .atlas: "5.6.0"])
    #expect(attack.count { $0.parent == nil } == 222)
    #expect(attack.count { $0.parent != nil } == 475)
    #expect(Self.catalog.tactics.count { $0.framework == .attack } == 15)
    #expect(Self.catalog.tactics.count { $0.framework == .atlas } == 16)
    #expect(Self.catalog.techniques.count { $0.framework == .atlas } == 170)
  }

  @Test("each has a tactic of its matrix, and each part the technique that it is of")
  func consistent() {
    for technique in Self.catalog.techniques {
      #expect(!technique.tactics.isEmpty && !technique.name.isEmpty, "\(technique.id)")
      for tactic in technique.tactics {
        #expect(Self.catalog.tactic(tactic, of: technique.framework) != nil, "\(technique.id)")
      }
      if let parent = technique.parent {
        #expect(Self.catalog.standing(of: parent) == .known, "\(technique.id)")
      }
    }
    #expect(Set(Self.catalog.techniques.map(\.id)).count == Self.catalog.techniques.count)
  }

  @Test(
    "an id is known, revoked, taken back or unknown",
    arguments: [
      ("T1110.001", TechniqueCatalog.Standing.known), ("AML.T0024.002", .known),
      ("T1562.001", .revoked(successor: "T1685")), ("T1070.001", .revoked(successor: "T1685.005")),
      ("T1086", .revoked(successor: "T1059.001")), ("T9999", .unknown), ("AML.T9999", .unknown),
      ("T1110.999", .unknown),
    ]
  )
  func standing(_ id: String, _ expected: TechniqueCatalog.Standing) {
    #expect(Self.catalog.standing(of: id) == expected)
  }

  @Test("every successor is known")
  func successors() throws {
    let text = try PackageTree.text("Sources/VedetteContent/Data/techniques.tsv")
    for line in text.split(separator: "\n") where line.hasPrefix("revoked\t") {
      let successor = String(line.split(separator: "\t")[2])
      #expect(Self.catalog.standing(of: successor) == .known, "\(line)")
    }
  }

  @Test(
    "a list that is not of its form is refused",
    arguments: ["technique\tT1", "tactic\tother\ta\tb\tc", "nonsense", "release\tattack"]
  )
  func malformed(_ text: String) {
    #expect(TechniqueCatalog(Array(text.utf8)) == nil)
  }

  static func coverage(_ tags: [String]) throws -> (RuleCoverage, RuleSet) {
    let yaml = """
      title: t
      id: r
      logsource: {product: x}
      tags:
      \(tags.map { "  - \($0)" }.joined(separator: "\n"))
      detection:
        s: {a: 1}
        condition: s
      """
    let file = RuleFile(path: "r.yml", relativePath: "r.yml", bytes: Array(yaml.utf8))
    let rules = RuleLoader().load([file])
    return (RuleCoverage(rules, files: [file], catalog: catalog), rules)
  }

  @Test("tags count for their technique and the one above; what is wrong is told at its line")
  func judged() throws {
    let (coverage, rules) = try Self.coverage([
      "attack.t1110.001", "attack.credential-access", "attack.T1562.001", "attack.t9999",
      "attack.defense-evasion", "attack.credential_acess", "atlas.aml.t0024.002", "attack.g0001",
      "cve.2024-1",
    ])
    #expect(coverage.rules["T1110.001"] == [0])
    #expect(coverage.rules["T1110"] == nil)
    #expect(coverage.rulesBelow["T1110"] == [0])
    #expect(coverage.rules["T1685"] == [0])
    #expect(coverage.rulesBelow["AML.T0024"] == [0])
    #expect(coverage.taggedCount == 1)
    let told = coverage.problems.map { "\($0.location.line) \($0.isUnknown) \($0.message)" }
    #expect(told.count == 4)
    #expect(told[0].hasPrefix("7 false T1562.001 was revoked; write 'attack.t1685'"))
    #expect(told[1].hasPrefix("8 true T9999 is not in ATT&CK 19.2"))
    #expect(told[2].contains("'attack.stealth' or 'attack.defense-impairment'"))
    #expect(told[3].contains("did you mean 'credential-access'?"))
    let layer = NavigatorLayer(coverage, rules: rules, framework: .attack, name: "n").json
    let value = try JSONSerialization.jsonObject(with: Data(layer.utf8)) as? [String: Any]
    #expect(value?["domain"] as? String == "enterprise-attack")
    let techniques = try #require(value?["techniques"] as? [[String: Any]])
    #expect(techniques.compactMap { $0["techniqueID"] as? String } == ["T1110.001", "T1685"])
    #expect(techniques.allSatisfy { $0["score"] as? Int == 1 })
  }

  @Test("rules are left out by status and by tag")
  func filters() {
    let all = RuleSource.load(PipelineConfiguration()).rules
    var configuration = PipelineConfiguration()
    configuration.ruleTags = ["attack.t1110"]
    let some = RuleSource.load(configuration).rules
    let bases = Set(some.plans.flatMap(\.inputs))
    #expect(some.entries.count > 0 && some.entries.count < all.entries.count)
    for (index, entry) in some.entries.enumerated() where !bases.contains(index) {
      #expect(entry.metadata.techniques.contains { $0.hasPrefix("T1110") })
    }
    configuration.ruleStatuses = ["deprecated"]
    #expect(RuleSource.load(configuration).rules.entries.isEmpty)
  }
}
