import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

@Suite("Line framing")
struct LineFramingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let input: [UInt8]
    let records: [Framed]
    var emptyLines: Int64 = 0
    var nulBytes: Int64 = 0
    var testDescription: String { name }

    init(
      _ name: String,
      _ input: String,
      _ records: [Framed],
      emptyLines: Int64 = 0,
      nulBytes: Int64 = 0
    ) {
      self.name = name
      self.input = Array(input.utf8)
      self.records = records
      self.emptyLines = emptyLines
      self.nulBytes = nulBytes
    }
  }

  static let cases: [Case] = [
    Case("nothing", "", []),
    Case(
      "line feeds",
      "a\nbc\n",
      [Framed(text: "a", line: 1, offset: 0), Framed(text: "bc", line: 2, offset: 2)]
    ),
    Case(
      "case 21: CRLF is no part of the record and offsets stay right",
      "a\r\nbc\r\n",
      [Framed(text: "a", line: 1, offset: 0), Framed(text: "bc", line: 2, offset: 3)]
    ),
    Case(
      "case 21: empty lines are counted and keep the line numbers right",
      "\n\r\na\n\n\nb\n",
      [Framed(text: "a", line: 3, offset: 3), Framed(text: "b", line: 6, offset: 7)],
      emptyLines: 4
    ),
    Case(
      "a carriage return inside a line stays",
      "a\rb\r\r\n",
      [Framed(text: "a\rb\r", line: 1, offset: 0)]
    ),
    Case(
      "a last line without a line end",
      "a\nb",
      [Framed(text: "a", line: 1, offset: 0), Framed(text: "b", line: 2, offset: 2)]
    ),
    Case(
      "a last line that ends in a carriage return",
      "a\nb\r",
      [Framed(text: "a", line: 1, offset: 0), Framed(text: "b", line: 2, offset: 2)]
    ),
    Case(
      "case 20: the byte-order mark is removed once",
      "\u{feff}a\n\u{feff}b\n",
      [Framed(text: "a", line: 1, offset: 3), Framed(text: "\u{feff}b", line: 2, offset: 5)]
    ),
    Case("a byte-order mark alone", "\u{feff}", []),
    Case(
      "case 4: a hole of NULs before a line gives no record",
      "a\n\0\0\0\0b\nc\n",
      [
        Framed(text: "a", line: 1, offset: 0), Framed(text: "b", line: 2, offset: 6),
        Framed(text: "c", line: 3, offset: 8),
      ],
      nulBytes: 4
    ),
    Case("case 33: NULs alone give nothing", "\0\0\0", [], nulBytes: 3),
    Case("a line of NULs is an empty line", "\0\0\n", [], emptyLines: 1, nulBytes: 2),
    Case(
      "case 19: a NUL inside a line stays",
      "a\0b\0\n",
      [Framed(text: "a\0b\0", line: 1, offset: 0)]
    ),
  ]

  @Test("frames the table", arguments: cases)
  func table(_ example: Case) {
    let result = frame(example.input, framing: .lines)
    #expect(result.records == example.records)
    #expect(result.counts.emptyLines == example.emptyLines)
    #expect(result.counts.nulBytes == example.nulBytes)
    #expect(result.counts.records == Int64(example.records.count))
    #expect(result.counts.bytes == Int64(example.input.count))
  }

  @Test("does not depend on how the bytes are cut", arguments: cases)
  func cutIndependence(_ example: Case) {
    let whole = frame(example.input, framing: .lines)
    for size in [1, 2, 3, 7] {
      #expect(frame(example.input, pieces: size, framing: .lines) == whole, "pieces of \(size)")
    }
  }

  @Test("agrees with the obvious loop on random bytes", arguments: 0..<64 as Range<UInt64>)
  func agreesWithReference(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet: [UInt8] = [0x0a, 0x0a, 0x0d, 0x00, 0x61, 0x62, 0xc3, 0xa9]
    let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
      alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
    }
    let whole = frame(bytes, framing: .lines)
    #expect(whole.records == reference(bytes))
    let size = Int.random(in: 1...9, using: &random)
    #expect(frame(bytes, pieces: size, framing: .lines) == whole)
  }

  /// Splits at line feeds, drops one carriage return and the leading NULs.
  private func reference(_ bytes: [UInt8]) -> [Framed] {
    var records: [Framed] = []
    var offset = 0
    for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
    {
      let nulls = line.prefix { $0 == 0 }.count
      var text = line.dropFirst(nulls)
      if text.last == 0x0d { text = text.dropLast() }
      if !text.isEmpty {
        records.append(
          Framed(
            text: String(decoding: text, as: UTF8.self),
            line: index + 1,
            offset: Int64(offset + nulls)
          )
        )
      }
      offset += line.count + 1
    }
    return records
  }

  @Test("case 17: a line of many megabytes is cut, counted, and its neighbours are whole")
  func case17_longLine() {
    let length = 100 << 20
    let piece = [UInt8](repeating: 0x78, count: 64 << 10)
    var framer = RecordFramer(source: SourceID("t"), path: "t", framing: .lines)
    framer.consume(Array("first\n".utf8).span)
    for _ in 0..<length / piece.count { framer.consume(piece.span) }
    #expect(framer.takeChunk() == nil, "nothing is given before the line ends")
    framer.consume(Array("\nlast\n".utf8).span)
    framer.finish(isTorn: false)
    var records: [RecordChunk.Record] = []
    while let framed = framer.takeChunk() {
      #expect(framed.chunk.bytes.count <= Limits.chunkBytesMax)
      records += framed.chunk.records
    }
    #expect(records.map(\.length) == [5, Limits.recordBytesMax, 4])
    #expect(records.map(\.isCut) == [false, true, false])
    #expect(records.map(\.offset) == [0, 6, Int64(length + 7)])
    #expect(framer.counts.cutRecords == 1)
    #expect(framer.counts.cutBytes == Int64(length - Limits.recordBytesMax))
  }

  @Test(
    "case 17: a record of exactly the limit is whole, one byte more is cut",
    arguments: [1, 70_001]
  )
  func limit(pieceCount: Int) {
    let full = [UInt8](repeating: 0x78, count: Limits.recordBytesMax)
    let bytes = full + [0x0d, 0x0a] + full + [0x79, 0x0a] + full
    let size = pieceCount == 1 ? Int.max : pieceCount
    let result = frame(bytes, pieces: size, framing: .lines)
    #expect(result.records.map(\.isCut) == [false, true, false])
    #expect(
      result.records.map(\.text.utf8.count) == Array(repeating: Limits.recordBytesMax, count: 3)
    )
    #expect(result.counts.cutBytes == 1)
    #expect(result.chunks.allSatisfy { $0.bytes.count <= Limits.chunkBytesMax })
  }

  @Test("case 18: a record is cut at a character", arguments: ["é", "€", "😀"])
  func case18_cutAtCharacter(character: String) {
    for shift in 0..<4 {
      let text =
        String(repeating: "x", count: shift)
        + String(repeating: character, count: Limits.recordBytesMax / character.utf8.count + 1)
      let result = frame(text + "\n", pieces: 65_536, framing: .lines)
      #expect(result.records.count == 1)
      #expect(result.records.first?.isCut == true)
      let kept = result.records.first?.text ?? ""
      #expect(text.hasPrefix(kept))
      #expect(kept.utf8.count > Limits.recordBytesMax - character.utf8.count)
      #expect(kept.utf8.count <= Limits.recordBytesMax)
    }
  }

  @Test(
    "chunks end by size and by rows, wherever the pieces end",
    arguments: [1_000, 65_536, .max]
  )
  func chunkBoundaries(size: Int) {
    let short = String(repeating: "a\n", count: 20_000)
    let long = String(repeating: String(repeating: "b", count: 999) + "\n", count: 1_000)
    let result = frame(short + long, pieces: size, framing: .lines)
    #expect(result == frame(short + long, framing: .lines))
    #expect(result.chunks.map(\.records.count) == [8_192, 8_192, 3_871, 263, 263, 219])
    #expect(result.chunks.allSatisfy { $0.records.count <= Limits.batchRowsMax })
  }

  @Test("the place to go on from is the first byte not given")
  func resume() {
    var framer = RecordFramer(source: SourceID("t"), path: "t", framing: .lines)
    framer.consume(Array("one\r\ntwo".utf8).span)
    #expect(framer.resume == RecordPosition(offset: 5, line: 2))
    framer.consume(Array("\n\0\0".utf8).span)
    #expect(framer.resume == RecordPosition(offset: 9, line: 3))
    framer.forgetTrailingNulls()
    #expect(framer.counts.nulBytes == 0)
    framer.consume(Array("three\n".utf8).span)
    framer.flush()
    let framed = framer.takeChunk()
    #expect(framed?.chunk.records.map(\.offset) == [0, 5, 9])
    #expect(framed?.end == RecordPosition(offset: 15, line: 4))
  }

  @Test("case 19: UTF-16 becomes UTF-8 with the file's own offsets", arguments: [false, true])
  func case19_utf16(isBigEndian: Bool) {
    let text = "\u{feff}aé\r\n😀\n\nlast"
    var bytes: [UInt8] = []
    for unit in text.utf16 {
      let pair = [UInt8(unit >> 8), UInt8(unit & 0xff)]
      bytes += isBigEndian ? pair : pair.reversed()
    }
    let expected = [
      Framed(text: "aé", line: 1, offset: 2), Framed(text: "😀", line: 2, offset: 10),
      Framed(text: "last", line: 4, offset: 18),
    ]
    for size in [1, 2, 3, 7, Int.max] {
      let result = frame(bytes, pieces: size)
      #expect(result.records == expected, "pieces of \(size)")
      #expect(result.counts.emptyLines == 1)
    }
  }

  @Test("half a surrogate pair is replaced and counted")
  func loneSurrogate() {
    let bytes: [UInt8] = [
      0xff, 0xfe, 0x00, 0xd8, 0x61, 0x00, 0x00, 0xdc, 0x0a, 0x00, 0x62, 0x00, 0x63,
    ]
    let result = frame(bytes)
    #expect(
      result.records == [
        Framed(text: "\u{fffd}a\u{fffd}", line: 1, offset: 2),
        Framed(text: "b", line: 2, offset: 10),
      ]
    )
    #expect(result.counts.unreadableUnits == 3)
  }
}
