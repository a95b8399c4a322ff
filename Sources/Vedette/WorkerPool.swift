// Reading and parsing on any number of threads, handed over in an order that depends on none.
//
// A lane is one stream of chunks: a logical source in a replay, the follower of all files in a run.
// A worker takes a lane nobody is reading, reads the next chunk, gives the lane back and parses the
// chunk; what it made goes to its place in the lane. The consumer takes from the lanes in an order
// of its own. A lane has at most `depth` chunks that were not taken: full means wait, so memory is
// bounded by lanes times depth times the size of a chunk.

import VedetteEvent

/// Gives the chunks of a lane, one after the other.
protocol ChunkReader: SendableMetatype {
  associatedtype Chunk: Sendable
  /// Returns the next chunk, or `nil` at the end; may block.
  mutating func next() -> Chunk?
}

/// Turns chunks into what the consumer wants; each worker has its own.
protocol ChunkParser: SendableMetatype {
  associatedtype Chunk: Sendable
  associatedtype Parsed: Sendable
  /// Returns what became of a chunk, in order: at least one.
  mutating func parse(_ chunk: Chunk) -> [Parsed]
}

/// The threads that read and parse.
final class WorkerPool<Reader: ChunkReader, Parsed: Sendable>: Sendable {
  private struct Lane {
    /// The reader, or `nil` while a worker has it.
    var reader: Reader?
    var isEnded = false
    var readCount = 0
    var takenCount = 0
    /// What became of each chunk and was not taken.
    var ready: [Int: ArraySlice<Parsed>] = [:]
  }

  private struct State {
    var lanes: [Lane]
    var isStopping = false
  }

  private enum Step {
    case read(lane: Int, sequence: Int, reader: Reader)
    case stop
  }

  private let monitor: Monitor<State>
  private let depth: Int
  let laneCount: Int

  /// Creates a pool; ``run(workers:makeParser:consume:)`` starts it.
  ///
  /// - Parameters:
  ///   - readers: One for each lane.
  ///   - depth: How many chunks of a lane may wait to be taken.
  init(readers: sending [Reader], depth: Int) {
    laneCount = readers.count
    self.depth = max(1, depth)
    monitor = Monitor(State(lanes: readers.map { Lane(reader: $0) }))
  }

  /// Runs the workers until the consumer returns, then stops and joins them.
  ///
  /// - Parameters:
  ///   - workers: How many threads; at least one.
  ///   - makeParser: Makes a worker's parser, on its thread.
  ///   - consume: Takes what was parsed; runs on the caller's thread.
  /// - Throws: What the consumer throws; the workers are stopped all the same.
  func run<Parser: ChunkParser, Failure: Error>(
    workers: Int,
    makeParser: @escaping @Sendable () -> Parser,
    consume: () throws(Failure) -> Void
  ) throws(Failure) where Parser.Chunk == Reader.Chunk, Parser.Parsed == Parsed {
    let threads = (0..<max(1, workers)).compactMap { _ in
      WorkThread { [self] in
        var parser = makeParser()
        while work(&parser) {}
      }
    }
    defer {
      monitor.withLock { $0.isStopping = true }
      for thread in threads { thread.join() }
    }
    precondition(!threads.isEmpty, "the system has no thread left to give")
    try consume()
  }

  /// Tells the workers to read nothing more; what was read can still be taken.
  func stopReading() {
    monitor.withLock { state in
      for index in state.lanes.indices { state.lanes[index].isEnded = true }
    }
  }

  /// Returns a lane's next, waiting for it, or `nil` if the lane has ended.
  func take(lane index: Int) -> Parsed? {
    monitor.wait { state -> Parsed?? in
      Self.takeReady(&state, index)
    } ?? nil
  }

  /// Returns a lane's next if it comes in time.
  ///
  /// - Parameters:
  ///   - index: The lane.
  ///   - milliseconds: How long to wait.
  /// - Returns: What was parsed; `.some(nil)` if the lane has ended, `nil` if the time was up.
  func take(lane index: Int, milliseconds: Int) -> Parsed?? {
    monitor.wait(milliseconds: milliseconds) { Self.takeReady(&$0, index) }
  }

  private static func takeReady(_ state: inout State, _ index: Int) -> Parsed?? {
    let sequence = state.lanes[index].takenCount
    if let parsed = state.lanes[index].ready[sequence]?.popFirst() {
      if state.lanes[index].ready[sequence]?.isEmpty ?? true {
        state.lanes[index].ready[sequence] = nil
        state.lanes[index].takenCount += 1
      }
      return .some(parsed)
    }
    let lane = state.lanes[index]
    return lane.isEnded && lane.reader != nil && sequence == lane.readCount ? .some(nil) : nil
  }

  private func work<Parser: ChunkParser>(_ parser: inout Parser) -> Bool
  where Parser.Chunk == Reader.Chunk, Parser.Parsed == Parsed {
    let step = monitor.wait { state in nextStep(&state) }
    guard case .read(let index, let sequence, var reader) = step else { return false }
    let chunk = reader.next()
    monitor.withLock { state in
      state.lanes[index].reader = reader
      if chunk == nil {
        state.lanes[index].isEnded = true
      } else {
        state.lanes[index].readCount += 1
      }
    }
    guard let chunk else { return true }
    let parsed = parser.parse(chunk)
    precondition(!parsed.isEmpty, "a chunk became nothing")
    monitor.withLock { $0.lanes[index].ready[sequence] = parsed[...] }
    return true
  }

  /// The lane that is furthest behind its consumer's need, if any can be read now.
  private func nextStep(_ state: inout State) -> Step? {
    if state.isStopping { return .stop }
    var best: Int?
    var bestWaiting = depth
    for (index, lane) in state.lanes.enumerated() where !lane.isEnded && lane.reader != nil {
      let waiting = lane.readCount - lane.takenCount
      if waiting < bestWaiting { (best, bestWaiting) = (index, waiting) }
    }
    guard let best, let reader = state.lanes[best].reader else {
      return state.lanes.allSatisfy(\.isEnded) ? .stop : nil
    }
    state.lanes[best].reader = nil
    return .read(lane: best, sequence: state.lanes[best].readCount, reader: reader)
  }
}
