import VedetteEvent

/// A few bytes of a file by their number and hash: enough to see that they are still the same.
struct ContentMark: Sendable, Hashable {
  static let bytesMax = 1_024

  let length: Int
  let hash: UInt64

  /// The mark of nothing, which every file has.
  static let none = ContentMark([])

  init(_ bytes: some Collection<UInt8>) {
    length = bytes.count
    hash = StableHash.of(bytes: bytes)
  }

  init(length: Int, hash: UInt64) {
    self.length = min(max(0, length), Self.bytesMax)
    self.hash = length > 0 ? hash : ContentMark.none.hash
  }

  func matches(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.count == length && StableHash.of(bytes: bytes) == hash
  }
}

/// What is remembered of one file of a source, so that it is known again under any name.
struct KnownFile: Sendable, Hashable {
  var source: SourceID
  var path: SourcePath
  var identity: FileIdentity
  /// The first bytes, as many as were read, at most a kibibyte.
  var fingerprint = ContentMark.none
  /// The bytes behind ``fingerprint``, if the file was opened since the start; else none.
  var head: [UInt8] = []
  /// The first byte that was not taken.
  var position = RecordPosition.start
  /// The last bytes before the position.
  var marker = ContentMark.none
  /// Whether it was read to its end and is not expected to grow.
  var isFinished = false

  init(source: SourceID, path: SourcePath, identity: FileIdentity) {
    self.source = source
    self.path = path
    self.identity = identity
  }

  init(_ checkpoint: Checkpoint) {
    source = checkpoint.source
    path = SourcePath(checkpoint.path)
    identity = FileIdentity(device: checkpoint.device, inode: checkpoint.inode)
    fingerprint = ContentMark(
      length: checkpoint.fingerprintLength,
      hash: checkpoint.fingerprint
    )
    isFinished = checkpoint.isFinished
    // A checkpoint is input like any other: without a fingerprint its place means nothing.
    guard isRead else { return }
    position = RecordPosition(offset: max(0, checkpoint.offset), line: max(1, checkpoint.line))
    let markerLength = min(checkpoint.markerLength, Int(clamping: position.offset))
    marker = ContentMark(length: markerLength, hash: checkpoint.marker)
  }

  /// Whether any byte of it was read: else nothing but the inode tells it.
  var isRead: Bool { fingerprint.length > 0 }

  /// Whether it begins with nothing but NULs: so do all files with a large hole at their start.
  var hasBlankHead: Bool {
    isRead && fingerprint == ContentMark([UInt8](repeating: 0, count: fingerprint.length))
  }

  /// Whether a file that begins with `bytes` begins as this one; `nil` if it ends before it could
  /// differ.
  func agrees(withHead bytes: [UInt8]) -> Bool? {
    if bytes.count >= fingerprint.length {
      return fingerprint.matches(bytes.prefix(fingerprint.length))
    }
    let isSameSoFar = head.count == fingerprint.length && !bytes.isEmpty && head.starts(with: bytes)
    return isSameSoFar ? nil : false
  }

  var checkpoint: Checkpoint {
    Checkpoint(
      source: source,
      path: path.description,
      device: identity.device,
      inode: identity.inode,
      fingerprintLength: fingerprint.length,
      fingerprint: fingerprint.hash,
      offset: position.offset,
      line: position.line,
      markerLength: marker.length,
      marker: marker.hash,
      isFinished: isFinished
    )
  }
}

/// How much of what is known of one file another one holds.
enum Holding: Sendable, Equatable {
  /// The known beginning, and the known bytes before the position.
  case all
  /// The known beginning; but it is shorter than what was read.
  case beginning
  /// Something else.
  case nothing
  /// It can't be opened.
  case unreadable
}

