public import VedetteEvent
import VedetteColumns
public import VedetteFindings
public import VedetteRules

/// Which matches a change of rules gains and loses on logs of the past.
public struct RuleComparison {
  /// A match that only one of two sets of rules has.
  public struct Match: Sendable, Hashable {
    /// The file.
    public var path: String
    /// The line, from one; of a correlation's finding the line of its first event.
    public var line: Int
    /// When it happened, if it is known.
    public var time: EventTime?
  }

  /// What a rule has gained or lost.
  public struct Outcome: Sendable, Hashable {
    /// The rule, as it is in the new set, or in the old one if the new one does not have it.
    public var rule: RuleReference
    /// The matches that both sets have.
    public var keptCount: Int
    /// The matches that only the new set has.
    public var gainedCount: Int
    /// The matches that only the old set has.
    public var lostCount: Int
    /// The first of those gained.
    public var gained: [Match]
    /// The first of those lost.
    public var lost: [Match]
  }

  private static let examplesMax = 3

  private let configuration: PipelineConfiguration
  private let old: Engine
  private let new: Engine
  private let difference: RuleSetDifference
  /// The most findings of correlations of each set that are looked at.
  var findingsMax = HistoryCorrelations.findingsMax

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - configuration: What to read and how.
  ///   - old: The old rules, compiled.
  ///   - new: The new rules, compiled.
  ///   - difference: The difference of these two sets, which says what rule was which.
  public init(
    configuration: PipelineConfiguration,
    old: Engine,
    new: Engine,
    difference: RuleSetDifference
  ) {
    self.configuration = configuration
    self.old = old
    self.new = new
    self.difference = difference
  }

  /// Reads everything once and matches both sets.
  ///
  /// - Returns: The rules whose matches are different, in the order of the new set, then those that
  ///   are no more there; and what was read, refused and counted.
  public func run() -> (outcomes: [Outcome], reading: PipelineReport) {
    var outcomes = new.rules.descriptors.map { Outcome($0.reference) }
    let newIndex = newIndices(&outcomes)
    var oldCorrelations = HistoryCorrelations(
      old,
      configuration: configuration,
      findingsMax: findingsMax
    )
    var newCorrelations = HistoryCorrelations(
      new,
      configuration: configuration,
      findingsMax: findingsMax
    )
    var reading = History(configuration: configuration, engines: [old, new]).run { chunk in
      let before = Set(chunk.matches[0].map { RuleMatch(row: $0.row, rule: newIndex[$0.rule]) })
      let after = Set(chunk.matches[1])
      for match in before.union(after).sorted() {
        let example = Match(
          path: chunk.batch.path,
          line: chunk.batch.records[match.row].line,
          time: chunk.batch.time(match.row)
        )
        outcomes[match.rule].take(
          example,
          wasThere: before.contains(match),
          isThere: after.contains(match),
          examplesMax: Self.examplesMax
        )
      }
      oldCorrelations.take(chunk, chunk.matches[0])
      newCorrelations.take(chunk, chunk.matches[1])
    }
    oldCorrelations.conclude()
    newCorrelations.conclude()
    reading.droppedFindingCount = oldCorrelations.droppedCount + newCorrelations.droppedCount
    compare(oldCorrelations, newCorrelations, newIndex, &outcomes)
    return (outcomes.filter { $0.gainedCount + $0.lostCount > 0 }, reading)
  }

  /// For each rule of the old set its place among the outcomes; those that are no more there get
  /// places of their own.
  private func newIndices(_ outcomes: inout [Outcome]) -> [Int] {
    var indices = [Int](repeating: 0, count: old.rules.entries.count)
    var ids: [String: Int] = [:]
    for (index, entry) in new.rules.entries.enumerated() { ids[entry.metadata.id] = index }
    for (index, entry) in old.rules.entries.enumerated() {
      indices[index] = ids[entry.metadata.id] ?? -1
    }
    for changed in difference.changed { indices[changed.old] = changed.new }
    for index in indices.indices where indices[index] < 0 {
      indices[index] = outcomes.count
      outcomes.append(Outcome(old.rules.descriptors[index].reference))
    }
    return indices
  }

  /// What makes a correlation's finding the same one under both sets.
  private struct Key: Hashable {
    var rule: Int
    var time: EventTime
    var entities: [Entity]
    var line: Int
  }

  private func compare(
    _ before: HistoryCorrelations,
    _ after: HistoryCorrelations,
    _ newIndex: [Int],
    _ outcomes: inout [Outcome]
  ) {
    func keys(
      _ found: HistoryCorrelations,
      _ rules: RuleSet,
      _ index: (Int) -> Int
    ) -> [Key: Match] {
      var keys: [Key: Match] = [:]
      for finding in found.findings.values {
        guard let rule = rules.index(of: finding.rule) else { continue }
        let key = Key(
          rule: index(rule),
          time: finding.time,
          entities: finding.entities,
          line: finding.first?.line ?? 0
        )
        keys[key] = Match(
          path: finding.first?.path ?? "",
          line: finding.first?.line ?? 0,
          time: finding.time
        )
      }
      return keys
    }
    let old = keys(before, self.old.rules) { newIndex[$0] }
    let new = keys(after, self.new.rules) { $0 }
    let all = Set(old.keys).union(new.keys)
      .sorted { ($0.rule, $0.time, $0.line) < ($1.rule, $1.time, $1.line) }
    for key in all {
      guard let example = new[key] ?? old[key] else { continue }
      outcomes[key.rule].take(
        example,
        wasThere: old[key] != nil,
        isThere: new[key] != nil,
        examplesMax: Self.examplesMax
      )
    }
  }
}

extension RuleComparison.Outcome {
  fileprivate init(_ rule: RuleReference) {
    self.init(rule: rule, keptCount: 0, gainedCount: 0, lostCount: 0, gained: [], lost: [])
  }

  fileprivate mutating func take(
    _ match: RuleComparison.Match,
    wasThere: Bool,
    isThere: Bool,
    examplesMax: Int
  ) {
    switch (wasThere, isThere) {
    case (true, true): keptCount += 1
    case (false, true):
      gainedCount += 1
      if gained.count < examplesMax { gained.append(match) }
    case (true, false):
      lostCount += 1
      if lost.count < examplesMax { lost.append(match) }
    case (false, false): break
    }
  }
}
