import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

/// Scores what an explanation says would have passed, with the state that made the finding.
@Suite("What would have passed, scored again")
struct RescoringTests {
  /// One event at a time, so that the state before it is the one that a window was judged by.
  struct Replayed {
    var before: SourceActivity
    var after: SourceActivity
    var context: SourceContext
    var statement: Statement
  }

  struct Counts {
    var baselines = 0
    var outliers = 0
    var news = 0
    var contacts = 0
    var unmatched = 0
    var withoutBound = 0
  }

  static func replay(
    _ events: [WorldEvent],
    budget: Double,
    _ check: (Replayed) throws -> Void
  ) throws {
    var configuration = World.configuration
    configuration.falseAlarmsPerDay = budget
    var activity = SourceActivity(id: SourceID("a.log"))
    for batch in try World.batches(World.ordered(events), of: 1) {
      let before = activity
      var context = SourceContext(
        source: activity.id,
        watermark: activity.watermark,
        lateness: configuration.latenessNanoseconds,
        learning: configuration.learningNanoseconds,
        pauses: TeachingPauses(),
        falseAlarmsPerDay: budget,
        sourcesExpected: 1,
        sourceStarts: activity.calibration.firstTime.map { [$0] } ?? [],
        hourLimits: activity.calibration.limits,
        identifier: World.identifier
      )
      var statements: [Statement] = []
      activity.observe(batch, &context, configuration, into: &statements)
      for statement in statements {
        try check(
          Replayed(before: before, after: activity, context: context, statement: statement)
        )
      }
    }
  }

  struct Corpus: Sendable, CustomTestStringConvertible {
    var name: String
    var budget: Double
    var testDescription: String { "\(name), budget \(budget)" }

    var events: [WorldEvent] {
      if let stream = BenignStream(rawValue: name) { return stream.events(days: 9, seed: 61) }
      return DeterminismTests.events + ContactTests.mixed
    }
  }

  static let corpora: [Corpus] =
    BenignStream.allCases.map { Corpus(name: $0.rawValue, budget: 5) } + [
      Corpus(name: BenignStream.office.rawValue, budget: 100),
      Corpus(name: "attacks", budget: .infinity),
    ]

  @Test("every finding's terms add up and its bounds pass", arguments: corpora)
  func rescoring(corpus: Corpus) throws {
    var counts = Counts()
    try Self.replay(corpus.events, budget: corpus.budget) { replayed in
      let finding = replayed.statement.finding
      let terms = finding.explanation.terms
      #expect(terms.reduce(0) { $0 + $1.contribution } == Double(finding.score))
      let hasBound = terms.contains { $0.bound != nil }
      #expect(hasBound != finding.explanation.summary.contains("no single one"))
      if !hasBound { counts.withoutBound += 1 }
      if finding.title.hasPrefix("Regular contacts") {
        Self.checkContact(replayed, &counts)
      } else {
        switch finding.detector {
        case .baseline: Self.checkBaseline(replayed, &counts)
        case .outlier: Self.checkOutlier(replayed, &counts)
        default:
          // Nothing of the value is seen: there is nothing to tell.
          #expect(terms[0].bound == 0 && terms[0].observed == 1)
          counts.news += 1
        }
      }
    }
    let checked = counts.baselines + counts.outliers + counts.news + counts.contacts
    #expect(checked > 20, "\(counts)")
    #expect(counts.unmatched * 20 <= checked, "\(counts)")
    if corpus.name == "attacks" {
      #expect(counts.baselines > 0 && counts.outliers > 0 && counts.contacts > 0, "\(counts)")
    }
  }