/// Looks into files for what is known of another one.
enum ContentProbe {
  /// Returns how much of `known` the file at a path holds.
  ///
  /// A path can lead to another file than when it was listed: a rotation came in between. Then
  /// nothing is said of the one that was meant.
  static func holding(
    _ known: KnownFile,
    in path: SourcePath,
    listedAs identity: FileIdentity
  ) -> Holding {
    do throws(PosixError) {
      let file = try OpenFile.open(path)
      guard try file.status().identity == identity else { return .unreadable }
      let head = try file.bytes(at: 0, count: ContentMark.bytesMax)
      if CompressionFormat.detect(head.span) == .gzip { return packedHolding(known, in: path) }
      let size = try file.status().size
      guard let agrees = known.agrees(withHead: head) else { return .beginning }
      guard agrees else { return .nothing }
      guard size >= known.position.offset else { return .beginning }
      // Of an archive only the head is known; one that is a hole says nothing.
      guard known.marker.length > 0 || !known.hasBlankHead else { return .nothing }
      let before = known.position.offset - Int64(known.marker.length)
      let bytes = try file.bytes(at: before, count: known.marker.length)
      return known.marker.matches(bytes) ? .all : .nothing
    } catch {
      return .unreadable
    }
  }

  /// Whether a file is the beginning of another one, as a copy is that is still being made.
  ///
  /// Compares the first and the last kibibyte of the copy, unpacked if it is compressed.
  static func isBeginning(_ copy: SourcePath, of original: SourcePath) -> Bool {
    do throws(PosixError) {
      let (copyFile, originalFile) = (try OpenFile.open(copy), try OpenFile.open(original))
      let first = try copyFile.bytes(at: 0, count: ContentMark.bytesMax)
      if CompressionFormat.detect(first.span) == .gzip {
        guard let head = head(of: copy), !head.isEmpty else { return false }
        return try originalFile.bytes(at: 0, count: head.count) == head
      }
      let size = try copyFile.status().size
      guard try originalFile.bytes(at: 0, count: first.count) == first else { return false }
      let lastStart = max(0, size - Int64(ContentMark.bytesMax))
      let last = try copyFile.bytes(at: lastStart, count: ContentMark.bytesMax)
      return try originalFile.bytes(at: lastStart, count: last.count) == last
    } catch {
      return false
    }
  }

  /// Returns the first bytes of a file, unpacked if it is compressed.
  static func head(of path: SourcePath) -> [UInt8]? {
    do throws(IngestError) {
      var content = try ContentReader(path)
      return content.bytes(upTo: ContentMark.bytesMax)
    } catch {
      return nil
    }
  }

  private static func packedHolding(_ known: KnownFile, in path: SourcePath) -> Holding {
    do throws(IngestError) {
      var content = try ContentReader(path)
      let head = content.bytes(upTo: ContentMark.bytesMax)
      guard let agrees = known.agrees(withHead: head) else { return .beginning }
      guard agrees else { return .nothing }
      guard known.marker.length > 0 else { return .all }
      guard let bytes = content.bytes(before: known.position.offset, known.marker.length, head)
      else { return .beginning }
      return known.marker.matches(bytes) ? .all : .nothing
    } catch {
      return .unreadable
    }
  }
}

extension ContentReader {
  /// Reads at most `count` bytes from the beginning.
  mutating func bytes(upTo count: Int) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      var piece = [UInt8](repeating: 0, count: count - result.count)
      let got = read(into: &piece)
      guard got > 0 else { break }
      result += piece.prefix(got)
    }
    return result
  }

  /// Reads on behind `head` and returns the `count` bytes that end at `offset`, or `nil` if the
  /// content ends first.
  fileprivate mutating func bytes(before offset: Int64, _ count: Int, _ head: [UInt8]) -> [UInt8]? {
    var window = head
    var end = Int64(head.count)
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    while end < offset {
      let got = read(into: &piece)
      guard got > 0 else { return nil }
      window = window.suffix(ContentMark.bytesMax) + piece.prefix(got)
      end += Int64(got)
    }
    let surplus = Int(end - offset)
    guard window.count >= surplus + count else { return nil }
    return Array(window.dropLast(surplus).suffix(count))
  }
}
