import Testing
import VedetteStatistics

@testable import VedetteCLI

@Suite("Cells of CSV lines")
struct CSVCellsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let line: String
    let texts: [String]
    var testDescription: String { line }
  }

  static let cases: [Case] = [
    Case(line: "", texts: [""]),
    Case(line: "a", texts: ["a"]),
    Case(line: "a,b", texts: ["a", "b"]),
    Case(line: "a,,", texts: ["a", "", ""]),
    Case(line: " a , b\r", texts: ["a", "b"]),
    Case(line: "\"a,b\",c", texts: ["a,b", "c"]),
    Case(line: "\"say \"\"hi\"\"\",x", texts: ["say \"hi\"", "x"]),
    Case(line: "\"\",x", texts: ["", "x"]),
    Case(line: "a\"b,c", texts: ["a\"b", "c"]),
  ]

  private static func cut(_ line: String) -> CSVCells {
    var cells = CSVCells()
    let bytes = Array("##\(line)##".utf8)
    cells.cut(bytes, 2..<bytes.count - 2, separator: UInt8(ascii: ","))
    return cells
  }

  @Test("are cut at separators outside quotes", arguments: cases)
  func cut(_ example: Case) {
    let cells = Self.cut(example.line)
    #expect((0..<cells.count).map { cells.text($0) } == example.texts)
    #expect(!cells.isBroken)
  }

  @Test("a quote that is not closed is told")
  func broken() {
    #expect(Self.cut("a,\"b,c").isBroken)
    #expect(Self.cut("a,\"b,c").count == 2)
    #expect(Self.cut("\"a\"\"").isBroken)
  }

  @Test(
    "words for nothing are missing, others are text",
    arguments: ["", "NA", "n/a", "NaN", "null", "None", "?"]
  )
  func missing(_ word: String) { #expect(Self.cut("1,\(word)").value(1) == .missing) }

  @Test(
    "what is no number is text",
    arguments: ["x", "1x", "1.2.3", "--1", "1e", "1e+", "+", ".", "1,", "nothing", "0x", "1 2"]
  )
  func text(_ word: String) {
    #expect(Self.cut("\"\(word)\"").value(0) == .text)
  }

  @Test("infinities are numbers", arguments: ["inf", "-inf", "Infinity", "-Infinity", "1e999"])
  func infinite(_ word: String) throws {
    guard case .number(let number) = Self.cut(word).value(0) else {
      Issue.record("'\(word)' is no number")
      return
    }
    #expect(number.isInfinite)
    #expect((number < 0) == word.hasPrefix("-"))
  }

  @Test("numbers are read as the standard library reads them", arguments: 0..<64 as Range<UInt64>)
  func agreesWithReference(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let digits = (0..<1 + random.nextBelow(20)).map { _ in String(random.nextBelow(10)) }
      var text = ["", "-", "+"][random.nextBelow(3)] + digits.joined()
      if random.nextBelow(2) == 0 { text += "." + String(random.nextBelow(1_000_000)) }
      if random.nextBelow(3) == 0 { text += "e\(random.nextBelow(640) - 320)" }
      let bytes = Array(text.utf8)
      #expect(DecimalText.number(bytes, 0..<bytes.count) == Double(text), "\(text), seed \(seed)")
    }
  }
}
