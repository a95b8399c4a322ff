import VedetteEvent
import VedetteStatistics

/// Everything that is known about one entity in one source.
///
/// Windows go through three states. *Open*: events still come. *Sealed*: the watermark has passed
/// its end, so its sums are final, but a window that began before that still may not know of it.
/// *Learned*: part of the series. A window is always measured against exactly those that ended at
/// least the lateness before it began, whichever of them are learned already: those are the ones
/// whose sums are certain when its first event comes. So neither the order of arrival within the
/// lateness nor the cuts between batches change what is usual for a window.
struct EntityActivity: Sendable, Equatable {
  /// A window that is over and not learned yet.
  struct Sealed: Sendable, Equatable {
    var width: WindowWidth
    var start: Int64
    var sums: MetricSums

    var end: Int64 { start.addingHeld(width.nanoseconds) }
  }

  struct Series: Sendable, Equatable {
    var metric: ActivityMetric
    var width: WindowWidth
    var series: MetricSeries
  }

  /// A series is judged after so many windows with activity.
  static let windowsMin: UInt32 = 12
  /// After the longest learning so many are enough.
  static let windowsMinAfterLearning: UInt32 = 4
  private static let dayNanoseconds: Int64 = 86_400_000_000_000
  /// An entity's new values are news after so many events.
  static let eventsMin: UInt64 = 50

  let key: EntityKey
  /// The ``EntityKey/shortHash`` of ``key``.
  let shortHash: UInt32
  private(set) var firstSeen: Int64
  /// When its full state began, if there was only a slot before.
  private var promotedAt: Int64?
  /// The end of the last sealed window; the least number before there is one.
  private(set) var lastSealed = Int64.min
  private(set) var values = KnownValues()
  private(set) var windows: [ActivityWindow] = []
  private var sealed: [Sealed] = []
  private(set) var series: [Series] = []
  private var learnedEvents: UInt64 = 0
  private var sealedEvents: UInt64 = 0
  /// The end of the window in which the events were enough.
  private var enoughFrom: Int64?

  init(key: EntityKey, firstSeen: Int64) {
    self.key = key
    shortHash = key.shortHash
    self.firstSeen = firstSeen
  }

  /// Creates what is left of an entity of which only a slot was kept.
  init(key: EntityKey, promoted time: Int64, from slot: SlotSummary) {
    self.init(key: key, firstSeen: min(time, Self.firstSeen(slot)))
    promotedAt = time
    guard slot.count > 0 else { return }
    series = [Series(metric: .events, width: .short, series: MetricSeries(slot))]
  }

  /// What a slot keeps: its windows of ten minutes, those too that are not settled.
  func demoted(_ context: SourceContext) -> SlotSummary {
    var series = find(.events, .short) ?? MetricSeries()
    for window in sealed where window.width == .short {
      learn(window, .events, into: &series, context)
    }
    return series.slot(mark: Self.mark(firstSeen: firstSeen))
  }
}

// Events come in.
extension EntityActivity {
  /// Adds an event to its windows and its values to those known.
  mutating func record(_ facts: RowFacts, _ batch: BatchFacts, _ context: SourceContext) -> Change {
    var change = Change()
    firstSeen = min(firstSeen, facts.time)
    if let promotedAt { self.promotedAt = min(promotedAt, facts.time) }
    for width in WindowWidth.allCases {
      let start = width.start(of: facts.time)
      let index: Int
      if let found = place(width, start) {
        index = found
      } else {
        windows.append(ActivityWindow(width: width, start: start, time: facts.time))
        index = windows.count - 1
        change.opened.append(width)
      }
      windows[index].add(facts, batch)
      // Also of a metric that this event adds nothing to: the finding's last time grows.
      for metric in ActivityMetric.allCases where windows[index].mayBeNotable(metric) {
        if mark(index, metric, context) { change.notable.append(width) }
      }
      if change.opened.last == width, windows[index].bounds[.events] < .max {
        windows[index].keepSlots()
      }
    }
    let candidates = values.candidates.count
    noteValues(facts, batch, context)
    change.hasCandidates = candidates == 0 && !values.candidates.isEmpty
    return change
  }

  /// The place of an open window; a plain loop, because a closure is handed copies of windows.
  private func place(_ width: WindowWidth, _ start: Int64) -> Int? {
    for index in windows.indices
    where windows[index].start == start && windows[index].width == width {
      return index
    }
    return nil
  }

  private mutating func noteValues(
    _ facts: RowFacts,
    _ batch: BatchFacts,
    _ context: SourceContext
  ) {
    // Whoever only named the account is not known to be its user: where they came from neither
    // teaches what is usual for the user nor is news about the user.
    if facts.isUserClaimed, key.type == .user { return }
    let start = WindowWidth.short.start(of: facts.time)
    let newsFrom = newsFrom(context)
    var past: KnownValues.Past?
    if let newsFrom, facts.time >= newsFrom {
      past = KnownValues.Past(
        end: start.subtractingHeld(context.lateness),
        events: events(before: start, context)
      )
    }
    values.note(facts, batch, past: past, attributes: attributes)
  }

