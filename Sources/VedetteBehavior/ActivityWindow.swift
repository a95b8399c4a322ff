import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// An event that a finding can show: where it was read, when it happened, its bytes.
struct WindowEvidence: Sendable, Equatable {
  var time: Int64
  var origin: RecordOrigin
  var raw: [UInt8]

  /// Whether it comes first in its source: by time, then by place.
  func precedes(_ other: WindowEvidence) -> Bool {
    (time, origin.path, origin.offset) < (other.time, other.origin.path, other.origin.offset)
  }

  var evidence: Evidence {
    Evidence(time: EventTime(nanosecondsSinceEpoch: time), origin: origin, raw: raw)
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(time)
    writer.write(origin.path)
    writer.write(Int64(origin.line))
    writer.write(origin.offset)
    writer.write(Int64(origin.length))
    writer.write(bytes: raw)
  }

  init(time: Int64, origin: RecordOrigin, raw: [UInt8]) {
    self.time = time
    self.origin = origin
    self.raw = raw
  }

  init(from reader: inout SnapshotReader) {
    time = reader.int64()
    origin = RecordOrigin(
      path: reader.text(),
      line: Int(reader.int64()),
      offset: reader.int64(),
      length: Int(reader.int64())
    )
    raw = reader.byteString()
  }
}

/// The first events of a window by time: the same ones in whatever order they come.
struct FirstEvents: Sendable, Equatable {
  private static let countMax = 2
  private(set) var events: [WindowEvidence] = []

  /// Whether an event may be kept: what is not need not be copied.
  ///
  /// - Parameters:
  ///   - time: When it happened.
  ///   - origin: Where it was read; asked for only where times are the same.
  /// - Returns: Whether to make a copy of it.
  func admits(_ time: Int64, _ origin: @autoclosure () -> RecordOrigin) -> Bool {
    guard events.count == Self.countMax, let last = events.last else { return true }
    guard time == last.time else { return time < last.time }
    let origin = origin()
    return (origin.path, origin.offset) < (last.origin.path, last.origin.offset)
  }

  mutating func add(_ event: WindowEvidence) {
    let place = events.firstIndex { event.precedes($0) } ?? events.count
    guard place < Self.countMax else { return }
    guard place < events.count else { return events.append(event) }
    events.insert(event, at: place)
    if events.count > Self.countMax { events.removeLast() }
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: events.count)
    for event in events { event.write(to: &writer) }
  }

  init() {}

  init(from reader: inout SnapshotReader) {
    let count = reader.count(elementBytes: 34)
    for _ in 0..<min(count, Self.countMax) { events.append(WindowEvidence(from: &reader)) }
    if count > Self.countMax { reader.fail() }
  }
}

/// How many different things an entity touched in a window.
///
/// Mostly one or two: those are kept in one list, which becomes sketches when it is full.
struct Variety: Sendable, Equatable {
  /// Of operations, networks, hosts and models, in this order.
  private static let attributes: [ValueAttribute] = [.operation, .network, .host, .model]
  private static let fewMax = 16
  private static let precision = 8

  /// The hashes of each attribute, in order, one attribute after the other; empty once there are
  /// sketches.
  private var few: [UInt64] = []
  /// How many of ``few`` each attribute has.
  private var counts = SIMD4<UInt8>(repeating: 0)
  /// One for each attribute, or none.
  private var sketches: [CardinalitySketch] = []

  mutating func add(_ values: AttributeHashes) {
    add(values[.operation], 0)
    add(values[.network], 1)
    add(values[.host], 2)
    add(values[.model], 3)
  }

  /// Counts the different values of an attribute.
  ///
  /// - Parameter index: 0 for operations, 1 for networks, 2 for hosts, 3 for models.
  /// - Returns: How many there were, exact while they are few.
  func count(_ index: Int) -> Double {
    sketches.isEmpty ? Double(counts[index]) : sketches[index].estimate
  }

  private mutating func add(_ hash: UInt64, _ index: Int) {
    guard hash != 0 else { return }
    guard sketches.isEmpty else { return sketches[index].insert(hash: hash) }
    var place = 0
    for earlier in 0..<index { place += Int(counts[earlier]) }
    let end = place + Int(counts[index])
    while place < end, few[place] < hash { place += 1 }
    if place < end, few[place] == hash { return }
    guard few.count < Self.fewMax else {
      sketches = allSketches
      few = []
      counts = SIMD4(repeating: 0)
      return sketches[index].insert(hash: hash)
    }
    few.insert(hash, at: place)
    counts[index] += 1
  }

  private var allSketches: [CardinalitySketch] {
    guard sketches.isEmpty else { return sketches }
    var place = 0
    return Self.attributes.indices.map { index in
      var sketch = CardinalitySketch(precision: Self.precision)
      for hash in few[place..<place + Int(counts[index])] { sketch.insert(hash: hash) }
      place += Int(counts[index])
      return sketch
    }
  }

