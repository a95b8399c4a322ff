// The loop over a chunk's records.
//
// A record that the file's format does not fit is tried as what it looks like by itself, through
// the reader of that format and into the same builder, so that a chunk makes one batch whose rows
// are in the order of the file.

import VedetteColumns
import VedetteEvent

extension Normalizer {
  /// Reads a chunk's records into a lane's builder.
  func read(
    _ chunk: RecordChunk,
    as format: LogFormat,
    settings: SourceSettings,
    in lane: NormalizerLane
  ) -> ChunkTally {
    var tally = ChunkTally()
    lane.metLimit = false
    for other in lane.readers.keys { lane.readers[other]?.begin(header: settings.header) }
    var reader = lane.reader(format, header: settings.header)
    // Safety: the pointer is used inside this closure only; a record that does not lie in the
    // chunk's bytes is not read.
    unsafe chunk.bytes.withUnsafeBufferPointer { bytes in
      for record in chunk.records {
        guard contains(record, count: bytes.count), !record.isCut || format.isText else {
          let reason = record.isCut ? "record too long" : "record outside its chunk"
          bury(record, of: chunk, as: format, reason: reason, in: &tally)
          continue
        }
        let view = unsafe UnsafeBufferPointer(
          rebasing: bytes[record.start..<record.start + record.length]
        )
        if format.splitsRecords,
          unsafe readParts(view, record, of: chunk, as: format, settings, in: lane, &tally)
        {
          continue
        }
        lane.builder.beginRow(record)
        let outcome = unsafe reader.read(view, into: lane.builder)
        if outcome.mayBePage, unsafe view.first == UInt8(ascii: "{"),
          unsafe readPage(view, record, of: chunk, as: format, &reader, settings, in: lane, &tally)
        {
          continue
        }
        guard case .deadLetter(let reason) = outcome else {
          note(outcome, spans: reader.contentSpans, record, settings, in: lane, &tally)
          continue
        }
        lane.builder.cancelRow()
        var carrier = format
        let isRead =
          unsafe settings.detectsEachRecord
          && retry(view, record, of: chunk, &carrier, settings, in: lane, &tally)
        if !isRead { bury(record, of: chunk, as: carrier, reason: reason, in: &tally) }
      }
    }
    lane.keep(reader, as: format)
    collectDropped(lane, &tally)
    return tally
  }

  private func contains(_ record: RecordChunk.Record, count: Int) -> Bool {
    record.start >= 0 && record.length >= 0 && record.length <= count
      && record.start <= count - record.length
  }

  /// Tries a record as the format that it looks like, and returns whether that went well.
  ///
  /// One that looks like the file's own format and yet does not fit it is tried as JSON of no known
  /// product: better a few fields than a dead letter. Not so where that might show content.
  /// `format` becomes one that carries content if the record looks like one.
  @unsafe
  private func retry(
    _ view: UnsafeBufferPointer<UInt8>,
    _ record: RecordChunk.Record,
    of chunk: RecordChunk,
    _ format: inout LogFormat,
    _ settings: SourceSettings,
    in lane: NormalizerLane,
    _ tally: inout ChunkTally
  ) -> Bool {
    var other = unsafe configuration.detect(view) ?? format
    if other == format, !format.isText, !format.carriesContent { other = .json }
    guard other != format else { return false }
    if other.splitsRecords,
      unsafe readParts(view, record, of: chunk, as: other, settings, in: lane, &tally)
    {
      return true
    }
    var reader = lane.reader(other, header: settings.header)
    lane.builder.beginRow(record)
    let outcome = unsafe reader.read(view, into: lane.builder)
    lane.keep(reader, as: other)
    if case .deadLetter = outcome {
      lane.builder.cancelRow()
      if other.carriesContent { format = other }
      return false
    }
    note(outcome, spans: reader.contentSpans, record, settings, in: lane, &tally)
    return true
  }

  /// Reads the events of a record that is several, and returns whether it is.
  @unsafe
  private func readParts(
    _ view: UnsafeBufferPointer<UInt8>,
    _ record: RecordChunk.Record,
    of chunk: RecordChunk,
    as format: LogFormat,
    _ settings: SourceSettings,
    in lane: NormalizerLane,
    _ tally: inout ChunkTally
  ) -> Bool {
    guard var reader = lane.reader(format, header: settings.header) as? any SplittingReader else {
      return false
    }
    // Safety: the view is of the chunk, which its caller keeps for the call.
    let bytes = unsafe view.span
    let parts = reader.split(bytes)
    guard !parts.isEmpty else { return false }
    var places = PartPlaces(record)
    for part in parts {
      let place = places.next(part, bytes)
      lane.builder.beginRow(place)
      let outcome = unsafe reader.read(
        UnsafeBufferPointer(rebasing: view[part]),
        into: lane.builder
      )
      if case .deadLetter(let reason) = outcome {
        lane.builder.cancelRow()
        bury(place, of: chunk, as: format, reason: reason, in: &tally)
      } else {
        note(outcome, spans: reader.contentSpans, place, settings, in: lane, &tally)
      }
    }
    lane.keep(reader, as: format)
    return true
  }

