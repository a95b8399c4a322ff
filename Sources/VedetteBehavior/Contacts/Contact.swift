import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// What is known of one entity's contacts with one target.
///
/// Times are taken in their order, once the watermark has passed them, so the order of arrival
/// changes nothing. Contacts within five seconds are one.
struct Contact: Sendable {
  /// Contacts that were found to be regular.
  struct Told: Sendable, Equatable {
    /// When that was certain, on event time.
    var time: Int64
    /// When the first of them was.
    var start: Int64
    var score: ContactScore
    var points: Int
    /// From where on such a score is a statement, and a finding.
    var least: Double
    var isFinding: Bool
  }

  /// Regular contacts whose score is not known yet.
  struct Found: Sendable, Equatable {
    var time: Int64
    var hash: UInt64
    var verdict: Rhythm.Verdict
  }

  static let slotNanoseconds: Int64 = 5_000_000_000
  /// After so long a silence they begin anew, and so long what was told grows.
  static let spanNanoseconds: Int64 = 25 * 3_600_000_000_000

  let key: EntityKey
  let target: String
  let pair: ContactColumns.Pair
  /// The first contact of all.
  private(set) var first: Int64
  /// The last that the watermark has passed, of those that count.
  private(set) var last: Int64?
  /// Those that count.
  private(set) var count = 0
  /// From when on a first one is looked for.
  private var startFrom = Int64.min
  /// The first of those that count, or may become it.
  private(set) var opening: WindowEvidence?
  private(set) var entities: [Entity] = []
  private(set) var rhythm = Rhythm()
  /// When contacts were found to be regular.
  private(set) var regularSince: Int64?
  /// The contacts that a finding tells of, and the last of them: it grows for a day.
  private(set) var toldCount = 0
  private(set) var toldLast = Int64.min
  /// The contacts that were told of.
  var shownCount = 0
  var told: Told?
  /// Times that the watermark has not passed, the first of each five seconds.
  private(set) var waiting: [Int64] = []
  /// The five seconds of the last time that it has passed.
  private var passedSlot = Int64.min

  init(key: EntityKey, target: String, pair: ContactColumns.Pair, time: Int64) {
    self.key = key
    self.target = target
    self.pair = pair
    first = time
  }

  /// When it was last heard of.
  var newest: Int64 { waiting.last ?? last ?? first }

  /// Whether an event at a time may be the first of those that count.
  func admits(_ time: Int64) -> Bool {
    last == nil && time >= startFrom && time <= opening?.time ?? .max
  }

  /// Keeps an event as the first of those that count.
  mutating func open(_ event: WindowEvidence, _ entities: [Entity]) {
    if let opening, !event.precedes(opening) { return }
    opening = event
    self.entities = entities
  }

  /// Notes a contact; `false` if there is no room for it.
  mutating func add(_ time: Int64) -> Bool {
    first = min(first, time)
    var place = waiting.count
    while place > 0, waiting[place - 1] > time { place -= 1 }
    let slot = Self.slot(time)
    if place > 0, Self.slot(waiting[place - 1]) == slot { return true }
    if place < waiting.count, Self.slot(waiting[place]) == slot {
      waiting[place] = time
      return true
    }
    guard waiting.count < Limits.contactTimesWaitingMax else { return false }
    waiting.insert(time, at: place)
    return true
  }

  private static func slot(_ time: Int64) -> Int64 {
    EventTime(nanosecondsSinceEpoch: time).floor(toMultipleOf: slotNanoseconds)
      .nanosecondsSinceEpoch
  }

  /// Takes in the times that the watermark has passed.
  ///
  /// - Parameters:
  ///   - context: The watermark, and how old an entity must be.
  ///   - found: Where regular contacts go.
  mutating func settle(_ context: SourceContext, into found: inout [Found]) {
    guard let next = waiting.first, next < context.watermark else { return }
    let end = waiting.firstIndex { $0 >= context.watermark } ?? waiting.count
    for time in waiting[..<end] {
      // Of each five seconds the first counts, whether the others came before it was settled or not.
      let slot = Self.slot(time)
      guard slot != passedSlot else { continue }
      passedSlot = slot
      take(time, context, into: &found)
    }
    waiting.removeFirst(end)
  }

