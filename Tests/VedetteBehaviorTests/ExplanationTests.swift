import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

@Suite("Explanation of behaviour")
struct ExplanationTests {
  private static let events = DeterminismTests.events

  private static func findings(_ events: [WorldEvent]) throws -> [FindingID: Finding] {
    var detector = World.detector()
    return World.findings(&detector, try World.batches(events, of: 8_192))
  }

  @Test("every finding says what would have passed, or that nothing alone would")
  func bounds() throws {
    var all = Array(DeterminismTests.expected.values)
    for stream in BenignStream.allCases {
      all += try Self.findings(World.ordered(stream.events(days: 5, seed: 31))).values
    }
    #expect(Set(all.map(\.detector)) == [.baseline, .newValue, .outlier])
    for finding in all {
      let explanation = finding.explanation
      #expect(explanation.terms.reduce(0) { $0 + $1.contribution } == Double(finding.score))
      for term in explanation.terms {
        #expect(term.observed.isFinite && term.expected?.isFinite ?? true)
        #expect(term.bound != term.observed)
      }
      let hasBound = explanation.terms.contains { $0.bound != nil }
      #expect(hasBound != explanation.summary.contains("no single one"), "\(explanation)")
      if finding.detector == .baseline {
        #expect((explanation.terms[0].bound ?? .infinity) < explanation.terms[0].observed)
      }
      if finding.detector != .newValue { #expect(!explanation.nearestNormal.isEmpty) }
    }
  }

  @Test("with only as many events as the bound says there is no finding")
  func substitution() throws {
    let counted = DeterminismTests.expected.values.filter {
      $0.detector == .baseline && $0.entities[0].type == .user
        && ["events", "failures"].contains($0.explanation.terms[0].feature)
    }
    .sorted { $0.id < $1.id }
    #expect(counted.count >= 3)
    for finding in counted.prefix(6) {
      let term = finding.explanation.terms[0]
      let isLong = finding.explanation.summary.contains("1 hour")
      let width = isLong ? WindowWidth.long : .short
      let start = width.start(of: finding.time.nanosecondsSinceEpoch)
      var left = Int(try #require(term.bound))
      let fewer = Self.events.filter { event in
        let isCounted =
          event.user == finding.entities[0].value && width.start(of: event.time) == start
          && (term.feature == "events" || event.isFailure)
        guard isCounted else { return true }
        left -= 1
        return left >= 0
      }
      #expect(fewer.count < Self.events.count)
      #expect(try Self.findings(fewer)[finding.id] == nil, "\(finding.explanation.summary)")
    }
  }

  @Test("a value that was seen before is no news")
  func seenBefore() throws {
    let news = try #require(
      DeterminismTests.expected.values.filter {
        $0.detector == .newValue && $0.explanation.terms[0].feature == "model"
      }
      .min { $0.id < $1.id }
    )
    let value = try #require(news.explanation.terms[0].value)
    var earlier = try #require(Self.events.first { $0.user == news.entities[0].value })
    earlier.model = value
    earlier.line = Self.events.count + 1
    #expect(try Self.findings(World.ordered(Self.events + [earlier]))[news.id] == nil)
  }

  private static func window(_ events: Int, failures: Int, hosts: Int) -> ActivityWindow {
    var window = ActivityWindow(width: .short, start: 0, time: 0)
    window.sums[.events] = UInt64(events)
    window.sums[.failures] = UInt64(failures)
    for host in 0..<hosts {
      var values = AttributeHashes()
      values[.host] = StableHash.of("host \(host)")
      window.variety?.add(values)
    }
    return window
  }

  @Test("an outlier's bounds were judged, and where there is none the usual would not pass")
  func outliers() {
    var outliers = WindowOutliers(seed: 3, treeCount: 40)
    var random = SplitMix64(seed: 4)
    for _ in 0..<400 {
      let events = 10 + random.nextBelow(20)
      outliers.learn(Self.window(events, failures: random.nextBelow(3), hosts: 1 + events / 10))
    }
    #expect(outliers.trainedCount > 0)
    var counts = (some: 0, none: 0)
    for events in [12, 40, 400, 4_000] {
      for (failures, hosts) in [(0, 1), (events / 2, 2), (events, 40), (0, 60)] {
        let window = Self.window(events, failures: failures, hosts: hosts)
        guard let verdict = outliers.judge(window).flatMap(outliers.verdict) else { continue }
        let least = 8.0
        guard verdict.surprise >= least else { continue }
        for (feature, bound) in outliers.passing(verdict, below: least).enumerated() {
          var features = verdict.features
          guard let bound else {
            features[feature] = verdict.nearest[feature]
            #expect(outliers.surprise(of: features) >= least)
            counts.none += 1
            continue
          }
          // In natural units and back: what is printed passes.
          let kind = WindowFeature.allCases[feature]
          features[feature] = kind.place(of: kind.amount(at: bound))
          #expect(outliers.surprise(of: features) < least)
          counts.some += 1
        }
      }
    }
    #expect(counts.some > 0 && counts.none > 0, "\(counts)")
  }
}
