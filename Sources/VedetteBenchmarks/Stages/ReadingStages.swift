import Glibc
import VedetteEvent
import VedetteIngest

/// `wc -l`: what a program costs that does nothing but look for line feeds.
struct LineCountStage: Stage {
  static let name = "wc -l"
  var name: String { Self.name }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    try .child(["wc", "-l", file.path], work: Work(bytes: file.byteCount, events: file.lineCount))
  }
}

/// Reading in pieces of 64 KiB and nothing else: the floor of everything that reads.
struct ReadStage: Stage {
  var name: String { "read only" }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    try .inProcess { () throws(BenchmarkError) in
      let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .system("open", file.path) }
      defer { close(descriptor) }
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      var bytes = 0
      while true {
        let count = unsafe Glibc.read(descriptor, &piece, piece.count)
        guard count >= 0 else { throw .system("read", file.path) }
        guard count > 0 else { return Work(bytes: bytes, events: file.lineCount) }
        bytes += count
      }
    }
  }
}

/// Reading and cutting into records.
struct SplitStage: Stage {
  var name: String { "read + split" }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    try .inProcess { () throws(BenchmarkError) in
      var work = Work(bytes: file.byteCount, events: 0)
      try Self.forEachChunk(of: file) { work.events += $0.records.count }
      return work
    }
  }

  /// Reads a file as the pipeline does.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - body: Called with each chunk of records, in order.
  /// - Throws: ``BenchmarkError`` if the file can't be read.
  static func forEachChunk(
    of file: InputFile,
    _ body: (RecordChunk) -> Void
  ) throws(BenchmarkError) {
    do throws(IngestError) {
      var reader = try FileReader(SourceFile(SourcePath(file.path)), framing: nil)
      while let chunk = try reader.nextChunk() { body(chunk) }
    } catch {
      throw .failed("\(file.path): \(error)")
    }
  }
}