  /// Takes the new values that are certain.
  mutating func takeNewValues(_ context: SourceContext) -> [NewValue] {
    values.takeCertain(watermark: context.watermark)
  }

  /// Returns an open window.
  func window(_ width: WindowWidth, _ start: Int64) -> ActivityWindow? {
    place(width, start).map { windows[$0] }
  }

  /// Takes the metrics of a window that have grown past their bound since they were last taken.
  mutating func takeNotable(_ width: WindowWidth, _ start: Int64) -> [ActivityMetric] {
    guard let index = place(width, start) else { return [] }
    defer { windows[index].unpublished = 0 }
    return ActivityMetric.allCases.filter { windows[index].unpublished >> $0.rawValue & 1 == 1 }
  }

  private mutating func mark(
    _ index: Int,
    _ metric: ActivityMetric,
    _ context: SourceContext
  ) -> Bool {
    if windows[index].bounds[metric] == 0 {
      let (width, start) = (windows[index].width, windows[index].start)
      let usual = usual(metric, width, before: start, context)
      let limits = context.limits(at: start)
      let level = limits.leastStated(metric.scoreKind)
      windows[index].bounds[metric] = usual?.leastSum(metric, level: level, limits) ?? .max
    }
    let bound = windows[index].bounds[metric]
    guard windows[index].sums[metric] >= bound, bound < .max else { return false }
    let bit: UInt8 = 1 << metric.rawValue
    defer { windows[index].unpublished |= bit }
    return windows[index].unpublished == 0
  }
}

// What is usual.
extension EntityActivity {
  /// What a metric usually is for a window, or `nil` if that is not known well enough yet.
  func usual(
    _ metric: ActivityMetric,
    _ width: WindowWidth,
    before start: Int64,
    _ context: SourceContext
  ) -> UsualAmount? {
    let age = start.subtractingHeld(firstSeen)
    guard age >= context.leastAge else { return nil }
    var series = find(metric, width) ?? MetricSeries()
    for window in sealed where window.width == width {
      guard window.end.addingHeld(context.lateness) <= start else { continue }
      learn(window, metric, into: &series, context)
    }
    var usual = series.usual
    usual.isQuietFirstDay =
      age < Self.dayNanoseconds
      && Int64(usual.count) < age / width.nanoseconds / 2
    let isLearned =
      usual.count >= Self.windowsMin
      || start.subtractingHeld(rememberedFrom) >= context.learning
        && usual.count >= Self.windowsMinAfterLearning
    return isLearned ? usual : nil
  }

  /// How many events certainly came before a window, for the share of new values among them.
  func events(before start: Int64, _ context: SourceContext) -> UInt64 {
    sealed.reduce(learnedEvents) { sum, window in
      let isBefore =
        window.width == .short && window.end.addingHeld(context.lateness) <= start
      return isBefore ? sum &+ window.sums[.events] : sum
    }
  }

  /// From when on the entity's new values are news, or `nil` if that is far off.
  private func newsFrom(_ context: SourceContext) -> Int64? {
    let longest = rememberedFrom.addingHeld(context.learning)
    let enough = enoughFrom?.addingHeld(context.lateness) ?? .max
    let shortest = max(enough, rememberedFrom.addingHeld(context.leastAge))
    let time = WindowWidth.short.start(notBefore: min(longest, shortest))
    return time == .max ? nil : time
  }

  /// Since when its values and all of its series are remembered.
  private var rememberedFrom: Int64 { promotedAt ?? firstSeen }

  private func find(_ metric: ActivityMetric, _ width: WindowWidth) -> MetricSeries? {
    series.first { $0.metric == metric && $0.width == width }?.series
  }

  private func learn(
    _ window: Sealed,
    _ metric: ActivityMetric,
    into series: inout MetricSeries,
    _ context: SourceContext
  ) {
    guard metric.learnsZero || window.sums[metric] > 0,
      context.pauses.allows(key, shortHash, window.start..<window.end)
    else { return }
    series.learn(metric.position(of: window.sums[metric]), at: window.start)
  }

  /// The number of events in windows that are over.
  var eventCount: UInt64 { sealedEvents }

  /// Whether a value that was never seen before would be news at a time.
  func isNews(at time: Int64, _ context: SourceContext) -> Bool {
    newsFrom(context).map { $0 <= time } ?? false
  }
}

