import VedetteRules

/// Collects from the threads of a scan to the log sources of which rules events belonged.
final class ReachSink: Sendable {
  private let rules = Monitor<Set<Int>>([])

  /// Takes what a thread's events reached.
  func take(_ reached: Set<Int>) { rules.withLock { $0.formUnion(reached) } }

  /// The rules that were reached, as indices in their set.
  var reached: Set<Int> { rules.withLock { $0 } }
}
