public import VedetteColumns
import VedetteEvent
public import VedetteFindings
import VedetteStatistics

/// Watches how models, their keys, their data and their tools are used.
///
/// Each call is compared with the habits of its key: where it comes from, what it is for, how long
/// the answer is, at what pace. Independent observations that agree are a finding, no single one is.
/// Beside that, prompts of one wording that many keys begin to send, weights read part by part,
/// training data changed by a newcomer, refused prompts that are reworded, and agents that read and
/// then send.
///
/// A source's calls are taken in the order of their times once its watermark has passed them, so
/// that neither the order of arrival within the lateness nor the cuts between batches matter.
public struct ModelAccessDetector: Sendable {
  /// What the detector's state rows are known by.
  public static let name = "model_access"

  private let configuration: BehaviorConfiguration
  private let identifier: FindingIdentifier
  private var sources: [SourceID: ModelAccessSource] = [:]
  private var board = AccessBoard()
  private var unreadableRows = 0

  /// Creates a detector that has seen nothing.
  ///
  /// - Parameters:
  ///   - configuration: How late events of a source may be.
  ///   - identifier: Makes the ids of findings.
  public init(configuration: BehaviorConfiguration, identifier: FindingIdentifier) {
    self.configuration = configuration
    self.identifier = identifier
  }

  /// Takes the next batch of a source.
  ///
  /// - Parameter batch: Events of one source; batches of one source come in their order.
  /// - Returns: The findings that are new or have grown.
  public mutating func observe(_ batch: EventBatch) -> [FindingChange] {
    guard var reader = ModelCallReader(batch) else { return [] }
    // Taken out while it changes: what two hold is copied with the first change.
    var source = sources.removeValue(forKey: batch.source) ?? ModelAccessSource(id: batch.source)
    source.add(batch, &reader)
    let end = source.newest.subtractingHeld(configuration.lateness(of: batch.source))
    let changes = judge(&source, before: end)
    sources[batch.source] = source
    return changes
  }

  /// States what would be said if the input ended now.
  ///
  /// - Returns: The findings that would still come.
  public func concluded() -> [FindingChange] {
    var copy = self
    var changes: [FindingChange] = []
    for id in sources.keys.sorted(by: { $0.name < $1.name }) {
      guard var source = copy.sources[id] else { continue }
      changes += copy.judge(&source, before: .max)
    }
    return changes
  }

  /// Counts of what was left out, for `vedette model status`.
  var lateCount: UInt64 { sources.values.reduce(0) { $0 + $1.late } }

  private mutating func judge(
    _ source: inout ModelAccessSource,
    before end: Int64
  ) -> [FindingChange] {
    var signals: [AccessSignal] = []
    var findings: [Finding] = []
    source.judge(before: end, identifier, &signals, &findings)
    var changes = findings.map { FindingChange.upsert($0) }
    if !signals.isEmpty { changes += board.take(signals, identifier) }
    return changes
  }
}

// Saving and restoring.
extension ModelAccessDetector {
  private static let mark = "\u{1f}"

  /// Takes the pieces of the state that have changed since they were last taken.
  ///
  /// - Returns: Rows in the order of their keys.
  public mutating func changes() -> [StateRow] {
    var rows: [StateRow] = []
    for id in sources.keys {
      for (part, bytes) in sources[id]?.takeChanges() ?? [] {
        rows.append(row("source\(Self.mark)\(id.name)\(Self.mark)\(part)", bytes))
      }
    }
    for subject in board.changed {
      var writer = SnapshotWriter()
      board.write(subject, to: &writer)
      rows.append(row("board\(Self.mark)\(subject)", writer.bytes))
    }
    board.changed = []
    return rows.sorted { $0.key < $1.key }
  }

  /// Lets go of what ``changes()`` would return, where state is not saved.
  public mutating func forgetChanges() {
    for id in sources.keys { sources[id]?.forgetChanges() }
    board.changed = []
  }

  /// Creates a detector that goes on exactly where another was when its changes were saved.
  ///
  /// A row that can't be read is counted, and what it held is learned again.
  ///
  /// - Parameters:
  ///   - rows: All rows that were not deleted since, in any order.
  ///   - configuration: How late events of a source may be.
  ///   - identifier: Makes the ids of findings.
  public init(
    restoring rows: [StateRow],
    configuration: BehaviorConfiguration,
    identifier: FindingIdentifier
  ) {
    self.init(configuration: configuration, identifier: identifier)
    for row in rows where row.detector == Self.name {
      guard let bytes = row.bytes else { continue }
      if !restore(row.key, bytes) { unreadableRows += 1 }
    }
  }

  private mutating func restore(_ key: String, _ bytes: [UInt8]) -> Bool {
    let parts = key.split(separator: Character(Self.mark), omittingEmptySubsequences: false)
    var reader = SnapshotReader(bytes)
    if parts.count == 2, parts[0] == "board", let subject = EntityKey(String(parts[1])) {
      board.restore(subject, from: &reader)
      return reader.isComplete
    }
    guard parts.count >= 3, parts[0] == "source" else { return false }
    let id = SourceID(String(parts[1]))
    var source = sources[id] ?? ModelAccessSource(id: id)
    let part = parts[2...].joined(separator: Self.mark)
    guard source.restore(part, from: &reader), reader.isComplete else { return false }
    sources[id] = source
    return true
  }

