import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// What an observation speaks of; observations of different families are independent.
enum SignalFamily: UInt8, CaseIterable, Sendable {
  /// Where calls come from, and with what.
  case origin
  /// What they are for.
  case purpose
  /// How long the answers are, and whether they are asked for like clockwork.
  case answers
  /// How much, how fast.
  case pace
  /// What keeps calls in bounds.
  case control
}

/// How much one observation speaks for calls being somebody else's, in nats.
struct AccessSignal: Sendable, Equatable {
  var subject: EntityKey
  var family: SignalFamily
  /// What was observed, `source_network`.
  var name: String
  var time: Int64
  /// Its place among the signals of the subject in its source.
  var ordinal: Int64
  var source: SourceID
  /// Of the newest signal of a name counts; less than nothing speaks for the owner.
  var points: Double
  var observed: Double
  var expected: Double?
  var value: String?
  /// Strange calls so far, and what they cost in millionths of a dollar.
  var calls: UInt64
  var cost: Int64
  var entities: [Entity]
  var evidence: WindowEvidence

  /// The order in which signals are weighed, whatever came first.
  static func precedes(_ left: AccessSignal, _ right: AccessSignal) -> Bool {
    (left.time, left.source.name, left.ordinal) < (right.time, right.source.name, right.ordinal)
  }
}

/// How often something new is ordinary, for keys of three kinds.
struct NoveltyRates: Sendable, Equatable {
  private static let classCount = 3
  private var days = [UInt32](repeating: 0, count: CallAttribute.allCases.count * classCount)
  private var hits = [UInt32](repeating: 0, count: CallAttribute.allCases.count * classCount)

  /// Keys that always had one value, those with a few, and those that often have another.
  static func kind(novelties: UInt32, values: Int) -> Int {
    if novelties >= 3 || values >= 5 { return 2 }
    return novelties == 0 && values <= 1 ? 0 : 1
  }

  mutating func beginDay(_ attribute: CallAttribute, kind: Int) {
    days[attribute.rawValue * Self.classCount + kind] &+= 1
  }

  mutating func note(_ attribute: CallAttribute, kind: Int) {
    hits[attribute.rawValue * Self.classCount + kind] &+= 1
  }

  /// The chance that a key of a kind has something new on a day.
  func rate(_ attribute: CallAttribute, kind: Int) -> Double {
    let index = attribute.rawValue * Self.classCount + kind
    return min(1, (Double(hits[index]) + 0.5) / (Double(days[index]) + 3))
  }

  func write(to writer: inout SnapshotWriter) {
    for value in days + hits { writer.write(value) }
  }

  init() {}

  init(from reader: inout SnapshotReader) {
    for index in days.indices { days[index] = reader.uint32() }
    for index in hits.indices { hits[index] = reader.uint32() }
  }
}
