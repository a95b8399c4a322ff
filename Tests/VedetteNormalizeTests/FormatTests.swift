import Testing
import VedetteColumns
import VedetteEvent
import VedetteStatistics

@testable import VedetteNormalize

@Suite("Formats")
struct FormatTests {
  private func read(
    _ sample: FormatSample,
    as format: LogFormat? = nil,
    keepsContent: Bool = false
  ) -> NormalizedChunk {
    normalize(sample.lines, as: format ?? sample.format, keepsContent: keepsContent)
  }

  @Test("lines become events with these fields", arguments: FormatSample.all)
  func fields(_ sample: FormatSample) throws {
    let result = read(sample)
    try #require(result.deadLetters.map(\.reason) == [])
    let row = result.batch.rowCount - 1
    try #require(row >= 0)
    for (name, value) in sample.fields.sorted(by: { $0.key < $1.key }) {
      #expect(result.batch.text(name, row: row) == value, "\(name)")
    }
    #expect(result.batch.time(row).map { "\($0)" } == sample.time)
    #expect(result.batch.logSource(row) == sample.logSource)
  }

  @Test("no field of the schema has two values that are not a list", arguments: FormatSample.all)
  func once(_ sample: FormatSample) {
    let batch = read(sample).batch
    let lists: Set = [
      "file.path", "gen_ai.response.finish_reasons", "gen_ai.tool.name", "ai.guardrail.id",
      "ai.guardrail.categories", "ai.guardrail.stage",
    ]
    for field in FieldCatalog.fields where !lists.contains(field.name) {
      guard let column = batch.schema.index(of: field.name) else { continue }
      for row in 0..<batch.rowCount {
        #expect(batch.columns[column].texts(row).count <= 1, "\(field.name)")
      }
    }
  }

  @Test("a record is told to be of its format and of no other", arguments: FormatSample.all)
  func detection(_ sample: FormatSample) {
    let records = sample.lines.map { Array($0.utf8)[...] }
    if sample.isDetected {
      for line in sample.lines {
        let format = FormatDetector.detectOne(Array(line.utf8).span)
        #expect(format == sample.format)
      }
    }
    if sample.isDetected || sample.format != .gateway {
      #expect(FormatDetector.detect(records: records, path: "x").format == sample.format)
    }
  }

  @Test("a line among those of another format is read as what it is", arguments: FormatSample.all)
  func mixed(_ sample: FormatSample) {
    guard sample.isDetected else { return }
    let normalizer = Normalizer(
      configuration: NormalizerConfiguration(
        keepsContent: false,
        contentHash: { "hash-of-\($0.count)" }
      )
    )
    for other in [LogFormat.syslog, .cloudtrail, .access] {
      let result = normalizer.normalize(chunk(sample.lines), as: other, settings: SourceSettings())
      let alone = read(sample)
      #expect(result.batch.rowCount == alone.batch.rowCount, "\(other)")
      for row in 0..<min(result.batch.rowCount, alone.batch.rowCount) {
        #expect(result.batch.summary(row) == alone.batch.summary(row))
      }
    }
  }

  @Test(
    "torn lines are events or dead letters, never lost and never a crash",
    arguments: FormatSample.all
  )
  func torn(_ sample: FormatSample) {
    let line = Array((sample.lines.last ?? "").utf8)
    let head = sample.lines.dropLast().map { Array($0.utf8) }
    for cut in stride(from: 0, to: line.count, by: 3) {
      let result = makeNormalizer().normalize(
        chunk(head + [Array(line[..<cut])]),
        as: sample.format,
        settings: SourceSettings()
      )
      #expect(result.recordCount == result.batch.rowCount + result.deadLetterCount)
    }
  }

  @Test("hostile bytes are survived", arguments: FormatSample.all)
  func hostile(_ sample: FormatSample) {
    var random = SplitMix64(seed: 4711)
    let head = sample.lines.dropLast().map { Array($0.utf8) }
    var records: [[UInt8]] = []
    for _ in 0..<120 {
      var line = Array((sample.lines.last ?? "").utf8)
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line[place] = UInt8.random(in: 0...255, using: &random)
        case 1: line.remove(at: place)
        case 2: line.insert(contentsOf: Array(#"\"{[=|,"#.utf8), at: place)
        default: line.insert(contentsOf: line[place...].prefix(9), at: place)
        }
        if line.isEmpty { line = [0x7b] }
      }
      records.append(line)
    }
    let result = makeNormalizer().normalize(
      chunk(head + records),
      as: sample.format,
      settings: SourceSettings()
    )
    #expect(result.recordCount == result.batch.rowCount + result.deadLetterCount)
    let again = makeNormalizer().normalize(
      chunk(head + records),
      as: sample.format,
      settings: SourceSettings()
    )
    #expect(again.batch.times == result.batch.times)
    #expect(again.countsByReason.map(\.count) == result.countsByReason.map(\.count))
  }

  @Test("chunks of any size give the same events", arguments: FormatSample.all)
  func chunks(_ sample: FormatSample) {
    guard sample.format != .csv, sample.lines.count == 1 else { return }
    let lines = [String](repeating: sample.lines[0], count: 9)
    let whole = normalize(lines, as: sample.format)
    let normalizer = makeNormalizer()
    for line in lines {
      let part = normalizer.normalize(chunk([line]), as: sample.format, settings: SourceSettings())
      #expect(part.batch.fields(0) == whole.batch.fields(0))
    }
  }
}
