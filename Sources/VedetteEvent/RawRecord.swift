/// Where a record was read: the place to look when its bytes are wanted again.
public struct RecordOrigin: Sendable, Hashable {
  /// The file as it was given or found, or `-` for standard input.
  public var path: String
  /// The line the record starts on, from one.
  public var line: Int
  /// The byte the record starts at, from zero, after decompression.
  public var offset: Int64
  /// The record's length in bytes, without its line end.
  public var length: Int

  /// Creates an origin.
  ///
  /// - Parameters:
  ///   - path: The file as given.
  ///   - line: The first line, from one.
  ///   - offset: The first byte, from zero, after decompression.
  ///   - length: Bytes, without the line end.
  public init(path: String, line: Int, offset: Int64, length: Int) {
    self.path = path
    self.line = line
    self.offset = offset
    self.length = length
  }
}

/// One log source as configured: a path without its rotations, or a stream.
///
/// `/var/log/auth.log`, `/var/log/auth.log.1` and `/var/log/auth.log.2.gz` are one logical source.
public struct SourceID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The configured path, without a rotation or compression suffix.
  public var name: String

  /// Creates an identity.
  ///
  /// - Parameter name: The configured path, without a rotation or compression suffix.
  public init(_ name: String) { self.name = name }

  /// Orders by name.
  ///
  /// - Parameters:
  ///   - lhs: A source.
  ///   - rhs: Another.
  /// - Returns: Whether the left name comes first.
  public static func < (lhs: SourceID, rhs: SourceID) -> Bool { lhs.name < rhs.name }

  /// The name.
  public var description: String { name }
}

/// Consecutive raw records of one file, cut but not yet parsed.
///
/// A chunk is the unit that travels from a reader to a parser. Its records lie in one buffer; each
/// is a range of it. Chunks of one source are numbered without gaps in reading order.
public struct RecordChunk: Sendable {
  /// The place of one record in the chunk and in its file.
  public struct Record: Sendable, Hashable {
    /// The first byte in ``RecordChunk/bytes``.
    public var start: Int
    /// Bytes, without the line end.
    public var length: Int
    /// The line the record starts on, from one.
    public var line: Int
    /// The first byte in the file, from zero, after decompression.
    public var offset: Int64
    /// Whether the record was longer than ``Limits/recordBytesMax`` and lost its end.
    public var isCut: Bool

    /// Creates a record's place.
    ///
    /// - Parameters:
    ///   - start: The first byte in the chunk's buffer.
    ///   - length: Bytes, without the line end.
    ///   - line: The first line, from one.
    ///   - offset: The first byte in the file.
    ///   - isCut: Whether the end is missing.
    public init(start: Int, length: Int, line: Int, offset: Int64, isCut: Bool = false) {
      self.start = start
      self.length = length
      self.line = line
      self.offset = offset
      self.isCut = isCut
    }
  }

  /// Who sent the records from a byte of the chunk on, until the next one begins.
  public struct Sender: Sendable, Hashable {
    /// The first byte of the sender's first record in ``RecordChunk/bytes``.
    public var start: Int
    /// What takes the place of the chunk's path in the origin of these records.
    public var path: String

    /// Creates a sender.
    ///
    /// - Parameters:
    ///   - start: Where in the chunk its first record begins.
    ///   - path: What its records say that they came from.
    public init(start: Int, path: String) {
      self.start = start
      self.path = path
    }
  }

  /// The logical source the records belong to.
  public var source: SourceID
  /// The file as given or found.
  public var path: String
  /// Who sent the records, in order of ``Sender/start``; none where all are from ``path``.
  public var senders: [Sender] = []
  /// The bytes of all records, with whatever stood between them.
  public var bytes: [UInt8]
  /// The records, in file order.
  public var records: [Record]

  /// Creates a chunk.
  ///
  /// - Parameters:
  ///   - source: The logical source.
  ///   - path: The file as given or found.
  ///   - bytes: The bytes of all records.
  ///   - records: Where in them each record lies.
  public init(source: SourceID, path: String, bytes: [UInt8], records: [Record]) {
    self.source = source
    self.path = path
    self.bytes = bytes
    self.records = records
  }
}

extension [RecordChunk.Sender] {
  /// Returns what a record that begins at a byte of the chunk came from, or `nil` if that is the
  /// chunk's path.
  ///
  /// - Parameter start: The record's first byte.
  /// - Returns: The sender's path.
  /// - Complexity: O(log *n*), where *n* is the number of senders.
  public func path(at start: Int) -> String? {
    var range = 0..<count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        self[middle].start <= start ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound > 0 ? self[range.lowerBound - 1].path : nil
  }
}

/// How far a file was read, and enough of it to know it again.
///
/// Saved in the transaction that holds what came of the bytes before ``offset``, so that a restart
/// goes on exactly there.
public struct Checkpoint: Sendable, Hashable {
  /// The logical source.
  public var source: SourceID
  /// The file's path when it was last seen; of the journal the cursor of the last entry taken.
  public var path: String
  /// The device the file is on.
  public var device: UInt64
  /// The file's inode.
  public var inode: UInt64
  /// The number of leading bytes that ``fingerprint`` covers, at most 1,024.
  public var fingerprintLength: Int
  /// A stable hash of the leading bytes.
  public var fingerprint: UInt64
  /// The first byte not yet taken, after decompression.
  public var offset: Int64
  /// The line that starts at ``offset``, from one.
  public var line: Int
  /// The number of bytes before ``offset`` that ``marker`` covers, at most 1,024.
  public var markerLength: Int
  /// A stable hash of the last bytes taken: tells a file that was overwritten or truncated.
  public var marker: UInt64
  /// Whether the file was read to its end and will not grow, as a rotated or compressed one.
  public var isFinished: Bool

  /// Creates a checkpoint.
  ///
  /// - Parameters:
  ///   - source: The logical source.
  ///   - path: The file's path.
  ///   - device: Its device.
  ///   - inode: Its inode.
  ///   - fingerprintLength: Leading bytes hashed.
  ///   - fingerprint: Their stable hash.
  ///   - offset: The first byte not yet taken.
  ///   - line: The line that starts there.
  ///   - markerLength: Bytes before the offset that were hashed.
  ///   - marker: Their stable hash.
  ///   - isFinished: Whether the file will not grow.
  public init(
    source: SourceID,
    path: String,
    device: UInt64,
    inode: UInt64,
    fingerprintLength: Int,
    fingerprint: UInt64,
    offset: Int64,
    line: Int,
    markerLength: Int,
    marker: UInt64,
    isFinished: Bool
  ) {
    self.source = source
    self.path = path
    self.device = device
    self.inode = inode
    self.fingerprintLength = fingerprintLength
    self.fingerprint = fingerprint
    self.offset = offset
    self.line = line
    self.markerLength = markerLength
    self.marker = marker
    self.isFinished = isFinished
  }
}