  private mutating func take(_ time: Int64, _ context: SourceContext, into found: inout [Found]) {
    guard let previous = last else {
      guard time >= startFrom else { return }
      last = time
      count = 1
      return
    }
    let gap = time.subtractingHeld(previous)
    guard gap >= Self.slotNanoseconds else { return }
    guard gap < Self.spanNanoseconds else { return restart(at: time, context) }
    last = time
    count += 1
    if let regularSince {
      if time <= regularSince.addingHeld(Self.spanNanoseconds) { noteTold(time) }
      return
    }
    guard let verdict = rhythm.add(gap) else { return }
    let isRegular =
      verdict.surprise >= Rhythm.surpriseMin && verdict.median >= Rhythm.medianMin
    guard isRegular else {
      if rhythm.total >= Rhythm.countMax { restart(at: time, context) }
      return
    }
    guard time.subtractingHeld(first) >= context.leastAge else { return }
    regularSince = time
    noteTold(time)
    found.append(Found(time: time, hash: pair.hash, verdict: verdict))
  }

  private mutating func noteTold(_ time: Int64) {
    toldCount = count
    toldLast = time
  }

  /// Forgets the contacts so far.
  ///
  /// The next one that counts comes when all before it are known, so that its event is kept whatever
  /// the order of arrival.
  private mutating func restart(at time: Int64, _ context: SourceContext) {
    last = nil
    count = 0
    opening = nil
    entities = []
    rhythm = Rhythm()
    regularSince = nil
    told = nil
    toldCount = 0
    shownCount = 0
    startFrom = time.addingHeld(context.lateness).addingHeld(1)
  }
}

extension Contact {
  func write(to writer: inout SnapshotWriter) {
    writer.write(key.description)
    writer.write(target)
    for number in [first, last ?? .min, startFrom, regularSince ?? .max, toldLast, passedSlot] {
      writer.write(number)
    }
    writer.write(pair.actor)
    writer.write(pair.target)
    for number in [count, toldCount, shownCount] { writer.write(count: number) }
    writer.write(byte: opening == nil ? 0 : 1)
    opening?.write(to: &writer)
    writer.write(entities)
    rhythm.write(to: &writer)
    writer.write(count: waiting.count)
    for time in waiting { writer.write(time) }
    writer.write(byte: told == nil ? 0 : 1)
    guard let told else { return }
    writer.write(told.time)
    writer.write(told.start)
    told.score.write(to: &writer)
    writer.write(count: told.points)
    writer.write(told.least)
    writer.write(byte: told.isFinding ? 1 : 0)
  }

  init?(from reader: inout SnapshotReader) {
    guard let key = EntityKey(reader.text()) else { return nil }
    let target = reader.text()
    let numbers = (0..<6).map { _ in reader.int64() }
    let pair = ContactColumns.Pair(actor: reader.uint64(), target: reader.uint64())
    self.init(key: key, target: target, pair: pair, time: numbers[0])
    last = numbers[1] == .min ? nil : numbers[1]
    startFrom = numbers[2]
    regularSince = numbers[3] == .max ? nil : numbers[3]
    toldLast = numbers[4]
    passedSlot = numbers[5]
    count = Int(clamping: reader.variable())
    toldCount = Int(clamping: reader.variable())
    shownCount = Int(clamping: reader.variable())
    if reader.byte() == 1 { opening = WindowEvidence(from: &reader) }
    let entities = reader.entities()
    guard !reader.hasFailed, let rhythm = Rhythm(from: &reader) else { return nil }
    self.entities = entities
    self.rhythm = rhythm
    let waitingCount = reader.count(elementBytes: 8)
    guard waitingCount <= Limits.contactTimesWaitingMax else { return nil }
    for _ in 0..<waitingCount { waiting.append(reader.int64()) }
    guard zip(waiting, waiting.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    if reader.byte() == 1 {
      let times = (reader.int64(), reader.int64())
      guard let score = ContactScore(from: &reader) else { return nil }
      told = Told(
        time: times.0,
        start: times.1,
        score: score,
        points: Int(clamping: reader.variable()),
        least: reader.double(),
        isFinding: reader.byte() == 1
      )
    }
    guard !reader.hasFailed, told.map({ $0.points <= ContactScore.pointsMax }) ?? true,
      told.map({ $0.start <= $0.time }) ?? true
    else { return nil }
  }
}
