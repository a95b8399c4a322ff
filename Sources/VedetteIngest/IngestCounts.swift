/// What a reader made of the bytes it was given: nothing is left out uncounted.
public struct IngestCounts: Sendable, Equatable {
  /// Bytes read, after decompression.
  public var bytes: Int64 = 0
  /// Bytes read before decompression; equal to ``bytes`` for a plain file.
  public var storedBytes: Int64 = 0
  /// Records given, the cut ones among them.
  public var records: Int64 = 0
  /// Lines with nothing on them, which give no record.
  public var emptyLines: Int64 = 0
  /// Records that lost their end: too long, or in a broken document or archive.
  public var cutRecords: Int64 = 0
  /// Bytes that were left out of records longer than ``Limits/recordBytesMax``.
  public var cutBytes: Int64 = 0
  /// NUL bytes where a record would begin: holes of sparse files and of stale writers.
  public var nulBytes: Int64 = 0
  /// UTF-16 code units that stand for nothing and were replaced by U+FFFD.
  public var unreadableUnits: Int64 = 0
  /// JSON documents that broke off or broke a rule of JSON.
  public var brokenDocuments: Int64 = 0

  /// Creates counts of nothing.
  public init() {}

  /// Adds the counts of another reader.
  ///
  /// - Parameter other: What to add.
  public mutating func add(_ other: IngestCounts) {
    bytes &+= other.bytes
    storedBytes &+= other.storedBytes
    records &+= other.records
    emptyLines &+= other.emptyLines
    cutRecords &+= other.cutRecords
    cutBytes &+= other.cutBytes
    nulBytes &+= other.nulBytes
    unreadableUnits &+= other.unreadableUnits
    brokenDocuments &+= other.brokenDocuments
  }
}
