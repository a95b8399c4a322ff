import VedetteColumns
import VedetteEvent
import VedetteFindings

/// What is remembered of one source to judge its silence, its numbers and its clock.
struct WatchedSource: Sendable {
  /// Events that arrive within this of their time arrive as they happen.
  static let liveNanoseconds: Int64 = 300_000_000_000
  private static let offsetAgainNanoseconds = 7 * SourceRhythm.day

  let id: SourceID
  var rhythm = SourceRhythm()
  var latenessNanoseconds: Int64 = 0
  /// The host of the newest event that names one.
  var host: String?
  /// The newest event.
  var newest: Evidence?
  /// Where the last silence that was stated began.
  var statedFrom: Int64?
  var sequences: [String: SequenceTracker] = [:]
  var offsetStatedAt: Int64?
  /// Only in memory: what arrives is compared with the present anew after a start.
  var clock = ClockOffset()
  var isLive = false

  init(_ id: SourceID) { self.id = id }

  /// Follows the events' times, and asks about each pause that is longer than usual.
  mutating func followTimes(
    of batch: EventBatch,
    _ ask: (inout WatchedSource, _ next: Int64) -> Void
  ) {
    var last = rhythm.last
    var newestRow: Int?
    batch.timed.forEachRow { row in
      let time = batch.times[row]
      guard time > last else { return }
      // Short pauses need no question: none of them is a silence.
      if last != .min, time.subtractingHeld(last) > SourceRhythm.silenceMin {
        if let newestRow { keep(newestRow, of: batch) }
        ask(&self, time)
      }
      rhythm.note(time)
      last = time
      newestRow = row
    }
    if let newestRow { keep(newestRow, of: batch) }
  }

  private mutating func keep(_ row: Int, of batch: EventBatch) {
    host = batch.text("host.name", row: row) ?? host
    newest = Self.evidence(row, of: batch)
  }

  static func evidence(_ row: Int, of batch: EventBatch) -> Evidence {
    Evidence(
      time: batch.time(row),
      origin: batch.origin(row),
      raw: Array(batch.rawBytes(row).prefix(Limits.evidenceBytesMax))
    )
  }

  /// Follows record ids and serials, where the batch has them.
  mutating func followNumbers(of batch: EventBatch) {
    guard let ids = batch.column("event.id") else { return }
    let numbered = batch.logSources.map { $0.product == "windows" || $0.service == "auditd" }
    guard numbered.contains(true) else { return }
    let hosts = batch.column("host.name")
    let channels = batch.column("winlog.channel") ?? batch.column("Channel")
    batch.timed.forEachRow { row in
      guard numbered[Int(batch.logSourceCodes[row])], let number = ids.number(row),
        let whole = Int64(exactly: number), whole > 0
      else { return }
      let writer = (hosts?.text(row) ?? "") + "\u{0}" + (channels?.text(row) ?? "auditd")
      if sequences[writer] == nil, sequences.count >= LogIntegrity.sequencesMax { return }
      sequences[writer, default: SequenceTracker()].note(whole, at: batch.times[row]) {
        Self.evidence(row, of: batch)
      }
    }
  }

  /// Takes the gaps in numbers that nothing will fill any more, in a stable order.
  mutating func settle() -> [(key: String, gap: SequenceTracker.Gap)] {
    guard !sequences.isEmpty else { return [] }
    let watermark = rhythm.last.subtractingHeld(latenessNanoseconds)
    var settled: [(key: String, gap: SequenceTracker.Gap)] = []
    for key in sequences.keys.sorted() where sequences[key]?.open.isEmpty == false {
      for gap in sequences[key]?.settle(before: watermark) ?? [] { settled.append((key, gap)) }
    }
    return settled
  }

  func mayStateOffset(_ time: Int64) -> Bool {
    offsetStatedAt.map { time.subtractingHeld($0) > Self.offsetAgainNanoseconds } ?? true
  }

  func write(to writer: inout StateWriter) {
    rhythm.write(to: &writer)
    writer.write(latenessNanoseconds)
    writer.write(host) { $0.write($1) }
    writer.write(newest) { $1.write(to: &$0) }
    writer.write(statedFrom) { $0.write($1) }
    writer.write(offsetStatedAt) { $0.write($1) }
    writer.write(sequences.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      entry.value.write(to: &writer)
    }
  }

  init(_ id: SourceID, from reader: inout StateReader) throws(StateError) {
    self.id = id
    rhythm = try SourceRhythm(from: &reader)
    latenessNanoseconds = try reader.signed()
    host = try reader.optional { reader throws(StateError) in try reader.text() }
    newest = try reader.optional { reader throws(StateError) in try Evidence(from: &reader) }
    statedFrom = try reader.optional { reader throws(StateError) in try reader.signed() }
    offsetStatedAt = try reader.optional { reader throws(StateError) in try reader.signed() }
    for (key, tracker) in try reader.list({ reader throws(StateError) in
      (try reader.text(), try SequenceTracker(from: &reader))
    }) {
      sequences[key] = tracker
    }
  }
}

/// The logs of one host that were cut short or overwritten, close to one another.
struct TamperedHost: Sendable, Equatable {
  static let pathsMax = 32

  let from: Int64
  private(set) var until: Int64
  private(set) var count = 0
  private(set) var cutCount = 0
  private(set) var bytes: Int64 = 0
  /// The files, in the order in which it was noticed.
  private(set) var paths: [String] = []
  private(set) var sources: [SourceID] = []
  private(set) var evidence: [Evidence] = []

  init(from time: Int64) {
    from = time
    until = time
  }

  mutating func add(
    _ tampering: LogTampering,
    of path: String,
    _ source: SourceID,
    at time: Int64,
    _ last: Evidence?
  ) {
    until = max(until, time)
    count += 1
    switch tampering {
    case .cutShort(let before):
      cutCount += 1
      bytes = bytes.addingHeld(before)
    case .overwritten(let before): bytes = bytes.addingHeld(before)
    }
    if !paths.contains(path), paths.count < Self.pathsMax { paths.append(path) }
    if !sources.contains(source), sources.count < Self.pathsMax { sources.append(source) }
    if let last, evidence.count < Self.pathsMax, !evidence.contains(last) { evidence.append(last) }
  }

  func write(to writer: inout StateWriter) {
    for number in [from, until, Int64(count), Int64(cutCount), bytes] { writer.write(number) }
    writer.write(paths) { $0.write($1) }
    writer.write(sources) { $0.write($1.name) }
    writer.write(evidence) { $1.write(to: &$0) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    from = try reader.signed()
    until = try reader.signed()
    count = try reader.integer()
    cutCount = try reader.integer()
    bytes = try reader.signed()
    paths = try reader.list { reader throws(StateError) in try reader.text() }
    sources = try reader.list { reader throws(StateError) in SourceID(try reader.text()) }
    evidence = try reader.list { reader throws(StateError) in try Evidence(from: &reader) }
  }
}