  private static func checkBaseline(_ replayed: Replayed, _ counts: inout Counts) {
    let statement = replayed.statement
    let terms = statement.finding.explanation.terms
    let isLong = statement.finding.explanation.summary.contains("1 hour")
    let width = isLong ? WindowWidth.long : .short
    let limits = replayed.context.limits(at: statement.start)
    guard let metric = ActivityMetric.allCases.first(where: { $0.name == terms[0].feature }),
      let bound = terms[0].bound,
      let usual = [replayed.before, replayed.after].lazy.compactMap({
        usual(metric, width, statement, in: $0, replayed.context)
      }).first(where: { metric.amount(at: $0.mean) == terms[0].expected })
    else {
      counts.unmatched += 1
      return
    }
    let level =
      statement.isFinding
      ? limits.leastLevel(metric, width) : limits.leastStated(metric.scoreKind)
    let sum = UInt64((metric == .cost ? bound * 1e9 : bound).rounded())
    let least = usual.leastSum(metric, level: level, limits)
    // It passes, and the next larger one does not.
    #expect(sum < least && sum + 1 >= least, "\(terms[0]) \(least)")
    counts.baselines += 1
  }

  private static func usual(
    _ metric: ActivityMetric,
    _ width: WindowWidth,
    _ statement: Statement,
    in activity: SourceActivity,
    _ context: SourceContext
  ) -> UsualAmount? {
    zip(activity.entities, activity.isUsed).first { $1 && $0.key == statement.key }?.0
      .usual(metric, width, before: statement.start, context)
  }

  private static func checkOutlier(_ replayed: Replayed, _ counts: inout Counts) {
    let statement = replayed.statement
    let type = statement.key.type
    let limits = replayed.context.limits(at: statement.start)
    let least =
      statement.isFinding ? limits.least[ScoreKind.mix.rawValue] : limits.leastStated(.mix)
    guard let forest = replayed.before.outliers[type],
      forest.fitCount == replayed.after.outliers[type]?.fitCount,
      let entity = replayed.before.entities.first(where: { $0.key == statement.key }),
      let window = entity.window(.short, statement.start),
      let verdict = forest.judge(window).flatMap(forest.verdict)
    else {
      counts.unmatched += 1
      return
    }
    #expect(verdict.surprise >= least)
    let terms = statement.finding.explanation.terms
    for feature in WindowFeature.allCases {
      guard let term = terms.first(where: { $0.feature == feature.name }) else { continue }
      var features = verdict.features
      guard let bound = term.bound else {
        for usual in [verdict.nearest[feature.rawValue], Float(verdict.means[feature.rawValue])] {
          features[feature.rawValue] = usual
          #expect(forest.surprise(of: features) >= least, "\(term)")
        }
        continue
      }
      features[feature.rawValue] = feature.place(of: bound)
      #expect(forest.surprise(of: features) < least, "\(term)")
    }
    counts.outliers += 1
  }

  private static func checkContact(_ replayed: Replayed, _ counts: inout Counts) {
    let terms = replayed.statement.finding.explanation.terms
    // It grows for a day, and the limits of the hour it was told in are kept for some.
    guard let oldest = replayed.context.hourLimits.first, oldest.hour <= replayed.statement.end
    else {
      return
    }
    let limits = replayed.context.limits(at: replayed.statement.end)
    let kind = ScoreKind.rhythm
    let least =
      replayed.statement.isFinding ? limits.least[kind.rawValue] : limits.leastStated(kind)
    let words = replayed.statement.finding.explanation.summary.split(separator: " ")
    guard let place = words.firstIndex(of: "of"), let count = Int(words[place + 1]),
      let bound = terms[0].bound
    else {
      counts.unmatched += 1
      return
    }
    func company(_ feature: String) -> (Int, Int)? {
      terms.first { $0.feature == feature }.map { (Int($0.observed), Int($0.expected ?? 0)) }
    }
    let others = company("target_in_organisation")
    var score = ContactScore(
      verdict: Rhythm.Verdict(count: count, regular: Int(bound), median: 60_000, spread: 0),
      company: Company(others: others?.1 ?? 0, having: others?.0 ?? 0),
      regularTargets: company("regular_targets_before")?.0 ?? 0,
      isInside: company("target_inside") != nil
    )
    #expect(!score.isRegular || score.value < least, "\(terms)")
    score.verdict.regular += 1
    #expect(score.isRegular && score.value >= least, "\(terms)")
    counts.contacts += 1
  }
}