  private func row(_ key: String, _ bytes: [UInt8]?) -> StateRow {
    StateRow(detector: Self.name, shard: 0, key: key, bytes: bytes)
  }
}

/// What is known of the calls in one source.
struct ModelAccessSource: Sendable, Equatable {
  static let pendingMax = 262_144

  let id: SourceID
  var newest = Int64.min
  var judgedUntil = Int64.min
  var late: UInt64 = 0
  var pending: [ModelCall] = []
  var keys = KeyWatch()
  var purposes = SharedPurposes()
  var artifacts = ArtifactWatch()
  var conversations = ConversationWatch()
  private var hasChanged = false
  private var hasJudged = false

  init(id: SourceID) { self.id = id }

  /// Keeps the calls of a batch until no earlier one can come.
  mutating func add(_ batch: EventBatch, _ reader: inout ModelCallReader) {
    hasChanged = true
    for row in 0..<batch.rowCount where batch.timed[row] {
      newest = max(newest, batch.times[row])
      guard let call = reader.call(row, ordinal: batch.records[row].offset) else { continue }
      guard call.time >= judgedUntil else {
        late += 1
        continue
      }
      pending.append(call)
    }
  }

  /// Takes the calls before a time, and more where too many wait.
  mutating func judge(
    before end: Int64,
    _ identifier: FindingIdentifier,
    _ signals: inout [AccessSignal],
    _ findings: inout [Finding]
  ) {
    guard pending.contains(where: { $0.time < end }) || pending.count > Self.pendingMax else {
      return
    }
    hasJudged = true
    hasChanged = true
    pending.sort(by: ModelCall.precedes)
    var count = pending.firstIndex { $0.time >= end } ?? pending.count
    count = max(count, pending.count - Self.pendingMax)
    var grown: [FindingID: Finding] = [:]
    for call in pending[..<count] {
      judgedUntil = max(judgedUntil, call.time)
      for finding in judge(call, identifier, &signals) { grown[finding.id] = finding }
    }
    judgedUntil = max(judgedUntil, end == .max ? judgedUntil : end)
    pending.removeFirst(count)
    findings += grown.values.sorted { $0.id < $1.id }
  }

  private mutating func judge(
    _ call: ModelCall,
    _ identifier: FindingIdentifier,
    _ signals: inout [AccessSignal]
  ) -> [Finding] {
    var found: [Finding?] = []
    if call.isInvocation {
      let before = keys.habits[call.subject]?.unknownPrompts ?? 0
      let wasKnown = keys.isKnown(call.subject, at: call.time)
      keys.take(call, id, into: &signals)
      let after = keys.habits[call.subject]?.unknownPrompts ?? 0
      if after > before || !wasKnown, call.time - firstTime >= KeyHabits.day {
        found.append(purposes.take(call, id, identifier))
      }
      found.append(conversations.take(call, id, identifier))
    }
    found.append(artifacts.take(call, id, identifier))
    return found.compactMap { $0 }
  }

  /// When the source began, as far as it is known.
  private var firstTime: Int64 { keys.firstTime }
}

// Saving and restoring.
extension ModelAccessSource {
  private static let keyPart = "key "

  /// Takes the parts that have changed since they were last taken.
  mutating func takeChanges() -> [(part: String, bytes: [UInt8]?)] {
    guard hasChanged else { return [] }
    hasChanged = false
    var parts: [(part: String, bytes: [UInt8]?)] = []
    func add(_ name: String, _ write: (inout SnapshotWriter) -> Void) {
      var writer = SnapshotWriter()
      write(&writer)
      parts.append((name, writer.bytes))
    }
    for key in keys.changed {
      guard let habits = keys.habits[key] else {
        parts.append((Self.keyPart + key.description, nil))
        continue
      }
      add(Self.keyPart + key.description) { habits.write(to: &$0) }
    }
    keys.changed = []
    add("clock") { writer in
      for value in [newest, judgedUntil] { writer.write(value) }
      writer.write(late)
      writer.write(count: pending.count)
      for call in pending { call.write(to: &writer) }
    }
    if purposes.hasChanged { add("purposes") { purposes.write(to: &$0) } }
    purposes.hasChanged = false
    guard hasJudged else { return parts }
    hasJudged = false
    add("keys") { keys.write(to: &$0) }
    add("artifacts") { artifacts.write(to: &$0) }
    add("conversations") { conversations.write(to: &$0) }
    return parts
  }

  mutating func forgetChanges() {
    keys.changed = []
    hasChanged = false
    hasJudged = false
    purposes.hasChanged = false
  }

  /// Takes a part back in.
  mutating func restore(_ part: String, from reader: inout SnapshotReader) -> Bool {
    switch part {
    case "clock":
      newest = reader.int64()
      judgedUntil = reader.int64()
      late = reader.uint64()
      for _ in 0..<reader.count(elementBytes: 100) { pending.append(ModelCall(from: &reader)) }
    case "keys": keys.restore(from: &reader)
    case "purposes": purposes.restore(from: &reader)
    case "artifacts": artifacts.restore(from: &reader)
    case "conversations": conversations.restore(from: &reader)
    default:
      guard part.hasPrefix(Self.keyPart),
        let key = EntityKey(String(part.dropFirst(Self.keyPart.count)))
      else { return false }
      keys.habits[key] = KeyHabits(from: &reader)
    }
    return true
  }
}
