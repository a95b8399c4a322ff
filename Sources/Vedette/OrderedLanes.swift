/// The chunks of several files that do not grow, the one that begins earliest first.
///
/// So that what happened at the same time is seen together, however many files it is spread over,
/// and the order depends on the files alone.
struct OrderedLanes<Reader: ChunkReader, Chunk: Sendable> {
  private struct Head {
    let time: Int64
    let lateness: Int64
    let lane: Int
    let chunk: Chunk

    /// The earliest time of an event of the chunk, which is in no order.
    var earliest: Int64 {
      let (earliest, overflow) = time.subtractingReportingOverflow(lateness)
      return overflow ? .min : earliest
    }
  }

  private let pool: WorkerPool<Reader, Chunk>
  private var heads: [Head] = []
  /// The lanes that give their next chunk.
  private var empty: [Int]

  /// Creates the order.
  ///
  /// - Parameter pool: What reads the files, each in a lane of its own.
  init(_ pool: WorkerPool<Reader, Chunk>) {
    self.pool = pool
    empty = Array(0..<pool.laneCount)
  }

  /// Takes the next chunk, or returns `nil` when every file has ended.
  ///
  /// - Parameter start: Returns when a chunk begins and how far its events may be out of order, in
  ///   nanoseconds; asked once for each chunk, when all before it in its file were taken.
  /// - Returns: The chunk, and the earliest time of what the other files go on with: that is not
  ///   late, however far this chunk reaches.
  mutating func next(
    _ start: (Chunk) -> (time: Int64, lateness: Int64)
  ) -> (chunk: Chunk, awaited: Int64)? {
    for lane in empty {
      guard let chunk = pool.take(lane: lane) else { continue }
      let (time, lateness) = start(chunk)
      heads.append(Head(time: time, lateness: lateness, lane: lane, chunk: chunk))
    }
    empty = []
    let first = heads.indices.min {
      (heads[$0].time, heads[$0].lane) < (heads[$1].time, heads[$1].lane)
    }
    guard let first else { return nil }
    let head = heads.remove(at: first)
    empty = [head.lane]
    return (head.chunk, heads.map(\.earliest).min() ?? .max)
  }
}
