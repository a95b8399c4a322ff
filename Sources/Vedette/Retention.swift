import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStore

/// Takes incidents away that are older than is to be kept, now and then, some at a time.
struct Retention {
  private static let pauseMilliseconds: Int64 = 600_000
  private let nanoseconds: Int64?
  private var next = Int64.min

  init(_ nanoseconds: Int64?) { self.nanoseconds = nanoseconds }

  /// Takes away what is due, and returns what that was, if anything.
  ///
  /// By event time, so that an old log that is read today is not gone before anybody has seen what
  /// is in it. What the pipeline may still write stays.
  mutating func purge(
    _ store: IncidentStore,
    _ detection: Detection,
    _ milliseconds: Int64,
    at time: EventTime
  ) throws(StoreError) -> PurgeCounts? {
    guard let nanoseconds, milliseconds >= next else { return nil }
    next = milliseconds + Self.pauseMilliseconds
    guard let newest = detection.newestTime else { return nil }
    let cut = min(newest, time).advanced(byNanoseconds: -nanoseconds)
    let counts: PurgeCounts
    do throws(StoreError) {
      counts = try store.retain(since: cut, except: detection.incidents.heldIncidents, at: time)
    } catch {
      // It is no reason to stop reading logs; the next try is soon.
      guard error.isPassing else { throw error }
      return nil
    }
    if counts.incidents == Limits.purgedIncidentsMax { next = milliseconds }
    return counts.isEmpty ? nil : counts
  }
}
