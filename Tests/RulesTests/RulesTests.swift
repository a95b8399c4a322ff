import Foundation
import Testing
import Vedette
import VedetteFindings
import VedetteRules

/// Holds the rules that ship to their own samples and to what every rule must say.
@Suite("Rules")
struct RulesTests {
  static let folder = URL(filePath: #filePath)
    .appending(path: "../../../rules").standardizedFileURL.path
  static let rules = RuleLoader().load(RuleFolder.files([folder]).files)
  static let suites = RuleTests.suites([folder])

  @Test("every rule and every file of samples is read")
  func everythingIsRead() {
    #expect(Self.rules.errors == [])
    #expect(Self.suites.errors == [])
  }

  @Test("every rule has a suite of its own")
  func everyRuleIsTested() {
    #expect(RuleTests(Self.rules).untested(Self.suites.suites) == [])
  }

  @Test(
    "samples pass, and each condition that is taken away is missed by one",
    arguments: [0, 1, 2, 3]
  )
  func samplesAndMutations(part: Int) {
    let tests = RuleTests(Self.rules)
    for (index, suite) in Self.suites.suites.enumerated() where index % 4 == part {
      let firing = suite.cases.count { $0.mustFire }
      #expect(firing > 0, "\(suite.location): nothing must fire")
      #expect(firing < suite.cases.count, "\(suite.location): nothing must not fire")
      let outcome = tests.run(suite, mutates: true)
      for result in outcome.results {
        #expect(result.failure == nil, "\(result.sample.location): \(result.sample.name)")
      }
      for survivor in outcome.survivors {
        Issue.record("\(suite.location): survived: \(survivor.description)")
      }
    }
  }

  @Test("there are rules for infrastructure and for access to models")
  func bothWorldsAreCovered() {
    let paths = Self.rules.entries.map(\.metadata.relativePath)
    #expect(paths.count { $0.hasPrefix("model_access/") } >= 10)
    #expect(paths.count { !$0.hasPrefix("model_access/") } >= 20)
  }

  @Test("ids are unique, in whichever letters they are written")
  func idsAreUnique() {
    let ids = Self.rules.entries.map { $0.metadata.id.lowercased() }
    #expect(Set(ids).count == ids.count)
  }

  @Test("every rule says what an analyst needs", arguments: rules.entries.map(\.metadata))
  func everyRuleExplainsItself(_ metadata: RuleMetadata) {
    let place = "\(metadata.location)"
    #expect(metadata.declaredID.flatMap(UUID.init(uuidString:)) != nil, "\(place): no id")
    #expect(metadata.level != nil, "\(place): no level")
    #expect((metadata.description ?? "").count >= 40, "\(place): no description")
    #expect(!metadata.falsePositives.isEmpty, "\(place): no falsepositives")
    #expect(!metadata.techniques.isEmpty, "\(place): no ATT&CK or ATLAS technique")
    #expect(!metadata.title.isEmpty && metadata.title.count <= 60, "\(place): title")
  }
}
