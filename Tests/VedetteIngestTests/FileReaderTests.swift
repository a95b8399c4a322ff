import Foundation
import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

@Suite("File reader")
struct FileReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Everything a reader gives.
  struct Reading {
    var chunks: [RecordChunk] = []
    var counts = IngestCounts()
    var problem: IngestError.Problem?
    var records: [Framed] { chunks.flatMap(\.framed) }
  }

  private func read(_ name: String) -> Reading {
    var reading = Reading()
    do throws(IngestError) {
      var reader = try FileReader(SourceFile(SourcePath(folder[name])), framing: nil)
      do throws(IngestError) {
        while let chunk = try reader.nextChunk() { reading.chunks.append(chunk) }
      } catch {
        reading.problem = error.problem
        #expect(error.path == folder[name])
      }
      reading.counts = reader.counts
    } catch {
      reading.problem = error.problem
    }
    return reading
  }

  private func sample(seed: UInt64, lines: Int) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    for number in 0..<lines {
      bytes += "\(number) ".utf8
      for _ in 0..<Int.random(in: 0...200, using: &random) {
        bytes.append(UInt8.random(in: 0x20...0x7e, using: &random))
      }
      bytes.append(0x0a)
    }
    return bytes
  }

  @Test("gives the records of a plain file with their places")
  func plain() throws {
    try folder.write("app.log.1", "one\ntwo\r\n\nthree")
    let reading = read("app.log.1")
    #expect(
      reading.records == [
        Framed(text: "one", line: 1, offset: 0), Framed(text: "two", line: 2, offset: 4),
        Framed(text: "three", line: 4, offset: 10),
      ]
    )
    #expect(reading.chunks.first?.source == SourceID(folder["app.log"]))
    #expect(reading.chunks.first?.path == folder["app.log.1"])
    #expect(reading.counts.bytes == 15)
    #expect(reading.counts.storedBytes == 15)
    #expect(reading.counts.emptyLines == 1)
    #expect(reading.problem == nil)
  }

  @Test("an empty file gives nothing")
  func empty() throws {
    try folder.write("empty.log", "")
    let reading = read("empty.log")
    #expect(reading.chunks.isEmpty)
    #expect(reading.problem == nil)
  }

  @Test("case 22: a compressed file of several members gives the chunks of the plain one")
  func case22_severalMembers() throws {
    let bytes = sample(seed: 1, lines: 12_000)
    let cuts = [0, 1, 70_000, 70_000, 400_001, bytes.count]
    let members = zip(cuts, cuts.dropFirst()).map { Gzip.member(Array(bytes[$0..<$1])) }
    try folder.write("a.log", bytes)
    try folder.write("b.log", members.reduce([], +))
    let plain = read("a.log")
    let packed = read("b.log")
    #expect(packed.problem == nil)
    #expect(packed.chunks.map(\.bytes) == plain.chunks.map(\.bytes))
    #expect(packed.chunks.map(\.records) == plain.chunks.map(\.records))
    #expect(packed.counts.bytes == Int64(bytes.count))
    #expect(plain.chunks.count > 3)
  }

  @Test("case 22: what gzip itself writes is read")
  func case22_realGzip() throws {
    let bytes = sample(seed: 2, lines: 5_000)
    try folder.write("a.log", bytes)
    try folder.write("b.log", bytes)
    try folder.gzip("b.log")
    guard FileManager.default.fileExists(atPath: folder["b.log.gz"]) else {
      print("left out: there is no gzip here")
      return
    }
    let packed = read("b.log.gz")
    #expect(packed.chunks.map(\.records) == read("a.log").chunks.map(\.records))
    #expect(packed.chunks.first?.source == SourceID(folder["b.log"]))
    #expect(packed.counts.storedBytes < packed.counts.bytes)
  }

  @Test("case 23: a truncated archive is read as far as it goes, then the error comes")
  func case23_truncatedArchive() throws {
    let whole = Gzip.member("one\ntwo\nthree\n")
    try folder.write("a.gz", Array(whole.prefix(10 + 5 + 6)))
    let reading = read("a.gz")
    #expect(
      reading.records == [
        Framed(text: "one", line: 1, offset: 0),
        Framed(text: "tw", line: 2, offset: 4, isCut: true),
      ]
    )
    #expect(reading.problem == .truncated)
    #expect(reading.counts.cutRecords == 1)
  }

  @Test("case 23: a wrong checksum is told after the records")
  func case23_wrongChecksum() throws {
    var bytes = Gzip.member("one\ntwo\n")
    bytes[bytes.count - 8] ^= 1
    try folder.write("a.gz", bytes)
    let reading = read("a.gz")
    #expect(reading.records.map(\.text) == ["one", "two"])
    guard case .corrupt = reading.problem else {
      Issue.record("expected damage, found \(String(describing: reading.problem))")
      return
    }
  }

  @Test("case 23: something else behind the archive is told, zeros are padding")
  func case23_garbageBehind() throws {
    let member = Gzip.member("one\n")
    try folder.write("a.gz", member + Array("garbage".utf8))
    try folder.write("b.gz", member + [UInt8](repeating: 0, count: 700))
    try folder.write("c.gz", member + [0x1f, 0x41, 0x41])
    #expect(read("a.gz").records.map(\.text) == ["one"])
    #expect(read("a.gz").problem == .trailingGarbage(bytes: 7))
    #expect(read("b.gz").problem == nil)
    #expect(read("c.gz").problem == .trailingGarbage(bytes: 3))
  }

  @Test("case 23: every place to break off gives a prefix and an error")
  func case23_everyPrefix() throws {
    let text = "one\ntwo\nthree\n"
    let members = Gzip.member("one\n") + Gzip.member("two\nthree\n")
    let boundary = Gzip.member("one\n").count
    for length in 2..<members.count {
      try folder.write("a.gz", Array(members.prefix(length)))
      let reading = read("a.gz")
      let given = reading.records.map { $0.text + ($0.isCut ? "" : "\n") }.joined()
      #expect(text.hasPrefix(given), "after \(length) bytes")
      #expect((reading.problem == nil) == (length == boundary), "after \(length) bytes")
    }
  }

  @Test("case 24: a bomb is not unpacked to its end")
  func case24_bomb() throws {
    // Nothing but zeros is the most that deflate can press together, about 1,030 to one.
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "head -c 300000000 /dev/zero | gzip -9n > \(folder["bomb.gz"])"]
    try process.run()
    process.waitUntilExit()
    let reading = read("bomb.gz")
    #expect(reading.problem == .inflationRatioExceeded)
    #expect(reading.counts.bytes < 8 << 20)
    #expect(reading.counts.nulBytes == reading.counts.bytes)
  }

  @Test("the same data without a bomb's ratio is read whatever its size")
  func highRatio() throws {
    let line = String(repeating: "a", count: 500) + "\n"
    try folder.write("a.log", String(repeating: line, count: 20_000))
    try folder.gzip("a.log")
    guard FileManager.default.fileExists(atPath: folder["a.log.gz"]) else { return }
    let reading = read("a.log.gz")
    #expect(reading.problem == nil)
    #expect(reading.counts.records == 20_000)
  }

  @Test("other compressions are refused by name")
  func unsupported() throws {
    try folder.write("a.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2])
    try folder.write("a.zst", [0x28, 0xb5, 0x2f, 0xfd, 1, 2])
    #expect(read("a.xz").problem == .unsupportedCompression("xz"))
    #expect(read("a.zst").problem == .unsupportedCompression("zstd"))
  }

  @Test("a file that is not there is an error with a path, a cause and a remedy")
  func missing() {
    #expect(read("none.log").problem == .notFound)
    let error = IngestError(path: "/var/log/none", action: .open, problem: .notFound)
    #expect(
      error.description == "/var/log/none: cannot open: no such file or folder; check the path"
    )
  }

  @Test("a document is read by its elements, plain and compressed alike")
  func document() throws {
    let text = "{\"Records\":[\n{\"a\":1},\n{\"b\":2}\n]}"
    try folder.write("trail.json", text)
    try folder.write("trail2.json", Gzip.member(text))
    let expected = [
      Framed(text: "{\"a\":1}", line: 2, offset: 13),
      Framed(text: "{\"b\":2}", line: 3, offset: 22),
    ]
    #expect(read("trail.json").records == expected)
    #expect(read("trail2.json").records == expected)
  }
}
