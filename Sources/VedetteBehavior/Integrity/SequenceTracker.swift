import VedetteEvent
import VedetteFindings

/// The numbers that one writer gives its records: Windows' record ids, auditd's serials.
///
/// Numbers that are left out are missing only where the writer leaves none out as a rule: a forwarder
/// that sends some kinds of events alone has gaps everywhere.
struct SequenceTracker: Sendable, Equatable {
  /// Numbers that did not come.
  struct Gap: Sendable, Equatable {
    /// The first and the last of them.
    var range: ClosedRange<Int64>
    /// How many have not come since.
    var missing: Int64
    /// The time of the event behind them.
    var time: Int64
    /// That event.
    var evidence: Evidence
    /// How many numbers came before them, and how many gaps there were.
    var stepsBefore = 0
    var gapsBefore = 0
  }

  static let gapsMax = 8
  static let stepsMin = 500
  /// Of so many numbers at most one gap is a gap, and not how the writer is.
  static let stepsPerGapMin = 200
  private static let restartCount = 3

  private(set) var highest: Int64?
  private(set) var steps = 0
  private(set) var gapCount = 0
  private(set) var open: [Gap] = []
  private var restart: (number: Int64, count: Int) = (0, 0)

  init() {}

  static func == (lhs: SequenceTracker, rhs: SequenceTracker) -> Bool {
    lhs.highest == rhs.highest && lhs.steps == rhs.steps && lhs.gapCount == rhs.gapCount
      && lhs.open == rhs.open
  }

  /// Takes the next number.
  ///
  /// - Parameters:
  ///   - number: The number.
  ///   - time: Its event's time.
  ///   - evidence: Makes the event as evidence.
  mutating func note(_ number: Int64, at time: Int64, _ evidence: () -> Evidence) {
    guard let before = highest else {
      highest = number
      return
    }
    guard number > before else { return noteEarlier(number) }
    restart = (0, 0)
    steps += 1
    highest = number
    guard number - before > 1 else { return }
    gapCount += 1
    if open.count >= Self.gapsMax { open.removeFirst() }
    open.append(
      Gap(
        range: before + 1...number - 1,
        missing: number - before - 1,
        time: time,
        evidence: evidence(),
        stepsBefore: steps - 1,
        gapsBefore: gapCount - 1
      )
    )
  }

  /// A number of a gap fills it; several others in their order are a new beginning, as after a
  /// start of the host.
  private mutating func noteEarlier(_ number: Int64) {
    if let place = open.firstIndex(where: { $0.range.contains(number) }) {
      open[place].missing -= 1
      if open[place].missing <= 0 {
        open.remove(at: place)
        gapCount -= 1
      }
      return
    }
    restart = number == restart.number + 1 ? (number, restart.count + 1) : (number, 1)
    guard restart.count >= Self.restartCount else { return }
    highest = number
    open = []
    restart = (0, 0)
  }

  /// Takes the gaps that nothing will fill any more, as far as they say something.
  ///
  /// - Parameter watermark: The time before which nothing more is expected.
  /// - Returns: The gaps, in their order.
  mutating func settle(before watermark: Int64) -> [Gap] {
    guard open.contains(where: { $0.time < watermark }) else { return [] }
    let settled = open.filter { $0.time < watermark }
    open.removeAll { $0.time < watermark }
    return settled.filter {
      $0.stepsBefore >= Self.stepsMin
        && $0.gapsBefore * Self.stepsPerGapMin <= $0.stepsBefore
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(highest) { $0.write($1) }
    writer.write(steps)
    writer.write(gapCount)
    writer.write(restart.number)
    writer.write(restart.count)
    writer.write(open) { writer, gap in
      writer.write(gap.range.lowerBound)
      writer.write(gap.range.upperBound)
      writer.write(gap.missing)
      writer.write(gap.time)
      gap.evidence.write(to: &writer)
      writer.write(gap.stepsBefore)
      writer.write(gap.gapsBefore)
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    highest = try reader.optional { reader throws(StateError) in try reader.signed() }
    steps = try reader.integer()
    gapCount = try reader.integer()
    restart = (try reader.signed(), try reader.integer())
    open = try reader.list { reader throws(StateError) in
      let (low, high) = (try reader.signed(), try reader.signed())
      guard low <= high else { throw .malformed }
      return Gap(
        range: low...high,
        missing: try reader.signed(),
        time: try reader.signed(),
        evidence: try Evidence(from: &reader),
        stepsBefore: try reader.integer(),
        gapsBefore: try reader.integer()
      )
    }
  }
}

extension Evidence {
  func write(to writer: inout StateWriter) {
    writer.write(time) { $0.write($1.nanosecondsSinceEpoch) }
    writer.write(origin.path)
    writer.write(origin.line)
    writer.write(origin.offset)
    writer.write(origin.length)
    writer.write(raw)
    writer.write(originalSHA256) { $0.write($1) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    let time = try reader.optional { reader throws(StateError) in
      EventTime(nanosecondsSinceEpoch: try reader.signed())
    }
    let origin = RecordOrigin(
      path: try reader.text(),
      line: try reader.integer(),
      offset: try reader.signed(),
      length: try reader.integer()
    )
    self.init(
      time: time,
      origin: origin,
      raw: try reader.blob(),
      originalSHA256: try reader.optional { reader throws(StateError) in try reader.blob() }
    )
  }
}
