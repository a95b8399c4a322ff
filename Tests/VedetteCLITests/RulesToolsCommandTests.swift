import Foundation
import Testing

@Suite("vedette rules show and coverage")
struct RulesToolsCommandTests {
  @Test("show gives a rule to people and to programs")
  func show() throws {
    let vedette = try ScanCommandTests.prepared()
    let text = try vedette.run("rules", "show", "1111", "rules", "-o", "table")
    #expect(text.status == 0)
    #expect(text.lines.first == "Two")
    #expect(text.output.contains("    selection:\n      action: buy\n"))
    #expect(text.lines.allSatisfy { $0.count <= 80 })
    let object = try #require(try vedette.run("rules", "show", "two", "rules").objects().first)
    #expect(object["id"] as? String == "11111111-1111-4111-8111-111111111111")
    #expect(object["conditions"] as? [String] == ["selection"])
    let file = try vedette.run("rules", "show", "rules/a.yml")
    #expect(try file.objects().first?["title"] as? String == "One")
  }

  @Test("show --compiled says what the engine understood")
  func compiled() throws {
    let vedette = try ScanCommandTests.prepared()
    let text = try vedette.run("rules", "show", "Two", "rules", "--compiled", "-o", "table")
    #expect(text.output.contains("1  action is 'buy'"))
    #expect(text.output.contains("holds if 1\n"))
    #expect(text.output.contains("needs    'buy'"))
    let object = try #require(
      try vedette.run("rules", "show", "Two", "rules", "--compiled").objects().first
    )
    let variants = try #require(object["variants"] as? [[String: Any]])
    #expect(variants.first?["always_evaluated"] as? Bool == false)
    #expect(
      try vedette.run("rules", "show", "SSH login after brute force", "--compiled").status == 0
    )
  }

  @Test("show names what is ambiguous and what is not there")
  func lookup() throws {
    let vedette = try ScanCommandTests.prepared()
    let ambiguous = try vedette.run("rules", "show", "brute")
    #expect(ambiguous.status == 2)
    #expect(ambiguous.errors.contains("give more of the id"))
    let absent = try vedette.run("rules", "show", "nothing like it", "rules")
    #expect(absent.status == 2)
    #expect(absent.errors.contains("no rule answers to 'nothing like it'"))
    try vedette.write("rules/c.yml", "title: [")
    let broken = try vedette.run("rules", "show", "rules/c.yml")
    #expect(broken.status == 2)
    #expect(broken.errors.contains("rules/c.yml:2:1: error:"))
  }

  @Test("coverage counts rules, names wrong tags at their line, and makes a layer")
  func coverage() throws {
    let vedette = try ScanCommandTests.prepared()
    let good = try vedette.run("rules", "coverage", "rules", "-o", "csv")
    #expect(good.status == 0)
    #expect(good.lines.count == 222 + 475 + 170 + 1)
    let tags = "tags: [attack.t1059.001, attack.t0000]\n"
    let own = ScanCommandTests.rule.replacing("1111", with: "2222")
    try vedette.write("rules/c.yml", tags + own)
    let bad = try vedette.run("rules", "coverage", "rules", "-o", "table", "--layer", "layer.json")
    #expect(bad.status == 1)
    #expect(bad.errors.contains("rules/c.yml:1:26: error: T0000 is not in ATT&CK 19.2"))
    #expect(bad.output.contains("ATT&CK 19.2: 1 of 222 techniques and 1 of 475 sub-techniques"))
    #expect(bad.lines.allSatisfy { $0.count <= 80 })
    let layer = try JSONSerialization.jsonObject(with: Data(try vedette.read("layer.json").utf8))
    let techniques = (layer as? [String: Any])?["techniques"] as? [[String: Any]]
    #expect(techniques?.first?["techniqueID"] as? String == "T1059.001")
    // A revoked one is told, and fails only if that is asked for.
    try vedette.write("rules/c.yml", tags.replacing("t0000", with: "t1562.001") + own)
    let revoked = try vedette.run("rules", "coverage", "rules", "-o", "csv")
    #expect(revoked.status == 0)
    #expect(revoked.errors.contains("rules/c.yml:1:26: warning: T1562.001 was revoked"))
    #expect(try vedette.run("rules", "coverage", "rules", "--strict").status == 1)
    let atlas = try vedette.run("rules", "coverage", "-o", "navigator", "--framework", "atlas")
    #expect(atlas.output.contains("AML.T0024.002"))
    #expect(try vedette.run("rules", "coverage", "--framework", "x").status == 64)
    let missing = try vedette.run("rules", "coverage", "nowhere")
    #expect(missing.status == 2 && missing.output.isEmpty)
  }
}