  /// Reads the records of a page of an audit API instead of the page, and returns whether it is one.
  @unsafe
  private func readPage(
    _ view: UnsafeBufferPointer<UInt8>,
    _ record: RecordChunk.Record,
    of chunk: RecordChunk,
    as format: LogFormat,
    _ reader: inout any FormatReader,
    _ settings: SourceSettings,
    in lane: NormalizerLane,
    _ tally: inout ChunkTally
  ) -> Bool {
    // Safety: the view is of the chunk, which its caller keeps for the call.
    let bytes = unsafe view.span
    let parts = JSONPage.records(bytes, lane.pageCheck)
    guard !parts.isEmpty else { return false }
    lane.builder.cancelRow()
    var places = PartPlaces(record)
    for part in parts {
      let element = unsafe UnsafeBufferPointer(rebasing: view[part])
      var other = format
      if settings.detectsEachRecord { other = unsafe configuration.detect(element) ?? format }
      let place = places.next(part, bytes)
      lane.builder.beginRow(place)
      var own = other == format ? reader : lane.reader(other, header: settings.header)
      let outcome = unsafe own.read(element, into: lane.builder)
      if other == format { reader = own } else { lane.keep(own, as: other) }
      if case .deadLetter(let reason) = outcome {
        lane.builder.cancelRow()
        bury(place, of: chunk, as: other, reason: reason, in: &tally)
      } else {
        note(outcome, spans: own.contentSpans, place, settings, in: lane, &tally)
      }
    }
    return true
  }

  private func note(
    _ outcome: ReadOutcome,
    spans: [Range<Int>],
    _ record: RecordChunk.Record,
    _ settings: SourceSettings,
    in lane: NormalizerLane,
    _ tally: inout ChunkTally
  ) {
    guard case .event(let time, let isYearless, let logSource) = outcome else {
      return lane.builder.cancelRow()
    }
    tally.eventCount += 1
    if time == nil { tally.timelessCount += 1 }
    if !configuration.keepsContent {
      for span in spans {
        tally.contentSpans.append(
          span.lowerBound + record.start..<span.upperBound + record.start
        )
      }
    }
    lane.builder.endRow(
      time: time,
      isYearless: isYearless,
      logSource: settings.logSource ?? logSource
    )
  }

  private func bury(
    _ record: RecordChunk.Record,
    of chunk: RecordChunk,
    as format: LogFormat,
    reason: String,
    in tally: inout ChunkTally
  ) {
    tally.count(reason: reason)
    let isInside = contains(record, count: chunk.bytes.count)
    let bytes = isInside ? chunk.bytes[record.start..<record.start + record.length] : []
    let hides =
      !configuration.keepsContent
      && (format.carriesContent || format.besideContent
        || ContentMarks.occur(in: bytes, isText: format.isText))
    if hides { tally.contentSpans.append(bytes.startIndex..<bytes.endIndex) }
    tally.count(
      shape: hides
        ? String(decoding: DeadLetter.shape(of: bytes).prefix(80), as: UTF8.self)
        : RecordShape.of(bytes)
    )
    guard tally.deadLetters.count < Limits.deadLettersKeptMax else { return }
    tally.deadLetters.append(
      DeadLetter(
        origin: RecordOrigin(
          path: chunk.senders.path(at: record.start) ?? chunk.path,
          line: record.line,
          offset: record.offset,
          length: record.length
        ),
        reason: reason,
        format: format,
        raw: hides ? DeadLetter.shape(of: bytes) : Array(bytes.prefix(Limits.evidenceBytesMax))
      )
    )
  }

  private func collectDropped(_ lane: NormalizerLane, _ tally: inout ChunkTally) {
    lane.metLimit = lane.builder.refusedColumnCount > 0
    for format in LogFormat.allCases {
      guard let reader = lane.readers[format] as? any DroppingReader else { continue }
      let dropped = reader.takeDropped()
      tally.droppedFieldCount += dropped.fields
      tally.duplicateKeyCount += dropped.duplicateKeys
      if dropped.isFull { lane.metLimit = true }
    }
  }
}

/// The places of the parts of a record, one after the other: lines are counted once.
private struct PartPlaces {
  private let record: RecordChunk.Record
  private var index = 0
  private var lines = 0

  init(_ record: RecordChunk.Record) { self.record = record }

  /// Returns the place of the next part, which lies behind those before.
  mutating func next(_ part: Range<Int>, _ bytes: Span<UInt8>) -> RecordChunk.Record {
    while index < part.lowerBound {
      if bytes[index] == 0x0a { lines += 1 }
      index += 1
    }
    var place = record
    place.start += part.lowerBound
    place.length = part.count
    place.offset += Int64(part.lowerBound)
    place.line += lines
    return place
  }
}

extension ReadOutcome {
  /// Whether a record that came to this may be a page of many records: those have no time.
  fileprivate var mayBePage: Bool {
    switch self {
    case .event(time: nil, _, _), .deadLetter: true
    default: false
    }
  }
}
