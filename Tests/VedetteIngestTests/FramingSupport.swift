import VedetteEvent
import VedetteIngest

/// One record as the tests compare it.
struct Framed: Equatable, CustomStringConvertible {
  var text: String
  var line: Int
  var offset: Int64
  var isCut = false

  var description: String { "\(line)@\(offset)\(isCut ? "!" : "") \(text)" }
}

/// Everything a framer made of some bytes.
struct FramingResult: Equatable {
  var records: [Framed] = []
  var chunks: [RecordChunk] = []
  var counts = IngestCounts()
  var framing: RecordFramer.Framing?
  var end = RecordPosition.start

  static func == (lhs: FramingResult, rhs: FramingResult) -> Bool {
    lhs.records == rhs.records && lhs.counts == rhs.counts && lhs.framing == rhs.framing
      && lhs.end == rhs.end && lhs.chunks.map(\.bytes) == rhs.chunks.map(\.bytes)
      && lhs.chunks.map(\.records) == rhs.chunks.map(\.records)
  }
}

extension RecordChunk {
  /// The records as texts.
  var framed: [Framed] {
    records.map { record in
      let text = bytes[record.start..<record.start + record.length]
      return Framed(
        text: String(decoding: text, as: UTF8.self),
        line: record.line,
        offset: record.offset,
        isCut: record.isCut
      )
    }
  }
}

/// Frames bytes in pieces of one size.
func frame(
  _ bytes: [UInt8],
  pieces size: Int = .max,
  framing: RecordFramer.Framing? = nil,
  isTorn: Bool = false
) -> FramingResult {
  var framer = RecordFramer(source: SourceID("t"), path: "t", framing: framing)
  var result = FramingResult()
  func take() {
    while let framed = framer.takeChunk() {
      result.records += framed.chunk.framed
      result.chunks.append(framed.chunk)
      result.end = framed.end
    }
  }
  var index = 0
  while index < bytes.count {
    let end = size >= bytes.count - index ? bytes.count : index + size
    framer.consume(bytes.span.extracting(index..<end))
    take()
    index = end
  }
  framer.finish(isTorn: isTorn)
  take()
  result.counts = framer.counts
  result.framing = framer.framing
  return result
}

func frame(
  _ text: String,
  pieces size: Int = .max,
  framing: RecordFramer.Framing? = nil
) -> FramingResult {
  frame(Array(text.utf8), pieces: size, framing: framing)
}
