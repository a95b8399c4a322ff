import Foundation
import Testing
import VedetteStatistics

@testable import VedetteRules

@Suite("Regular expressions against other engines")
struct RegexDifferentialTests {
  @Test("agrees with NSRegularExpression on ASCII", arguments: 0..<40 as Range<UInt64>)
  func foundationOnASCII(seed: UInt64) throws {
    let random = SplitMix64(seed: seed)
    try compareWithFoundation(
      RegexGenerator(
        random: random,
        alphabet: RegexGenerator.ascii,
        usesShorthands: true,
        nestsLoops: false
      )
    )
  }

  @Test("agrees with NSRegularExpression on other scripts", arguments: 100..<140 as Range<UInt64>)
  func foundationOnUnicode(seed: UInt64) throws {
    // Full folding takes `ß` for `ss`; the other engine does that, this one does not.
    let alphabet = RegexGenerator.unicode.filter { $0 != "ß" }
    try compareWithFoundation(
      RegexGenerator(
        random: SplitMix64(seed: seed),
        alphabet: alphabet,
        usesShorthands: false,
        nestsLoops: false
      )
    )
  }

  private func compareWithFoundation(_ start: RegexGenerator) throws {
    var generator = start
    var matchCount = 0
    for _ in 0..<40 {
      let pattern = generator.pattern()
      let options = generator.options()
      let other = try NSRegularExpression(pattern: pattern, options: options.foundation)
      var matcher = RegexMatcher(try LinearRegex(pattern, options: options))
      for _ in 0..<8 {
        var text = generator.text(lengthMax: 12)
        // Between a final line feed and the end, `^` of many lines matches there but not in PCRE.
        if pattern.contains("^"), text.last == "\n" { text += "a" }
        let isMatch = matcher.matches(text)
        #expect(
          isMatch == other.hasMatch(in: text),
          "\(String(reflecting: pattern)) \(options.rawValue) on \(String(reflecting: text))"
        )
        if isMatch { matchCount += 1 }
      }
    }
    #expect(matchCount > 20 && matchCount < 300)
  }

  @Test(
    "agrees with its written meaning, stray bytes included",
    arguments: 200..<240 as Range<UInt64>
  )
  func reference(seed: UInt64) throws {
    var generator = RegexGenerator(
      random: SplitMix64(seed: seed),
      alphabet: RegexGenerator.ascii + RegexGenerator.unicode,
      usesShorthands: true,
      nestsLoops: true
    )
    for _ in 0..<40 {
      let pattern = generator.pattern()
      let options = generator.options()
      var parser = RegexParser(pattern, options: options)
      let node = try parser.parse()
      var matcher = RegexMatcher(try LinearRegex(pattern, options: options))
      for _ in 0..<8 {
        let bytes = generator.bytes(lengthMax: 12)
        let isMatch = matcher.matches(in: bytes.span)
        #expect(
          isMatch == ReferenceMatcher(bytes).matches(node),
          "\(String(reflecting: pattern)) \(options.rawValue) on \(bytes)"
        )
      }
    }
  }

  @Test("any size of automaton gives the same answers", arguments: 300..<320 as Range<UInt64>)
  func cacheSizes(seed: UInt64) throws {
    var generator = RegexGenerator(
      random: SplitMix64(seed: seed),
      alphabet: RegexGenerator.ascii + RegexGenerator.unicode,
      usesShorthands: true,
      nestsLoops: true
    )
    var overflowCount = 0
    var simulatedCount = 0
    for _ in 0..<20 {
      let regex = try LinearRegex(generator.pattern(), options: generator.options())
      var whole = RegexMatcher(regex)
      var tight = RegexMatcher(regex, cacheBytesMax: 0)
      for _ in 0..<8 {
        let bytes = generator.bytes(lengthMax: 40)
        let isMatch = whole.matches(in: bytes.span)
        let isTightMatch = tight.matches(in: bytes.span)
        #expect(isMatch == isTightMatch)
        #expect(isMatch == simulate(regex, bytes))
      }
      overflowCount += tight.overflowCount
      simulatedCount += tight.simulatedCount
      #expect(whole.overflowCount == 0)
    }
    #expect(overflowCount > 0)
    #expect(simulatedCount > 0)
  }

  /// Runs the simulation alone, from the first byte.
  private func simulate(_ regex: LinearRegex, _ bytes: [UInt8]) -> Bool {
    var marked = bytes
    var index = firstStrayByte(in: bytes.span, from: 0)
    while index < bytes.count {
      marked[index] = 0xFF
      index = firstStrayByte(in: bytes.span, from: index + 1)
    }
    let program = regex.program
    var symbols = marked.map { Int(program.symbols[Int($0)]) }
    if marked.last == 0x0A { symbols[symbols.count - 1] = program.finalNewline }

    var simulation = RegexSimulation(program)
    if case .matched = simulation.begin(at: .textStart) { return true }
    for symbol in symbols + [program.end] {
      if case .matched = simulation.step(over: symbol) { return true }
    }
    return false
  }
}

extension LinearRegex.Options {
  /// The same options to NSRegularExpression, with line feed as the only line end.
  var foundation: NSRegularExpression.Options {
    var options: NSRegularExpression.Options = .useUnixLineSeparators
    if contains(.caseInsensitive) { options.insert(.caseInsensitive) }
    if contains(.multiline) { options.insert(.anchorsMatchLines) }
    if contains(.dotMatchesLineEnds) { options.insert(.dotMatchesLineSeparators) }
    return options
  }
}

extension NSRegularExpression {
  func hasMatch(in text: String) -> Bool {
    firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
  }
}
