import VedetteColumns
import VedetteEvent

/// Tells, in files that are read to their end, the end of a pause from a stamp far ahead.
///
/// Time that leaps forward either goes on from there, or is taken back by what follows: then the
/// stamp was of a clock that was wrong or of somebody who wrote it, and must not make the rest of
/// the source late. What follows is looked at by rows, so it does not matter where chunks are cut.
/// Two clocks in one file that are an hour apart are neither: both go on. Past a day no two clocks
/// are apart: there a few rows that go back are enough, however many such stamps there are.
struct JumpJudge {
  /// A leap is believed once so many rows go on from it.
  private static let aheadMin = 64
  /// It is not believed once so many rows don't, unless a third as many do.
  private static let backMin = 3 * aheadMin
  /// A leap over more is not believed if a fifth of what follows goes back.
  private static let clocksApartNanoseconds: Int64 = 86_400_000_000_000
  /// The most rows that are looked at for one leap.
  private static let rowsMax = 4_096
  /// A source's first time is doubted only if what follows is a year before it: many services list
  /// their newest records first.
  private static let firstNanoseconds: Int64 = 366 * clocksApartNanoseconds

  /// The newest time that was believed.
  private(set) var newest: Int64?

  /// Finds the rows of a source's next batch whose times are taken back by what follows.
  ///
  /// - Parameters:
  ///   - batches: The batch, and the next ones of its source as far as they are known; years known.
  ///   - isEnd: Whether no further batches come.
  ///   - lateness: How far events of the source may be out of order, in nanoseconds.
  /// - Returns: The rows, or `nil` if that can't be told before more batches are known.
  mutating func strays(
    in batches: [EventBatch],
    isEnd: Bool,
    lateness: Int64
  ) -> [Int]? {
    guard let batch = batches.first else { return [] }
    var newest = newest
    var strays: [Int] = []
    for row in 0..<batch.rowCount where batch.timed[row] {
      let time = batch.times[row]
      guard newest.map({ time > $0.addingHeld(lateness) }) ?? true else {
        newest = max(newest ?? time, time)
        continue
      }
      let bound = back(from: time, newest, lateness)
      let isFar = newest.map { time > $0.addingHeld(Self.clocksApartNanoseconds) } ?? true
      guard let isStray = isTakenBack(bound, isFar, after: row, batches, isEnd: isEnd) else {
        return nil
      }
      if isStray { strays.append(row) } else { newest = time }
    }
    self.newest = newest
    return strays
  }

  /// Before which time a row takes a leap back: nearer to where the source was.
  private func back(from time: Int64, _ newest: Int64?, _ lateness: Int64) -> Int64 {
    guard let newest else { return time.subtractingHeld(max(lateness, Self.firstNanoseconds)) }
    return min(time.subtractingHeld(lateness), newest / 2 + time / 2)
  }

  private func isTakenBack(
    _ bound: Int64,
    _ isFar: Bool,
    after row: Int,
    _ batches: [EventBatch],
    isEnd: Bool
  ) -> Bool? {
    var (ahead, back, seen) = (0, 0, 0)
    var isStray: Bool { isFar ? 4 * back > ahead : back > 3 * ahead }
    for (index, batch) in batches.enumerated() {
      let first = index == 0 ? row + 1 : 0
      for next in first..<batch.rowCount {
        seen += 1
        if batch.timed[next] {
          if batch.times[next] < bound { back += 1 } else { ahead += 1 }
        }
        if ahead == Self.aheadMin || back == Self.backMin || seen == Self.rowsMax {
          return isStray
        }
      }
    }
    return isEnd ? isStray : nil
  }
}
