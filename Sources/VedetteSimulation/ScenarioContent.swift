import VedetteEvent

/// What a scenario holds before it is written out as files.
struct ScenarioContent {
  /// The logs, in the order of the README.
  var logs: [ScenarioLog]
  /// The attacks; none in a twin.
  var labels: [AttackLabel]
  /// The number of incidents of medium severity or above that a run may give.
  var incidents: ClosedRange<Int>
  /// The rules that must be part of them.
  var rules: [RuleReference]
  /// The story, for the README.
  var story: String
}

/// A log of a scenario.
struct ScenarioLog {
  var path: String
  /// The name for `--format`.
  var format: String
  /// What writes such a log, for the README.
  var summary: String
  var bytes: [UInt8]
}

/// An attack, when it happened and whom it concerned.
struct AttackLabel {
  var attack: String
  var kind: String
  var first: EventTime
  var last: EventTime
  var entities: [LabelledEntity]
  var severityMin: String
}

/// An entity that a label names, in the words of an incident's entities.
struct LabelledEntity {
  var type: String
  var value: String
}

/// A rule of the folder `rules`, by id, with its title for the reader.
struct RuleReference: Equatable {
  var id: String
  var title: String
}
