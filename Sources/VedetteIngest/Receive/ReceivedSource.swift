import VedetteEvent

/// What was lost of a source that can't be read again, or had to be put right.
///
/// Each is counted for its source and shown by `vedette sources`; the text names what is counted.
public enum ReceiveLoss: String, Sendable, CaseIterable {
  /// Datagrams that came while ``Limits/receivedBytesMax`` waited.
  case noRoom = "datagrams: no room in memory"
  /// Datagrams that the system dropped, since they came faster than they are taken.
  case systemBufferFull = "datagrams: no room in the system's buffer"
  /// Connections refused, because there are ``Limits/connectionsPerAddressMax`` from that address.
  case tooManyFromAddress = "connections: too many from one address"
  /// Connections closed to make room for others.
  case replaced = "connections: closed for newer ones"
  /// Connections that stopped inside a message or never began one.
  case timedOut = "connections: timed out"
  /// Messages whose octet count was wrong: their bytes are taken as lines.
  case badOctetCount = "octet counts: wrong"
  /// Bytes of messages longer than ``Limits/recordBytesMax``.
  case cutBytes = "bytes: of messages over 1 MiB"
  /// Journal entries without a cursor: they come again after a restart.
  case noCursor = "journal entries: without a cursor"
}

/// The messages of one listener, or the entries of a journal, until they are taken.
///
/// Records are numbered as lines of one file: `line` counts messages, `offset` their bytes, from
/// the first that ever came, also over restarts.
public struct ReceivedSource: Sendable {
  /// Where they come from.
  public let address: IntakeAddress
  /// The next record's place.
  private(set) var next: RecordPosition
  /// Of a journal, the cursor of the last entry that was received.
  private(set) var cursor: String
  /// Bytes that wait to be taken.
  private(set) var heldBytes = 0

  private let path: String
  private var ready: [FollowedChunk] = []
  private var bytes: [UInt8] = []
  private var records: [RecordChunk.Record] = []
  private var senders: [RecordChunk.Sender] = []
  private var losses: [ReceiveLoss: Int] = [:]

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - address: Where its records come from.
  ///   - checkpoint: What was stored of it last, if anything was.
  init(_ address: IntakeAddress, checkpoint: Checkpoint?) {
    self.address = address
    path = address.description
    next =
      checkpoint.map {
        RecordPosition(offset: max(0, $0.offset), line: max(1, $0.line))
      } ?? .start
    guard case .journal = address, let checkpoint, checkpoint.path != path else {
      cursor = ""
      return
    }
    cursor = checkpoint.path
  }

  /// Whether nothing waits to be taken.
  var isEmpty: Bool { ready.isEmpty && records.isEmpty && losses.isEmpty }

  /// Adds a message.
  mutating func append(_ message: Span<UInt8>, from sender: String, isCut: Bool = false) {
    guard message.count > 0 else { return }
    if records.count >= Limits.batchRowsMax || bytes.count >= Limits.chunkBytesTarget
      || bytes.count + message.count + 1 > Limits.chunkBytesMax
    {
      seal()
    }
    var length = message.count
    if length > Limits.recordBytesMax {
      length = cutLength(of: message, limit: Limits.recordBytesMax)
      count(.cutBytes, message.count - length)
    }
    if senders.last?.path != sender {
      senders.append(RecordChunk.Sender(start: bytes.count, path: sender))
    }
    records.append(
      RecordChunk.Record(
        start: bytes.count,
        length: length,
        line: next.line,
        offset: next.offset,
        isCut: isCut || length < message.count
      )
    )
    VedetteIngest.append(message, 0..<length, to: &bytes)
    bytes.append(ASCII.lineFeed)
    heldBytes += length + 1
    next.offset += Int64(length + 1)
    next.line += 1
  }

  /// Adds an entry of the journal with its cursor.
  mutating func append(_ entry: Span<UInt8>, cursor: String?, isCut: Bool) {
    append(entry, from: path, isCut: isCut)
    if let cursor { self.cursor = cursor } else { count(.noCursor) }
  }

  /// Counts what was lost.
  mutating func count(_ loss: ReceiveLoss, _ number: Int = 1) {
    losses[loss, default: 0] += number
  }

  /// Takes the oldest records, or only the losses where there are no records.
  mutating func take() -> FollowedChunk? {
    if ready.isEmpty {
      guard !records.isEmpty || !losses.isEmpty else { return nil }
      seal()
    }
    let chunk = ready.removeFirst()
    heldBytes -= chunk.chunk.bytes.count
    return chunk
  }

  private mutating func seal() {
    var chunk = RecordChunk(source: address.source, path: path, bytes: bytes, records: records)
    if senders.count > 1 || senders.first?.path != path { chunk.senders = senders }
    var followed = FollowedChunk(chunk: chunk, checkpoints: [checkpoint])
    followed.losses = losses
    ready.append(followed)
    bytes = []
    records = []
    senders = []
    losses = [:]
  }

  private var checkpoint: Checkpoint {
    Checkpoint(
      source: address.source,
      path: cursor.isEmpty ? path : cursor,
      device: 0,
      inode: 0,
      fingerprintLength: 0,
      fingerprint: 0,
      offset: next.offset,
      line: next.line,
      markerLength: 0,
      marker: 0,
      isFinished: false
    )
  }
}

/// Everything that was received and not taken yet, and what happened meanwhile.
public struct ReceivedRecords: Sendable {
  /// What happened to the sources.
  private(set) var events: [SourceEvent] = []
  var sources: [ReceivedSource] = []

  /// Creates records of nothing.
  public init() {}

  /// Whether as much waits as may.
  var isFull: Bool { sources.reduce(0) { $0 + $1.heldBytes } >= Limits.receivedBytesMax }

  /// Whether nothing waits to be taken.
  public var isEmpty: Bool { events.isEmpty && sources.allSatisfy(\.isEmpty) }

  /// Takes what waits, one chunk of each source at most.
  ///
  /// - Returns: The chunks, in the order of the sources.
  public mutating func take() -> [FollowedChunk] {
    sources.indices.compactMap { sources[$0].take() }
  }

  /// Takes what happened to the sources.
  ///
  /// - Returns: The events, oldest first.
  public mutating func takeEvents() -> [SourceEvent] {
    defer { events = [] }
    return events
  }

  mutating func note(_ address: IntakeAddress, _ kind: SourceEvent.Kind) {
    guard events.count < Limits.sourceEventsKeptMax else { return }
    events.append(SourceEvent(source: address.source, path: address.description, kind: kind))
  }
}
