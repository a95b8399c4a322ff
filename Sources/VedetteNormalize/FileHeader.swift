public import VedetteEvent

/// What a file says at its beginning of all its records: the header of a table.
///
/// A chunk is read by whichever worker is free, and reading may go on in the middle of a file after
/// a restart. So whoever hands chunks out knows the header that is in force where each begins.
public struct FileHeader: Sendable {
  private var header: [UInt8]?
  private var isKnown = false

  /// Creates the header of a file of which nothing was seen.
  public init() {}

  /// Returns the header in force where a chunk begins, and takes up what the chunk says.
  ///
  /// - Parameters:
  ///   - chunk: The next chunk of the file.
  ///   - format: The file's format.
  ///   - head: Gives the first chunk of the file, asked if this one is from its middle.
  /// - Returns: The header, or `nil` if the format has none.
  public mutating func take(
    _ chunk: RecordChunk,
    as format: LogFormat,
    head: () -> RecordChunk?
  ) -> [UInt8]? {
    guard format.needsHeader, let first = chunk.records.first else { return nil }
    if first.line == 1 {
      isKnown = true
      header = format == .csv ? Self.bytes(first, of: chunk) : nil
    } else if !isKnown {
      isKnown = true
      if let head = head() { header = Self.header(of: head, format) }
    }
    let inForce = header
    if format == .zeek { takeMarks(of: chunk) }
    return inForce
  }

  private static func header(of chunk: RecordChunk, _ format: LogFormat) -> [UInt8]? {
    guard let first = chunk.records.first else { return nil }
    guard format == .zeek else { return bytes(first, of: chunk) }
    var header = FileHeader()
    for record in chunk.records {
      guard chunk.bytes[record.start] == UInt8(ascii: "#") else { break }
      header.add(bytes(record, of: chunk))
    }
    return header.header
  }

  private mutating func takeMarks(of chunk: RecordChunk) {
    for record in chunk.records
    where record.length > 0 && chunk.bytes[record.start] == UInt8(ascii: "#") {
      add(Self.bytes(record, of: chunk))
    }
  }

  private mutating func add(_ line: [UInt8]) {
    let begins = line.starts(with: "#separator".utf8)
    let old = begins ? [] : header ?? []
    guard old.count + line.count < Limits.headerBytesMax else { return }
    header = old.isEmpty ? line : old + [0x0a] + line
  }

  private static func bytes(_ record: RecordChunk.Record, of chunk: RecordChunk) -> [UInt8] {
    Array(
      chunk.bytes[record.start..<record.start + min(record.length, Limits.headerBytesMax)]
    )
  }
}
