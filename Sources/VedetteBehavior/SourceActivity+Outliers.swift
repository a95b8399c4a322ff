import VedetteEvent
import VedetteStatistics

// Windows that are over go to the forests.
extension SourceActivity {
  /// A window that is over.
  struct Over {
    var window: ActivityWindow
    var key: EntityKey
    var hash: UInt32
  }

  /// Judges windows that began together, each before it is learned.
  mutating func judge(
    _ over: [Over],
    _ context: SourceContext,
    _ configuration: BehaviorConfiguration,
    into statements: inout [Statement]
  ) {
    // At once by kind, as long as no new forest is grown on the way.
    var rarities = [WindowOutliers.Rarity?](repeating: nil, count: over.count)
    var fitCounts: [EntityType: UInt64] = [:]
    for type in Set(over.map(\.key.type)) {
      guard let forest = outliers[type] else { continue }
      fitCounts[type] = forest.fitCount
      let places = over.indices.filter { over[$0].key.type == type }
      for (place, rarity) in zip(places, forest.judge(places.map { over[$0].window })) {
        rarities[place] = rarity
      }
    }
    for (place, one) in over.enumerated() {
      let forest = outliers[one.key.type]
      let isSame = forest?.fitCount == fitCounts[one.key.type]
      let rarity = isSame ? rarities[place] : forest?.judge(one.window)
      take(one, rarity, context, configuration, into: &statements)
    }
  }

  private mutating func take(
    _ over: Over,
    _ rarity: WindowOutliers.Rarity?,
    _ context: SourceContext,
    _ configuration: BehaviorConfiguration,
    into statements: inout [Statement]
  ) {
    let (key, window) = (over.key, over.window)
    if let rarity { state(rarity, window, of: key, context, into: &statements) }
    let isUsual = rarity.map { $0.surprise < WindowOutliers.surpriseMin } ?? true
    guard isUsual, context.pauses.allows(key, over.hash, window.start..<window.end) else { return }
    if outliers[key.type] == nil {
      var seed = StableHash(seed: configuration.seed)
      seed.combine(key.type.rawValue)
      outliers[key.type] = WindowOutliers(seed: seed.value, treeCount: configuration.treeCount)
    }
    outliers[key.type]?.learn(window)
    hasNewWindows.insert(key.type)
  }

  /// States that a window is an outlier, if it is one by the limits of its hour.
  private mutating func state(
    _ rarity: WindowOutliers.Rarity,
    _ window: ActivityWindow,
    of key: EntityKey,
    _ context: SourceContext,
    into statements: inout [Statement]
  ) {
    let limits = context.limits(at: window.start)
    let least = limits.least[ScoreKind.mix.rawValue]
    let isFinding = rarity.surprise >= least
    calibration.add(
      Calibration.Entry(
        end: window.end,
        kind: .mix,
        score: rarity.surprise,
        isFinding: isFinding,
        key: key
      )
    )
    let leastStated = limits.leastStated(.mix)
    guard rarity.surprise >= leastStated, let forest = outliers[key.type],
      let verdict = forest.verdict(rarity)
    else { return }
    let points =
      limits.points(.mix, verdict.surprise) ?? Int(min(4 * verdict.surprise - 24, 1_000))
    statements.append(
      context.statement(
        verdict,
        window,
        of: key,
        points: min(max(points, 1), UsualAmount.scoreMax),
        isFinding: isFinding,
        passing: forest.passing(verdict, below: isFinding ? least : leastStated)
      )
    )
  }
}
