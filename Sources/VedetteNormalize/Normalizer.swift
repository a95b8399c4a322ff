import VedetteColumns
public import VedetteEvent

/// Turns chunks of records into batches of events, whatever their format.
///
/// ```swift
/// let normalizer = Normalizer(configuration: configuration)
/// let normalized = normalizer.normalize(chunk, as: .cloudtrail, settings: SourceSettings())
/// ```
///
/// One normalizer belongs to one thread. It keeps columns, names and dictionaries of a source from
/// chunk to chunk, which makes it fast and changes nothing of what comes out: any worker may take
/// any chunk.
public final class Normalizer {
  private struct LaneKey: Hashable {
    var source: SourceID
    var format: LogFormat
  }

  let configuration: NormalizerConfiguration
  private var lanes: [LaneKey: NormalizerLane] = [:]
  private var useCount = 0

  /// Creates a normalizer.
  ///
  /// - Parameter configuration: What is done alike for every source.
  public init(configuration: NormalizerConfiguration) {
    self.configuration = configuration
  }

  /// Reads the records of a chunk.
  ///
  /// - Parameters:
  ///   - chunk: The records.
  ///   - format: The format of the file; a record of another one is tried as that.
  ///   - settings: What is known of the source; the same for all its chunks.
  /// - Returns: The events and the dead letters.
  public func normalize(
    _ chunk: RecordChunk,
    as format: LogFormat,
    settings: SourceSettings
  ) -> NormalizedChunk {
    let key = LaneKey(source: chunk.source, format: format)
    var lane = lanes[key] ?? makeLane(settings)
    let wasFresh = lanes[key] == nil
    var tally = read(chunk, as: format, settings: settings, in: lane)
    if lane.metLimit, !wasFresh {
      // What earlier chunks brought took room from this one, so that what is left out would depend
      // on them: read it again by itself.
      lane = makeLane(settings)
      tally = read(chunk, as: format, settings: settings, in: lane)
    }
    let isWorn = lane.metLimit || lane.builder.columnCount > Limits.columnsKeptMax
    let normalized = seal(chunk, tally, in: lane)
    keep(isWorn ? nil : lane, for: key)
    return normalized
  }

  private func makeLane(_ settings: SourceSettings) -> NormalizerLane {
    NormalizerLane(
      context: ReadContext(
        zone: settings.zone,
        logSource: settings.logSource,
        keepsContent: configuration.keepsContent,
        contentHash: configuration.contentHash,
        secretHash: configuration.secretHash
      )
    )
  }

  private func keep(_ lane: NormalizerLane?, for key: LaneKey) {
    useCount += 1
    lane?.lastUse = useCount
    lanes[key] = lane
    guard lanes.count > Limits.normalizerSourcesMax else { return }
    if let stalest = lanes.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      lanes[stalest.key] = nil
    }
  }

  private func seal(
    _ chunk: RecordChunk,
    _ tally: ChunkTally,
    in lane: NormalizerLane
  ) -> NormalizedChunk {
    var raw = chunk.bytes
    for span in tally.contentSpans { blank(span, in: &raw) }
    let dropped = lane.builder.droppedFieldCount + tally.droppedFieldCount
    return NormalizedChunk(
      batch: lane.builder.finish(
        source: chunk.source,
        path: chunk.path,
        senders: chunk.senders,
        raw: raw
      ),
      deadLetters: tally.deadLetters,
      recordCount: tally.eventCount + tally.deadLetterCount,
      deadLetterCount: tally.deadLetterCount,
      countsByReason: tally.countsByReason,
      failureShapes: tally.failureShapes,
      timelessCount: tally.timelessCount,
      droppedFieldCount: dropped,
      duplicateKeyCount: tally.duplicateKeyCount,
      metColumnLimit: lane.metLimit
    )
  }

  /// Overwrites content so that JSON stays JSON: a text becomes asterisks, a number ones.
  private func blank(_ span: Range<Int>, in bytes: inout [UInt8]) {
    guard let first = span.first, span.upperBound <= bytes.count else { return }
    let isText = first == 0 || bytes[first - 1] == UInt8(ascii: "\"")
    let isNumber = bytes[first] &- 0x30 <= 9 || bytes[first] == UInt8(ascii: "-")
    let mark = !isText && isNumber ? UInt8(ascii: "1") : UInt8(ascii: "*")
    for index in span { bytes[index] = mark }
  }
}

/// The columns of one source in one format, and the readers that fill them.
final class NormalizerLane {
  let builder = EventBatchBuilder()
  var lastUse = 0
  /// Whether names were refused while the last chunk was read.
  var metLimit = false
  private let context: ReadContext
  var readers: [LogFormat: any FormatReader] = [:]
  /// Tells whether what looks like a page is one.
  lazy var pageCheck = JSONCheck()

  init(context: ReadContext) { self.context = context }

  /// The reader of a format, made when it is first needed.
  func reader(_ format: LogFormat, header: [UInt8]?) -> any FormatReader {
    if let reader = readers[format] { return reader }
    var reader = FormatReaders.make(format, builder: builder, context: context)
    reader.begin(header: header)
    readers[format] = reader
    return reader
  }

  /// Keeps a reader's state: a reader may be a value.
  func keep(_ reader: any FormatReader, as format: LogFormat) { readers[format] = reader }
}
