import Testing

@testable import VedetteRules

@Suite("Loops over bytes")
struct RegexScanTests {
  @Test(
    "a match is found wherever it begins and ends",
    arguments: ["xq", "[xy]q", "[wxy]q", "[v-y]q", "(?i)xq", "xq$", #"\bxq"#, "^.*xq"]
  )
  func offsets(pattern: String) throws {
    var matcher = RegexMatcher(try LinearRegex(pattern))
    for length in 2...70 {
      for offset in 0...length - 2 {
        var text = [UInt8](repeating: 0x2D, count: length)
        text[offset] = 0x78
        // A beginning that leads nowhere sends the search back to where it rests.
        if offset > 5 { text[offset - 5] = 0x78 }
        let isEarlyMatch = matcher.matches(in: text.span)
        text[offset + 1] = 0x71
        let isMatch = matcher.matches(in: text.span)
        let expected = !pattern.hasSuffix("$") || offset == length - 2
        #expect(!isEarlyMatch && isMatch == expected, "\(offset) of \(length)")
      }
    }
  }

  @Test("few first bytes are known, and none where the place matters")
  func firstBytes() throws {
    func firstBytes(_ pattern: String) throws -> [UInt8] {
      RegexSimulation(try LinearRegex(pattern).program).firstBytes()
    }
    #expect(try firstBytes("ab|cd") == Array("ac".utf8))
    #expect(try firstBytes("a*b") == Array("ab".utf8))
    #expect(try firstBytes("é") == [0xC3])
    // The rest of ASCII, the leads of two, three and four bytes, and the mark of a stray one.
    #expect(try firstBytes("[^a]").count == 127 + 30 + 16 + 5 + 1)
    #expect(try firstBytes("a*").isEmpty)
    #expect(try firstBytes("^a").isEmpty)
    #expect(try firstBytes(#"\ba"#).isEmpty)
  }

  @Test("the first byte that is not ASCII is found at every offset")
  func nonASCII() {
    for length in 0...40 {
      var text = [UInt8](repeating: 0x7F, count: length)
      #expect(firstNonASCII(in: text.span) == length)
      for offset in text.indices.reversed() {
        text[offset] = 0x80
        #expect(firstNonASCII(in: text.span) == offset)
      }
    }
  }

  @Test("every sequence of four bytes from the edges is judged as the standard library does")
  func strayBytes() {
    let edges: [UInt8] = [
      0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for first in edges {
      for second in edges {
        for third in [0x41, 0x80, 0xBF, 0xC2] as [UInt8] {
          for count in 1...4 {
            let text = Array([first, second, third, 0x80].prefix(count))
            let isValid = String(validating: text, as: UTF8.self) != nil
            #expect((firstStrayByte(in: text.span, from: 0) == count) == isValid, "\(text)")
          }
        }
      }
    }
  }
}
