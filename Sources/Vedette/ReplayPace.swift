import VedetteColumns
import VedetteEvent
import VedetteIngest

/// Makes a replay take its time: as long as what is in the logs took, or a fraction of it.
///
/// What is found is the same; only when it is written is not. A pause that a source's own times
/// make is waited for like any other.
public struct ReplayPace: Sendable {
  /// The most records that are taken between two looks at the clock.
  static let recordsMax = 64

  /// How many seconds of event time pass in one second.
  public let speed: Double
  private let milliseconds: @Sendable () -> Int64
  private let sleep: @Sendable (Int64) -> Void
  private var origin: (event: Int64, clock: Int64)?

  /// Creates a pace.
  ///
  /// - Parameters:
  ///   - speed: How many seconds of event time pass in one second, above 0.
  ///   - milliseconds: A clock that never goes back.
  ///   - sleep: Waits for so many milliseconds.
  public init(
    speed: Double,
    milliseconds: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Int64) -> Void
  ) {
    self.speed = speed
    self.milliseconds = milliseconds
    self.sleep = sleep
  }

  /// Returns how long it is until the events of a batch are due, in milliseconds.
  mutating func delay(of batch: EventBatch) -> Int64 {
    guard let newest = batch.newestTime else { return 0 }
    let now = milliseconds()
    guard let origin else {
      origin = (newest, now)
      return 0
    }
    let due = (Double(newest.subtractingHeld(origin.event)) / 1_000_000 / speed).rounded()
    return (Int64(exactly: due) ?? (due < 0 ? .min : .max)).subtractingHeld(now - origin.clock)
  }

  func wait(_ milliseconds: Int64) { sleep(milliseconds) }
}

extension RecordChunk {
  /// The chunk in pieces of a few records each.
  func pieces(of recordsMax: Int) -> [RecordChunk] {
    guard records.count > recordsMax else { return [self] }
    return stride(from: 0, to: records.count, by: recordsMax).map { first in
      let part = records[first..<min(first + recordsMax, records.count)]
      let start = part.first?.start ?? 0
      let end = part.last.map { $0.start + $0.length } ?? start
      return RecordChunk(
        source: source,
        path: path,
        bytes: Array(bytes[start..<end]),
        records: part.map { record in
          var moved = record
          moved.start -= start
          return moved
        }
      )
    }
  }
}
