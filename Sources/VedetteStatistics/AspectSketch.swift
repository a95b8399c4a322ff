/// Counts of the values of one aspect of events, such as their user or their user and address.
///
/// A count-min sketch: each value has a cell in each of two rows, shared with the few that hash to
/// the same, and its count is the smaller of the two. So memory does not grow with the number of
/// values, and a count is never too small.
struct AspectSketch: Sendable, Equatable {
  /// Cells of a row.
  static let width = 1 << 13
  private static let mask = UInt64(width - 1)

  private var cells = [AspectCell](repeating: AspectCell(), count: 2 * width)

  init() {}

  /// Counts a value and measures how unusual it is that it is seen so often.
  ///
  /// - Parameters:
  ///   - value: The value's hash.
  ///   - clock: The current tick.
  /// - Returns: The surprise of ``burstSurprise(current:total:ticks:dispersion:)``.
  mutating func count(_ value: UInt64, _ clock: AspectClock) -> Float {
    let first = count(at: Int(value & Self.mask), clock)
    let second = count(at: Int(value >> 32 & Self.mask) + Self.width, clock)
    return burstSurprise(
      current: min(first.current, second.current),
      total: min(first.total, second.total),
      ticks: clock.ticks,
      dispersion: AspectClock.dispersion
    )
  }

  private mutating func count(at place: Int, _ clock: AspectClock) -> AspectCell {
    var cell = cells[place]
    catchUp(&cell, clock)
    cell.current += 1
    let surprise = burstSurprise(
      current: cell.current,
      total: cell.total,
      ticks: clock.ticks,
      dispersion: 0
    )
    cell.isHeld = surprise > AspectClock.heldFrom
    cells[place] = cell
    return cell
  }
}

extension AspectSketch: Snapshotting {
  func write(to writer: inout SnapshotWriter) {
    for cell in cells {
      writer.write(cell.current)
      writer.write(cell.total)
      writer.write(cell.tick)
      writer.write(variable: cell.isHeld ? 1 : 0)
    }
  }

  init?(from reader: inout SnapshotReader) {
    guard reader.remaining >= 13 * cells.count else { return nil }
    for place in cells.indices {
      let current = reader.float()
      let total = reader.float()
      let tick = reader.uint32()
      let isHeld = reader.variable()
      guard current >= 0, total >= 0, current.isFinite, total.isFinite, isHeld <= 1 else {
        return nil
      }
      cells[place] = AspectCell(current: current, total: total, tick: tick, isHeld: isHeld == 1)
    }
    if reader.hasFailed { return nil }
  }
}
