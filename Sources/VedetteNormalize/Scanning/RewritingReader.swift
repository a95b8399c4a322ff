import VedetteColumns
import VedetteEvent

/// What a record became.
enum RewriteOutcome {
  /// The record is the object that was written.
  case written
  /// The record is JSON that is read as it is.
  case asItIs
  /// The record belongs to the file and is no event: a header, a mark.
  case noEvent
  /// It is none of the format.
  case deadLetter(reason: String)
}

/// Writes the records of a format anew as JSON objects.
protocol RecordRewriter {
  /// Takes what the file says at its beginning.
  mutating func begin(header: [UInt8]?)

  /// Writes a record.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - rewrite: Where to write, empty.
  /// - Returns: What it became.
  mutating func rewrite(_ record: Span<UInt8>, into rewrite: inout RecordRewrite) -> RewriteOutcome

  /// The time of the last record as it stood outside of what was written.
  var time: ScannedTime? { get }
}

extension RecordRewriter {
  mutating func begin(header: [UInt8]?) {}
  var time: ScannedTime? { nil }
}

/// Reads records by writing them anew as JSON, by the table of their format.
final class RewritingReader<Rewriter: RecordRewriter>: FormatReader {
  private let json: JSONReader<MappedShape>
  private var rewriter: Rewriter
  private var rewrite = RecordRewrite()
  private var isRewritten = false
  private let context: ReadContext

  init(_ rewriter: Rewriter, _ format: LogFormat, builder: EventBatchBuilder, context: ReadContext)
  {
    self.rewriter = rewriter
    self.context = context
    json = FormatReaders.mapped(format, builder: builder, context: context)
  }

  func begin(header: [UInt8]?) { rewriter.begin(header: header) }

  @unsafe
  func read(_ record: UnsafeBufferPointer<UInt8>, into builder: EventBatchBuilder) -> ReadOutcome {
    rewrite.reset()
    isRewritten = false
    // Safety: the caller keeps the record's bytes for the call, and the span does not outlive it.
    switch unsafe rewriter.rewrite(record.span, into: &rewrite) {
    case .noEvent: return .noEvent
    case .deadLetter(let reason): return .deadLetter(reason: reason)
    case .asItIs: return unsafe json.read(record, into: builder)
    case .written: break
    }
    isRewritten = true
    rewrite.finish()
    let outcome = unsafe rewrite.bytes.withUnsafeBufferPointer {
      unsafe json.read($0, into: builder)
    }
    guard case .event(nil, _, let logSource) = outcome, let time = rewriter.time else {
      return outcome
    }
    return .event(time: time.time, isYearless: time.isYearless, logSource: logSource)
  }

  var contentSpans: [Range<Int>] {
    isRewritten ? rewrite.sources(of: json.contentSpans) : json.contentSpans
  }
}

extension RewritingReader: DroppingReader {
  func takeDropped() -> DroppedValues { json.takeDropped() }
}

extension RewritingReader: SplittingReader where Rewriter: RecordSplitter {
  func split(_ record: Span<UInt8>) -> [Range<Int>] { rewriter.split(record) }
}

/// A reader whose records may be several events.
protocol SplittingReader: FormatReader {
  /// Returns the part of a record that each of its events has; none if it can't be told.
  mutating func split(_ record: Span<UInt8>) -> [Range<Int>]
}

/// The same of what writes records anew.
protocol RecordSplitter {
  /// Returns the part of a record that each of its events has.
  mutating func split(_ record: Span<UInt8>) -> [Range<Int>]
}
