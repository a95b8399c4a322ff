import VedetteEvent
import VedetteIngest
import VedetteNormalize

/// What went wrong while files were read, shared between a replay's readers.
typealias ReadProblems = Monitor<[IngestError]>

/// Reads the files of one logical source to their ends, one after the other.
final class ReplayReader: ChunkReader {
  private var files: ArraySlice<SourceFile>
  private var reader: FileReader?
  private var current: CurrentFile?
  private let settings: SourceConfiguration
  private let year: Int?
  private let problems: ReadProblems
  private let piecesOf: Int?
  /// What is left of a chunk that is given in pieces, the next piece last.
  private var pieces: [RecordChunk] = []

  /// What was decided for the file that is being read.
  private struct CurrentFile {
    let file: SourceFile
    let choice: FormatChoice
    let startYear: Int
    var header = FileHeader()
  }

  init(
    files: [SourceFile],
    settings: SourceConfiguration,
    year: Int?,
    problems: ReadProblems,
    piecesOf: Int? = nil
  ) {
    self.files = files[...]
    self.settings = settings
    self.year = year
    self.problems = problems
    self.piecesOf = piecesOf
  }

  func next() -> SourceChunk? {
    while true {
      if let chunk = nextOfFile() { return chunk }
      guard let file = files.popFirst() else { return nil }
      do throws(IngestError) {
        reader = try FileReader(file, framing: nil)
        current = nil
        opened = file
      } catch {
        problems.withLock { $0.append(error) }
      }
    }
  }

  private var opened: SourceFile?

  private func nextOfFile() -> SourceChunk? {
    guard reader != nil, let file = opened else { return nil }
    if let piece = pieces.popLast() { return prepared(piece, of: file) }
    do throws(IngestError) {
      guard let chunk = try reader?.nextChunk() else {
        reader = nil
        return nil
      }
      guard let piecesOf else { return prepared(chunk, of: file) }
      pieces = chunk.pieces(of: piecesOf).reversed()
      return prepared(pieces.removeLast(), of: file)
    } catch {
      problems.withLock { $0.append(error) }
      reader = nil
      return nil
    }
  }

  private func prepared(_ chunk: RecordChunk, of file: SourceFile) -> SourceChunk {
    let zone = settings.zone
    var decided =
      current
      ?? CurrentFile(
        file: file,
        choice: ChunkPreparation.choice(for: chunk, settings: settings),
        startYear: year ?? StartYear.of(file, first: chunk, zone: zone)
      )
    let header = decided.header.take(chunk, as: decided.choice.format) { nil }
    current = decided
    return ChunkPreparation.prepared(
      chunk,
      choice: decided.choice,
      header: header,
      settings: settings,
      startYear: decided.startYear,
      checkpoints: nil
    )
  }
}

extension ReplayReader {
  /// One reader for each logical source, in the order in which they were given.
  static func lanes(
    _ configuration: PipelineConfiguration,
    problems: ReadProblems,
    piecesOf: Int? = nil,
    report: inout PipelineReport
  ) -> [ReplayReader] {
    var readers: [ReplayReader] = []
    // What was named twice, as itself and with its folder, is read once.
    var taken = SourcePlan.Taken()
    for source in configuration.sources {
      var plan = SourcePlan(expanding: [source.path], for: .replay)
      plan.leaveOut(&taken)
      report.problems += plan.problems
      report.passedOver += plan.passedOver
      let files = plan.files
      var start = files.startIndex
      while start < files.endIndex {
        let end =
          files[start...].firstIndex { $0.source != files[start].source } ?? files.endIndex
        readers.append(
          ReplayReader(
            files: Array(files[start..<end]),
            settings: source,
            year: configuration.year,
            problems: problems,
            piecesOf: piecesOf
          )
        )
        start = end
      }
    }
    return readers
  }
}

extension WorkerPool where Reader == ReplayReader {
  /// Creates a pool over everything that a configuration names.
  ///
  /// - Parameters:
  ///   - configuration: What to read.
  ///   - problems: Told what can't be read.
  ///   - piecesOf: The most records of a chunk, or `nil` for as many as are read at once.
  ///   - report: Told what is not read.
  convenience init(
    reading configuration: PipelineConfiguration,
    problems: ReadProblems,
    piecesOf: Int? = nil,
    report: inout PipelineReport
  ) {
    let readers = ReplayReader.lanes(
      configuration,
      problems: problems,
      piecesOf: piecesOf,
      report: &report
    )
    self.init(readers: readers, depth: max(1, min(4, 64 / max(1, readers.count))))
  }
}

extension SourceConfiguration {
  /// What the source's zone adds to UTC at a local time.
  var zone: @Sendable (EventTime) -> Int {
    let table = timeZone
    return { table.offsetSeconds(atLocal: $0) }
  }
}

/// What readers of files and of followed files have in common.
enum ChunkPreparation {
  static func choice(for chunk: RecordChunk, settings: SourceConfiguration) -> FormatChoice {
    if let format = settings.format {
      return FormatChoice(format: format, reason: "as asked for")
    }
    let decision = FormatDetector.detect(chunk: chunk)
    return FormatChoice(format: decision.format, reason: decision.reason)
  }

  static func prepared(
    _ chunk: RecordChunk,
    choice: FormatChoice,
    header: [UInt8]?,
    settings: SourceConfiguration,
    startYear: Int,
    checkpoints: [Checkpoint]?
  ) -> SourceChunk {
    var own = SourceSettings(
      zone: settings.zone,
      logSource: settings.logSource,
      detectsEachRecord: settings.format == nil
    )
    own.header = header
    return SourceChunk(
      chunk: chunk,
      choice: choice,
      settings: own,
      latenessNanoseconds: settings.latenessNanoseconds
        ?? PipelineConfiguration.defaultLateness(of: choice.format),
      startYear: startYear,
      zone: settings.zone,
      checkpoints: checkpoints
    )
  }
}
