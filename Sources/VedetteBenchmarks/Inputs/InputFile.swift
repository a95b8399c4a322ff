import FoundationEssentials
import Glibc

/// A file of generated lines.
struct InputFile {
  let kind: InputKind
  let path: String
  let byteCount: Int
  let lineCount: Int

  /// Generates a file.
  ///
  /// - Parameters:
  ///   - kind: The log.
  ///   - folder: The folder it is written to.
  ///   - byteCountMin: Where to end: with the first lines that reach this size.
  /// - Returns: The file.
  /// - Throws: ``BenchmarkError`` if the file can't be written.
  static func generate(
    _ kind: InputKind,
    in folder: String,
    byteCountMin: Int
  ) throws(BenchmarkError) -> InputFile {
    let path = "\(folder)/\(kind.fileName)"
    guard let stream = unsafe fopen(path, "w") else { throw .system("create", path) }
    defer { unsafe fclose(stream) }
    var source = kind.makeSource()
    var writer = LineWriter()
    var byteCount = 0
    var lineCount = 0
    while byteCount < byteCountMin {
      writer.clear()
      while writer.bytes.count < 1 << 20, byteCount + writer.bytes.count < byteCountMin {
        source.write(to: &writer)
      }
      let bytes = writer.bytes
      // Safety: the array is as long as it says for the time of the call.
      let written = unsafe bytes.withUnsafeBytes {
        unsafe fwrite($0.baseAddress, 1, $0.count, stream)
      }
      guard written == bytes.count else { throw .system("write", path) }
      byteCount += bytes.count
      lineCount += bytes.count { $0 == 0x0a }
    }
    guard unsafe fflush(stream) == 0 else { throw .system("write", path) }
    return InputFile(kind: kind, path: path, byteCount: byteCount, lineCount: lineCount)
  }

  /// Generates the beginning of a file once more, for what is too slow for all of it.
  ///
  /// - Parameter byteCountMin: Where to end: with the first lines that reach this size.
  /// - Returns: The beginning, or the file itself if it is no larger.
  /// - Throws: ``BenchmarkError`` if the beginning can't be written.
  func beginning(byteCountMin: Int) throws(BenchmarkError) -> InputFile {
    guard byteCount > byteCountMin else { return self }
    let folder = path.dropLast(kind.fileName.count) + "beginning"
    guard unsafe mkdir(String(folder), 0o700) == 0 || errno == EEXIST else {
      throw .system("create", String(folder))
    }
    return try Self.generate(kind, in: String(folder), byteCountMin: byteCountMin)
  }
}

/// A folder for generated files, removed with all that is in it.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws(BenchmarkError) {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/vedette-benchmarks-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw .system("create", parent) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// Why a measurement could not be made.
enum BenchmarkError: Error, CustomStringConvertible {
  case usage(String)
  case failed(String)

  /// A call of the operating system that did not do what it should.
  static func system(_ action: String, _ path: String) -> BenchmarkError {
    let reason = unsafe strerror(errno).map { unsafe String(cString: $0).lowercased() }
    return .failed("\(path): can't \(action) it: \(reason ?? "error \(errno)")")
  }

  var description: String {
    switch self {
    case .usage(let text), .failed(let text): text
    }
  }
}
