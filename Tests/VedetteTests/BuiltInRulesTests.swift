import Foundation
import Testing
import Vedette
import VedetteContent
import VedetteEvent
import VedetteFindings
import VedetteIngest
import VedetteRules

@Suite("Rules in the binary")
struct BuiltInRulesTests {
  @Test("they are the folder's, byte by byte: 'make pack' writes them")
  func equalTheFolder() throws {
    let folder = PackageTree.root.appending(path: "rules")
    let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yml") }
      .map { "rules/\($0)" }
      .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    let (builtIn, tests) = (RuleSource.builtIn, RuleSource.builtInTests)
    #expect(builtIn.map(\.path) == all.filter { !$0.hasSuffix(".test.yml") })
    #expect(tests.map(\.path) == all.filter { $0.hasSuffix(".test.yml") })
    for file in builtIn + tests {
      let data = try? Data(contentsOf: PackageTree.root.appending(path: file.path))
      #expect(data.map(Array.init) == file.bytes, "\(file.path) differs: run 'make pack'")
    }
  }

  @Test("each can be used")
  func load() {
    let (rules, errors, _) = RuleSource.load(PipelineConfiguration())
    #expect(errors == [])
    #expect(rules.entries.count >= 30)
  }

  @Test("a folder with the same rules replaces them and changes nothing")
  func folderReplaces() {
    var configuration = PipelineConfiguration()
    configuration.rulePaths = [PackageTree.root.appending(path: "rules").path]
    let (rules, errors, _) = RuleSource.load(configuration)
    #expect(errors == [])
    #expect(rules.entries.count == RuleSource.load(PipelineConfiguration()).rules.entries.count)
  }

  @Test("rules are left out by id and by level")
  func filtered() throws {
    let all = RuleSource.load(PipelineConfiguration()).rules
    var configuration = PipelineConfiguration()
    configuration.ruleLevelMin = .high
    let loud = RuleSource.load(configuration).rules
    #expect(!loud.descriptors.isEmpty && loud.entries.count < all.entries.count)
    // What a correlation that is kept rests on stays, whatever its level.
    let bases = Set(loud.plans.flatMap(\.inputs))
    let rest = loud.descriptors.indices.filter { !bases.contains($0) }
    #expect(rest.allSatisfy { loud.descriptors[$0].reference.level >= .high })
    configuration = PipelineConfiguration()
    let single = try #require(all.plans.isEmpty ? nil : all.descriptors[all.plans[0].rule])
    configuration.excludedRules = [single.reference.id]
    let less = RuleSource.load(configuration).rules
    #expect(less.descriptors.allSatisfy { $0.reference.id != single.reference.id })
  }

  @Test(
    "damaged content is refused, not trapped on",
    arguments: ["a\t5\nabc", "a\n", "a\t-1\nx", "a\tx\n", "a", "a\t1\tb\nx", "a\t1"]
  )
  func damaged(text: String) {
    #expect(VedetteContent.files(in: Array(text.utf8)) == nil)
  }

  @Test("content is split at its lengths")
  func split() throws {
    let files = try #require(VedetteContent.files(in: Array("a\t2\nx\nb\t0\nc\t1\ny".utf8)))
    #expect(files.map(\.path) == ["a", "b", "c"])
    #expect(files.map(\.bytes) == [Array("x\n".utf8), [], Array("y".utf8)])
  }
}
