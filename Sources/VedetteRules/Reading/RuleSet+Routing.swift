public import VedetteEvent

/// A log source of rules, and how many have it.
public struct LogSourceUse: Sendable, Hashable {
  /// The log source, in lower case.
  public var logSource: LogSource
  /// The number of rules on single events that have it.
  public var ruleCount: Int
  /// Whether a format that is read reaches it; else only events that are asserted to be of it are
  /// looked at.
  public var isRouted: Bool
}

extension RuleSet {
  /// The log sources of the rules on single events, the most used first.
  ///
  /// A log source is routed if the reader of a format says its words of its events, or if a table
  /// says by which fields of an event it is known.
  public var logSources: [LogSourceUse] {
    var uses: [LogSourceUse] = []
    var places: [[LogSource]: Int] = [:]
    let router = Router(routing)
    for case .rule(let rule) in entries {
      let sources = [rule.logSource] + rule.otherLogSources
      if let place = places[sources] {
        uses[place].ruleCount += 1
      } else {
        places[sources] = uses.count
        uses.append(
          LogSourceUse(
            logSource: rule.logSource,
            ruleCount: 1,
            isRouted: sources.contains(where: router.reaches)
          )
        )
      }
    }
    return uses.sorted {
      ($1.ruleCount, $0.logSource.description) < ($0.ruleCount, $1.logSource.description)
    }
  }
}