// Windows end.
extension EntityActivity {
  /// Measures a window that is about to be sealed: a score for each metric that has one.
  ///
  /// Asked before any window that ends with it is learned. It changes nothing: what is mutating is
  /// called in place, anything else on a copy.
  mutating func scores(
    _ width: WindowWidth,
    _ start: Int64,
    _ context: SourceContext
  )
    -> [Calibration.Entry]
  {
    guard let index = place(width, start) else { return [] }
    let limits = context.limits(at: start)
    return ActivityMetric.allCases.compactMap { metric in
      let sum = windows[index].sums[metric]
      guard sum >= metric.leastCounted,
        let usual = usual(metric, width, before: start, context)
      else { return nil }
      let least = usual.leastSum(metric, level: limits.leastLevel(metric, width), limits)
      return Calibration.Entry(
        end: windows[index].end,
        kind: metric.scoreKind,
        score: usual.level(of: metric.position(of: sum)),
        isFinding: sum >= least && least < .max,
        key: key
      )
    }
  }

  /// Ends a window: its sums are final.
  mutating func seal(
    _ width: WindowWidth,
    _ start: Int64,
    _ context: SourceContext
  ) -> ActivityWindow? {
    guard let index = place(width, start) else { return nil }
    let window = windows.remove(at: index)
    sealed.append(Sealed(width: width, start: start, sums: window.sums))
    lastSealed = max(lastSealed, window.end)
    if width == .short {
      let (sum, overflow) = sealedEvents.addingReportingOverflow(window.sums[.events])
      sealedEvents = overflow ? .max : sum
      if enoughFrom == nil, sealedEvents >= Self.eventsMin { enoughFrom = window.end }
      let effect = width.start(notBefore: window.end.addingHeld(context.lateness))
      values.seal(end: window.end, effect: effect)
    }
    learnWhatIsSettled(context)
    return window
  }

  /// Learns the windows that come before every window that is open or can still open.
  private mutating func learnWhatIsSettled(_ context: SourceContext) {
    // A window that can still open ends after the watermark, so it starts after this time.
    sealed.sort { ($0.start, $0.width.rawValue) < ($1.start, $1.width.rawValue) }
    var kept: [Sealed] = []
    for window in sealed {
      let settled = window.end.addingHeld(context.lateness).addingHeld(WindowWidth.long.nanoseconds)
      guard settled <= context.watermark else {
        kept.append(window)
        continue
      }
      if window.width == .short { learnedEvents = learnedEvents &+ window.sums[.events] }
      for metric in ActivityMetric.allCases where metric.learnsZero || window.sums[metric] > 0 {
        var series = find(metric, window.width) ?? MetricSeries()
        learn(window, metric, into: &series, context)
        store(series, metric, window.width)
      }
    }
    sealed = kept
  }

  private mutating func store(
    _ learned: MetricSeries,
    _ metric: ActivityMetric,
    _ width: WindowWidth
  ) {
    if let index = series.firstIndex(where: { $0.metric == metric && $0.width == width }) {
      series[index].series = learned
    } else {
      series.append(Series(metric: metric, width: width, series: learned))
    }
  }
}

extension EntityActivity {
  func write(to writer: inout SnapshotWriter) {
    writer.write(key.description)
    for number in [firstSeen, lastSealed, enoughFrom ?? .max, promotedAt ?? .max] {
      writer.write(number)
    }
    writer.write(variable: learnedEvents)
    writer.write(variable: sealedEvents)
    values.write(to: &writer)
    writer.write(count: windows.count)
    for window in windows { window.write(to: &writer) }
    writer.write(count: sealed.count)
    for window in sealed {
      writer.write(byte: UInt8(window.width.rawValue))
      writer.write(window.start)
      for metric in ActivityMetric.allCases { writer.write(variable: window.sums[metric]) }
    }
    writer.write(count: series.count)
    for entry in series {
      writer.write(byte: UInt8(entry.metric.rawValue))
      writer.write(byte: UInt8(entry.width.rawValue))
      entry.series.write(to: &writer)
    }
  }

  init?(from reader: inout SnapshotReader) {
    guard let key = EntityKey(reader.text()) else { return nil }
    self.init(key: key, firstSeen: reader.int64())
    lastSealed = reader.int64()
    let enough = reader.int64()
    enoughFrom = enough == .max ? nil : enough
    let promoted = reader.int64()
    promotedAt = promoted == .max ? nil : promoted
    learnedEvents = reader.variable()
    sealedEvents = reader.variable()
    guard let values = KnownValues(from: &reader) else { return nil }
    self.values = values
    for _ in 0..<reader.count(elementBytes: 30) {
      guard let window = ActivityWindow(from: &reader) else { return nil }
      windows.append(window)
    }
    for _ in 0..<reader.count(elementBytes: 14) {
      guard let width = WindowWidth(rawValue: Int(reader.byte())) else { return nil }
      var window = Sealed(width: width, start: reader.int64(), sums: MetricSums())
      for metric in ActivityMetric.allCases { window.sums[metric] = reader.variable() }
      sealed.append(window)
    }
    for _ in 0..<reader.count(elementBytes: 20) {
      guard let metric = ActivityMetric(rawValue: Int(reader.byte())),
        let width = WindowWidth(rawValue: Int(reader.byte())),
        let series = MetricSeries(from: &reader)
      else { return nil }
      store(series, metric, width)
    }
    guard !reader.hasFailed else { return nil }
  }
}
