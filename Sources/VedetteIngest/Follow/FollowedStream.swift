import VedetteEvent

/// The streams of a follower, for another one that goes on with them.
public struct OpenStreams: Sendable {
  var streams: [FollowedStream] = []

  /// Creates none.
  public init() {}

  /// Takes them, and leaves none.
  ///
  /// - Returns: The streams.
  public mutating func take() -> OpenStreams {
    defer { streams = [] }
    return self
  }
}

extension FileFollower {
  /// Goes on with the streams of another follower, as far as they are among the paths.
  ///
  /// - Parameter open: The streams; those that nobody asks for any more are closed.
  public mutating func adopt(_ open: OpenStreams) {
    streams += open.streams.filter { paths.contains($0.path) }
  }

  /// Gives the streams away, with what is half read of them.
  ///
  /// - Returns: The streams.
  public mutating func takeStreams() -> OpenStreams {
    var open = OpenStreams()
    swap(&open.streams, &streams)
    return open
  }

  /// Gives what is half read of the streams: nobody can read it again.
  ///
  /// - Parameter body: Takes a chunk.
  public mutating func endStreams(into body: (FollowedChunk) -> Void) {
    var rest: [FollowedChunk] = []
    for index in streams.indices { streams[index].finish(into: &rest) }
    for chunk in rest { body(chunk) }
  }
}

/// Standard input or a named pipe: read once, as it comes, and never again.
struct FollowedStream: Sendable {
  let source: SourceID
  let path: SourcePath
  private(set) var counts = IngestCounts()
  /// The last problem told, so that it is told once.
  var problem: IngestError.Problem?
  /// Whether nothing more can come.
  private(set) var isEnded = false
  private var file: OpenFile?
  private var framer: RecordFramer

  init(_ path: SourcePath) {
    self.path = path
    source = SourceID(path.description)
    framer = RecordFramer(source: source, path: path.description, framing: nil)
  }

  /// What to wait on, unless it was ended by its last writer and waits for the next.
  var descriptor: Int32? { isEnded ? nil : file?.descriptor }

  /// Whether waiting on the descriptor is enough to hear of everything.
  var isReported: Bool { isEnded || file != nil }

  /// Reads what is there, about `budget` bytes, and returns whether there is more.
  mutating func advance(
    budget: Int,
    buffer: inout [UInt8],
    into outbox: inout [FollowedChunk]
  ) throws(IngestError) -> Bool {
    guard !isEnded else { return false }
    do throws(PosixError) {
      if file == nil { file = try path == .standardInput ? .standardInput : .open(path) }
      guard let file else { return false }
      var spent = 0
      while spent < budget {
        // Standard input may block, so it is asked first.
        guard !Waiting.ready([file.descriptor], milliseconds: 0).isEmpty else { break }
        let count = try file.read(into: &buffer, from: 0)
        guard count > 0 else {
          end(into: &outbox)
          return false
        }
        framer.consume(buffer.span.extracting(0..<count))
        spent += count
      }
      framer.flush()
      give(into: &outbox)
      return spent >= budget
    } catch .wouldBlock {
      framer.flush()
      give(into: &outbox)
      return false
    } catch {
      end(into: &outbox)
      throw IngestError(error, path: path, action: .read)
    }
  }

  /// Ends with the writer; a named pipe may get another one, and begins anew with it.
  private mutating func end(into outbox: inout [FollowedChunk]) {
    framer.finish(isTorn: false)
    give(into: &outbox)
    counts.add(framer.counts)
    let place = framer.resume
    framer = RecordFramer(
      source: source,
      path: path.description,
      resumingLinesAt: place,
      encoding: .bytes
    )
    file = nil
    isEnded = path == .standardInput
    guard !isEnded else { return }
    do throws(PosixError) {
      // At once, since the next writer waits for a reader.
      file = try .open(path)
    } catch {
      // It is tried again at the next poll, and told if that fails too.
      file = nil
    }
  }

  /// Gives an open record, since nothing more will be read.
  mutating func finish(into outbox: inout [FollowedChunk]) {
    guard !isEnded else { return }
    framer.finish(isTorn: false)
    give(into: &outbox)
    isEnded = true
  }

  private mutating func give(into outbox: inout [FollowedChunk]) {
    while let framed = framer.takeChunk() {
      outbox.append(FollowedChunk(chunk: framed.chunk, checkpoints: nil))
    }
  }
}
