import Foundation
import Testing
import VedetteEvent
import VedetteSimulation

@Suite("Corpora of model access")
struct ModelAccessCorpusTests {
  private static func corpus(_ difficulty: CorpusDifficulty, seed: UInt64) -> ModelAccessCorpus {
    ModelAccessCorpus(
      attacks: CorpusAttack.allCases,
      difficulty: difficulty,
      seed: seed,
      keyCount: 60,
      learningDays: 1,
      judgedDays: 1
    )
  }

  static let hard = corpus(.hard, seed: 9)

  @Test("the same arguments give the same bytes, another seed others")
  func repeatable() {
    #expect(Self.corpus(.hard, seed: 9).files == Self.hard.files)
    #expect(Self.corpus(.hard, seed: 10).files != Self.hard.files)
  }

  @Test("every attack is in the events, after the days of learning, and nowhere else")
  func attacks() {
    let hostile = Self.hard.events.filter { $0.attack != nil }
    let names = Set(hostile.compactMap(\.attack))
    #expect(names == Set(CorpusAttack.allCases.map { "\($0.rawValue)-1" }))
    #expect(hostile.allSatisfy { $0.time >= Self.hard.judgedFrom })
    let benign = ModelAccessCorpus(
      attacks: [],
      difficulty: .easy,
      seed: 9,
      keyCount: 60,
      learningDays: 1,
      judgedDays: 1
    )
    #expect(benign.events.allSatisfy { $0.attack == nil })
    #expect(benign.files.first { $0.path == "labels.ndjson" }?.bytes.isEmpty == true)
  }

  @Test(
    "at the hardest, hostile keys stay below the 95th percentile of benign ones",
    arguments: [9, 77]
  )
  func volumes(seed: UInt64) {
    let corpus = seed == 9 ? Self.hard : Self.corpus(.hard, seed: seed)
    var hours: [String: [Int64: Int]] = [:]
    var hostile: [String: [Int64: Int]] = [:]
    for event in corpus.events where event.time >= corpus.judgedFrom {
      let hour = event.time.nanosecondsSinceEpoch / 3_600_000_000_000
      hours[event.key, default: [:]][hour, default: 0] += 1
      if event.attack != nil { hostile[event.key, default: [:]][hour, default: 0] += 1 }
    }
    let benign = hours.filter { hostile[$0.key] == nil }.compactMap { $0.value.values.max() }
      .sorted()
    let bound = benign[benign.count * 95 / 100]
    for (key, counts) in hostile {
      #expect((counts.values.max() ?? 0) < bound, "\(key): \(counts.values.max() ?? 0) of \(bound)")
    }
  }

  @Test("labels name what the logs hold, and hostile events have a label each")
  func labels() throws {
    let files = Self.hard.files
    let logs = files.filter { !$0.path.hasPrefix("labels") && $0.path != "README.md" }
      .map { String(decoding: $0.bytes, as: UTF8.self) }
    let labels = String(
      decoding: try #require(files.first { $0.path == "labels.ndjson" }).bytes,
      as: UTF8.self
    )
    struct Label: Decodable {
      struct Entity: Decodable { var value: String }
      var entities: [Entity]
    }
    for line in labels.split(separator: "\n") {
      let label = try JSONDecoder().decode(Label.self, from: Data(line.utf8))
      #expect(!label.entities.isEmpty)
      for entity in label.entities {
        #expect(logs.contains { $0.contains(entity.value) }, "\(entity.value)")
      }
    }
    let events = try #require(files.first { $0.path == "labels-events.ndjson" })
    let count = events.bytes.count { $0 == UInt8(ascii: "\n") }
    #expect(count == Self.hard.events.count { $0.attack != nil })
  }
}