  func write(to writer: inout SnapshotWriter) {
    for sketch in allSketches { sketch.write(to: &writer) }
  }

  init() {}

  init?(from reader: inout SnapshotReader) {
    for _ in Self.attributes {
      guard let sketch = CardinalitySketch(from: &reader), sketch.precision == Self.precision else {
        return nil
      }
      sketches.append(sketch)
    }
    takeFew()
  }

  /// Lists what sketches hold where they are few, as if they had been added one by one.
  private mutating func takeFew() {
    let all = sketches.map(\.exactHashes)
    guard all.allSatisfy({ $0 != nil }) else { return }
    let hashes = all.compactMap(\.self)
    guard hashes.reduce(0, { $0 + $1.count }) <= Self.fewMax else { return }
    sketches = []
    few = hashes.flatMap(\.self)
    for index in hashes.indices { counts[index] = UInt8(hashes[index].count) }
  }
}

/// What an entity did in one stretch of event time that is not over yet.
struct ActivityWindow: Sendable, Equatable {
  let width: WindowWidth
  let start: Int64
  var sums = MetricSums()
  var first: Int64
  var last: Int64
  /// Only of short windows: the features of the isolation forest.
  var variety: Variety?
  /// The sums of the window's parts, in their order; none while nothing is said about it anyway.
  private var slots: [MetricSums] = []
  var events = FirstEvents()
  var failures = FirstEvents()
  /// The sum from which each metric is a finding; 0 until it is known.
  var bounds = MetricSums()
  /// The metrics, by bit, that have grown past their bound and were not published since.
  var unpublished: UInt8 = 0

  var end: Int64 { start.addingHeld(width.nanoseconds) }

  init(width: WindowWidth, start: Int64, time: Int64) {
    self.width = width
    self.start = start
    first = time
    last = time
    variety = width == .short ? Variety() : nil
  }

  mutating func add(_ facts: RowFacts, _ batch: BatchFacts) {
    sums.add(facts.sums)
    addToSlot(facts.sums, facts.time)
    first = min(first, facts.time)
    last = max(last, facts.time)
    variety?.add(facts.values)
    if events.admits(facts.time, batch.origin(facts)) { events.add(batch.evidence(facts)) }
    if facts.isFailure, failures.admits(facts.time, batch.origin(facts)) {
      failures.add(batch.evidence(facts))
    }
  }

  /// Whether a metric has a sum, and a bound that it may be past or that is not known yet.
  func mayBeNotable(_ metric: ActivityMetric) -> Bool {
    sums[metric] > 0 && bounds[metric] != .max
  }

  /// Keeps the sums of the window's parts from now on: asked for when it opens.
  mutating func keepSlots() {
    slots = [MetricSums](repeating: MetricSums(), count: width.slotCount)
    addToSlot(sums, first)
  }

  private mutating func addToSlot(_ added: MetricSums, _ time: Int64) {
    guard !slots.isEmpty else { return }
    let place = Int(time.subtractingHeld(start) / (width.nanoseconds / Int64(slots.count)))
    slots[min(max(place, 0), slots.count - 1)].add(added)
  }

  /// When a sum passed a bound, to the end of a part of the window.
  ///
  /// Exact to a minute or five, and not to the event: which event passed it depends on the order
  /// in which they came.
  func time(_ metric: ActivityMetric, reached bound: UInt64) -> Int64 {
    var sum = MetricSums()
    for (index, slot) in slots.enumerated() {
      sum.add(slot)
      guard sum[metric] >= bound else { continue }
      let end = width.nanoseconds / Int64(slots.count) * Int64(index + 1)
      return min(start.addingHeld(end), last)
    }
    return last
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(byte: UInt8(width.rawValue))
    writer.write(start)
    writer.write(count: slots.count)
    for slot in slots {
      for metric in ActivityMetric.allCases { writer.write(variable: slot[metric]) }
    }
    for metric in ActivityMetric.allCases { writer.write(variable: sums[metric]) }
    writer.write(first)
    writer.write(last)
    variety?.write(to: &writer)
    events.write(to: &writer)
    failures.write(to: &writer)
  }

  init?(from reader: inout SnapshotReader) {
    guard let width = WindowWidth(rawValue: Int(reader.byte())) else { return nil }
    self.width = width
    start = reader.int64()
    let slotCount = reader.count(elementBytes: ActivityMetric.allCases.count)
    guard slotCount == 0 || slotCount == width.slotCount else { return nil }
    for _ in 0..<slotCount {
      var slot = MetricSums()
      for metric in ActivityMetric.allCases { slot[metric] = reader.variable() }
      slots.append(slot)
    }
    for metric in ActivityMetric.allCases { sums[metric] = reader.variable() }
    first = reader.int64()
    last = reader.int64()
    if width == .short {
      guard let variety = Variety(from: &reader) else { return nil }
      self.variety = variety
    }
    events = FirstEvents(from: &reader)
    failures = FirstEvents(from: &reader)
    guard !reader.hasFailed, width.start(of: start) == start else { return nil }
  }
}
