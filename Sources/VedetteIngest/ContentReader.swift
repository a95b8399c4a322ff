import VedetteEvent

/// The bytes of a file from its beginning to its end, unpacked if they are compressed.
///
/// What a file is, is told by its first bytes, not by its name.
struct ContentReader {
  /// The bytes that are asked of the system at once.
  ///
  /// 64 KiB is the fastest size: larger pieces fall out of the second-level cache between reading
  /// and splitting.
  static let pieceBytes = 64 << 10
  private static let smallPieceBytes = 4 << 10

  let path: SourcePath
  /// Bytes read before unpacking.
  private(set) var storedBytes: Int64 = 0
  /// Why the content ended, if not because it was at its end.
  private(set) var problem: IngestError?

  /// The room that its content is read into at once: less than a piece for a small file, of which
  /// thousands may be open.
  var pieceBytes: Int { isCompressed ? Self.pieceBytes : roomBytes }

  private let roomBytes: Int
  private let file: OpenFile
  private let decompressor: Decompressor?
  private var input: [UInt8]
  private var unread: Range<Int>

  var isCompressed: Bool { decompressor != nil }

  /// Opens a file, or takes standard input for `-`, and looks at its first bytes.
  init(_ path: SourcePath) throws(IngestError) {
    self.path = path
    do throws(PosixError) {
      file = try path == .standardInput ? .standardInput : .open(path)
    } catch {
      throw IngestError(error, path: path, action: .open)
    }
    var input = [UInt8](repeating: 0, count: Self.pieceBytes(of: file))
    var count = 0
    do throws(PosixError) {
      // A pipe may give its first bytes one by one.
      while count < CompressionFormat.headBytes {
        let got = try file.read(into: &input, from: count)
        guard got > 0 else { break }
        count += got
      }
    } catch {
      throw IngestError(error, path: path, action: .read)
    }
    roomBytes = input.count
    let format = CompressionFormat.detect(input.span.extracting(0..<count))
    decompressor = try Self.decompressor(for: format, path)
    self.input = input
    unread = 0..<count
    storedBytes = Int64(count)
  }

  /// Returns the room for a file: that of a piece, unless all of it is smaller.
  private static func pieceBytes(of file: OpenFile) -> Int {
    guard let status = try? file.status(), status.kind == .regular else { return pieceBytes }
    // One byte more than there is, so that its end is met by the same read.
    return min(pieceBytes, max(smallPieceBytes, Int(clamping: status.size) &+ 1))
  }

  /// Reads what comes next into `piece`, up to its length; 0 at the end, or where ``problem`` is.
  mutating func read(into piece: inout [UInt8]) -> Int {
    guard problem == nil else { return 0 }
    guard let decompressor else { return readPlain(into: &piece) }
    while true {
      do throws(IngestError.Problem) {
        let count = try decompressor.decompress(input, &unread, into: &piece)
        if count > 0 { return count }
      } catch {
        problem = IngestError(path: path.description, action: .decompress, problem: error)
        return 0
      }
      if !refill() { return 0 }
    }
  }

  private mutating func readPlain(into piece: inout [UInt8]) -> Int {
    if !unread.isEmpty {
      let count = min(unread.count, piece.count)
      let end = unread.lowerBound + count
      piece.replaceSubrange(0..<count, with: input[unread.lowerBound..<end])
      unread = end..<unread.upperBound
      return count
    }
    do throws(PosixError) {
      let count = try file.read(into: &piece, from: 0)
      storedBytes &+= Int64(count)
      return count
    } catch {
      problem = IngestError(error, path: path, action: .read)
      return 0
    }
  }

  /// Returns whether there is more compressed input.
  private mutating func refill() -> Bool {
    do throws(PosixError) {
      let count = try file.read(into: &input, from: 0)
      storedBytes &+= Int64(count)
      unread = 0..<count
      if count > 0 { return true }
    } catch {
      problem = IngestError(error, path: path, action: .read)
      return false
    }
    problem = decompressor?.problemAtEnd().map {
      IngestError(path: path.description, action: .decompress, problem: $0)
    }
    return false
  }

  private static func decompressor(
    for format: CompressionFormat,
    _ path: SourcePath
  ) throws(IngestError) -> Decompressor? {
    switch format {
    case .plain:
      return nil
    case .gzip:
      do throws(IngestError.Problem) {
        return try Decompressor()
      } catch {
        throw IngestError(path: path.description, action: .decompress, problem: error)
      }
    case .unsupported(let name):
      let problem = IngestError.Problem.unsupportedCompression(name)
      throw IngestError(path: path.description, action: .open, problem: problem)
    }
  }
}

/// How a file is compressed, as its first bytes say.
enum CompressionFormat: Equatable {
  case plain
  case gzip
  /// Recognized in order to be refused by name, not read as garbage.
  case unsupported(String)

  /// The bytes that tell.
  static let headBytes = 6

  static func detect(_ head: Span<UInt8>) -> CompressionFormat {
    if hasPrefix(head, ([0x1f, 0x8b] as [UInt8]).span) { return .gzip }
    for (magic, name) in unsupported where hasPrefix(head, magic.span) {
      return .unsupported(name)
    }
    return .plain
  }

  private static let unsupported: [(magic: [UInt8], name: String)] = [
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"),
    ([0x28, 0xb5, 0x2f, 0xfd], "zstd"),
    ([0x42, 0x5a, 0x68], "bzip2"),
    ([0x50, 0x4b, 0x03, 0x04], "zip"),
  ]
}
