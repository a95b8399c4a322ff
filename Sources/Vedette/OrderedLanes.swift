import VedetteColumns
import VedetteEvent

/// A chunk as it came from a worker, with more of its own or not.
protocol ParsedChunkCarrying: Sendable {
  /// The chunk.
  var parsed: ParsedChunk { get }
}

extension ParsedChunk: ParsedChunkCarrying {
  var parsed: ParsedChunk { self }
}

/// The chunks of several files that do not grow, the one that begins earliest first.
///
/// So that what happened at the same time is seen together, however many files it is spread over,
/// and the order depends on the files alone. Times are what they are going to be: years are known,
/// and a stamp that what follows takes back is none, as ``JumpJudge`` says.
struct OrderedLanes<Reader: ChunkReader, Chunk: ParsedChunkCarrying> {
  /// The next chunk of all.
  struct Next {
    let chunk: Chunk
    /// Its events with their years, without the times that are taken back.
    let batch: EventBatch
    /// How many times were taken back.
    let strayCount: Int
    /// The earliest time of what the other files go on with: that is not late, however far this
    /// chunk reaches.
    let awaited: Int64
  }

  private struct Head {
    let time: Int64
    let lane: Int
    let ahead: Ahead
    let strayCount: Int

    /// The earliest time of an event of the chunk, which is in no order.
    var earliest: Int64 { time.subtractingHeld(ahead.lateness) }
  }

  /// A chunk of which the time has not come.
  private struct Ahead {
    let chunk: Chunk
    var batch: EventBatch

    var lateness: Int64 { chunk.parsed.origin.latenessNanoseconds }
  }

  private struct Lane {
    var judge = JumpJudge()
    var ahead: [Ahead] = []
    var isEnded = false
  }

  /// What follows a leap is looked for in so many chunks.
  private static var aheadMax: Int { 16 }

  private let pool: WorkerPool<Reader, Chunk>
  private var lanes: [Lane]
  private var heads: [Head] = []
  /// The lanes that give their next chunk.
  private var empty: [Int]

  /// Creates the order.
  ///
  /// - Parameter pool: What reads the files, each in a lane of its own.
  init(_ pool: WorkerPool<Reader, Chunk>) {
    self.pool = pool
    lanes = (0..<pool.laneCount).map { _ in Lane() }
    empty = Array(lanes.indices)
  }

  /// Takes the next chunk.
  ///
  /// - Parameter years: Returns a chunk's events with their years; asked once for each chunk, in the
  ///   order of its file.
  /// - Returns: The chunk, or `nil` when every file has ended.
  mutating func next(_ years: (ParsedChunk) -> EventBatch) -> Next? {
    for lane in empty { fill(lane, years) }
    empty = []
    let first = heads.indices.min {
      (heads[$0].time, heads[$0].lane) < (heads[$1].time, heads[$1].lane)
    }
    guard let first else { return nil }
    let head = heads.remove(at: first)
    empty = [head.lane]
    return Next(
      chunk: head.ahead.chunk,
      batch: head.ahead.batch,
      strayCount: head.strayCount,
      awaited: heads.map(\.earliest).min() ?? .max
    )
  }

  /// Makes a lane's next chunk a head, reading as far ahead as it takes to judge its times.
  private mutating func fill(_ lane: Int, _ years: (ParsedChunk) -> EventBatch) {
    while true {
      let isEnd = lanes[lane].isEnded || lanes[lane].ahead.count >= Self.aheadMax
      if let first = lanes[lane].ahead.first {
        let strays = lanes[lane].judge.strays(
          in: lanes[lane].ahead.map(\.batch),
          isEnd: isEnd,
          lateness: first.lateness
        )
        if let strays { return add(lane, strays) }
      } else if isEnd {
        return
      }
      guard let chunk = pool.take(lane: lane) else {
        lanes[lane].isEnded = true
        continue
      }
      lanes[lane].ahead.append(Ahead(chunk: chunk, batch: years(chunk.parsed)))
    }
  }

  private mutating func add(_ lane: Int, _ strays: [Int]) {
    var head = lanes[lane].ahead.removeFirst()
    if !strays.isEmpty {
      var timed = head.batch.timed
      for row in strays { timed.clear(row) }
      head.batch = head.batch.with(times: head.batch.times, timed: timed)
    }
    let (batch, judge) = (head.batch, lanes[lane].judge)
    let first = (0..<batch.rowCount).first { batch.timed[$0] }
    let time = first.map { batch.times[$0] } ?? judge.newest ?? .min
    heads.append(Head(time: time, lane: lane, ahead: head, strayCount: strays.count))
  }
}
