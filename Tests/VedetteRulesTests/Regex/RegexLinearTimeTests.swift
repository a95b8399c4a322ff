import Testing
import VedetteEvent

@testable import VedetteRules

/// Counts bytes read and instructions visited, so that the tests mean the same on any machine.
@Suite("Regular expressions take linear time")
struct RegexLinearTimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let pattern: String
    let unit: String
    let ending: String
    let isMatch: Bool
    var testDescription: String { pattern }
  }

  static let cases: [Case] = [
    Case(pattern: "(a+)+$", unit: "a", ending: "!", isMatch: false),
    Case(pattern: "^(a|aa)+$", unit: "a", ending: "!", isMatch: false),
    Case(pattern: "^(a|a?)+$", unit: "a", ending: "!", isMatch: false),
    Case(pattern: "^(.*a){20}!$", unit: "a", ending: "?", isMatch: false),
    Case(pattern: "^([a-zA-Z]+)*$", unit: "ab", ending: "1", isMatch: false),
    Case(pattern: "(x{1,10}){1,10}y", unit: "x", ending: "!", isMatch: false),
    Case(pattern: "^x{1,1000}y", unit: "x", ending: "y", isMatch: false),
    Case(pattern: "x{1,1000}y", unit: "x", ending: "y", isMatch: true),
    Case(pattern: "(?i)((é|É)*)*z", unit: "éÉ", ending: "!", isMatch: false),
    Case(pattern: ".*.*.*.*.*=.*", unit: "x", ending: "", isMatch: false),
    Case(pattern: "(.{1000}){2,3}#", unit: "ab\n", ending: "", isMatch: false),
  ]

  @Test("reads each byte of a megabyte a few times at most", arguments: cases)
  func megabyte(_ example: Case) throws {
    let count = 1 << 20
    let units = Array(
      repeatElement(Array(example.unit.utf8), count: count / example.unit.utf8.count)
    )
    let text = Array(units.joined()) + Array(example.ending.utf8)
    let regex = try LinearRegex(example.pattern)
    var matcher = RegexMatcher(regex)
    let isMatch = matcher.matches(in: text.span)
    #expect(isMatch == example.isMatch)
    // What growing the automaton costs does not depend on the text's length.
    #expect(matcher.workCount < count + 4_000_000)
    #expect(matcher.simulatedCount == 0)

    let before = matcher.workCount
    let isMatchAgain = matcher.matches(in: text.span)
    #expect(isMatchAgain == example.isMatch)
    #expect(matcher.workCount - before <= text.count + 16)
  }

  @Test("an automaton of exponentially many states costs what the simulation costs")
  func exponentialStates() throws {
    // After every `a` the automaton must remember where in the last 200 letters they were.
    let regex = try LinearRegex("a[ab]{200}c")
    let instructionCount = regex.program.instructions.count
    var text: [UInt8] = []
    var noise: UInt64 = 1
    for _ in 0..<20_000 {
      noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text.append(noise >> 40 & 1 == 0 ? 0x61 : 0x62)
    }
    var matcher = RegexMatcher(regex, cacheBytesMax: 32 << 10)
    let isMatch = matcher.matches(in: text.span)
    #expect(!isMatch)
    #expect(matcher.overflowCount >= 2)
    #expect(matcher.simulatedCount == 1)
    // Each byte visits an instruction once from each that leads to it: at most two do.
    #expect(matcher.workCount <= text.count * (instructionCount * 2 + 8))

    text += Array("c".utf8)
    for letter: UInt8 in [0x61, 0x62] {
      text[text.count - 202] = letter
      let isMatch = matcher.matches(in: text.span)
      #expect(isMatch == (letter == 0x61))
    }
  }

  @Test("an automaton that outgrows its limit now and then is grown again")
  func occasionalOverflow() throws {
    let regex = try LinearRegex("(a|b|c|d|e|f)x{1,20}$")
    var small = RegexMatcher(regex, cacheBytesMax: 600)
    var large = RegexMatcher(regex)
    let run = String(repeating: "-", count: 5_000)
    for length in 1...25 {
      let text =
        "a" + String(repeating: "x", count: length) + run + "bxx" + run
        + "c" + String(repeating: "x", count: length)
      let isMatch = (small.matches(text), large.matches(text))
      #expect(isMatch == (length <= 20, length <= 20))
    }
    #expect(small.overflowCount > 0)
    #expect(large.overflowCount == 0)
  }

  @Test("a copy of a matcher goes its own way")
  func copies() throws {
    var first = RegexMatcher(try LinearRegex("ab+c"), cacheBytesMax: 0)
    let before = first.matches("xabbc")
    var second = first
    let after = [second.matches("xabb"), first.matches("abc"), second.matches("abc")]
    #expect(before && after == [false, true, true])
  }
}
