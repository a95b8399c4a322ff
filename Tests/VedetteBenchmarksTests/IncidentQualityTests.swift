import Foundation
import Testing
@testable import VedetteBenchmarks
import VedetteSimulation

/// Holds incidents on generated attacks among decoys to what is asked of them.
@Suite("Quality of incidents")
struct IncidentQualityTests {
  @Test("attacks are one incident each, decoys are none", arguments: [1, 3] as [UInt64])
  func bars(seed: UInt64) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "vedette-quality-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let quality = IncidentQuality()
    var total = IncidentQuality.Score()
    for corpus in AttackCorpus.all(seed: seed) {
      total += try quality.outcome(corpus, in: folder).score
    }
    #expect(total.attacks > 20 && total.decoys > 20 && total.events > 300)
    #expect(total.misses == [])
    #expect(total.ordinary == 0)
  }

  @Test("a corpus is the same for a seed, and every line has its label")
  func corpora() {
    for (one, other) in zip(AttackCorpus.all(seed: 9), AttackCorpus.all(seed: 9)) {
      #expect(one.files.map(\.bytes) == other.files.map(\.bytes))
      for file in one.files {
        #expect(file.labels.count == file.bytes.count { $0 == UInt8(ascii: "\n") })
        let hour = file.labels.prefix(40)
        #expect(hour.allSatisfy { $0 == nil })
      }
      let labels = Set(one.files.flatMap(\.labels).compactMap(\.self))
      #expect(labels == Set(one.events.map(\.label)))
    }
    #expect(!AttackCorpus.developmentSeeds.overlaps(AttackCorpus.judgingSeeds))
  }
}
