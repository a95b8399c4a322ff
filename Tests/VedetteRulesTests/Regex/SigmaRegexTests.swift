import Foundation
import Testing
import VedetteStatistics

@testable import VedetteRules

@Suite("Regular expressions of published rules")
struct SigmaRegexTests {
  @Test("all compile, and agree with NSRegularExpression")
  func patterns() throws {
    guard let corpus = try SigmaRegexCorpus() else {
      print("left out: the published rules are not beside the package")
      return
    }
    #expect(corpus.patterns.count == 149)
    var random = SplitMix64(seed: 1)
    let lines = corpus.lines.filter { $0.utf8.count > 40 }.shuffled(using: &random).prefix(150)
    var counts = (matches: 0, literals: 0)
    for pattern in corpus.patterns {
      var parser = RegexParser(pattern, options: [])
      let node = try parser.parse()
      let regex = try LinearRegex(pattern)
      if regex.requiredLiteral != nil { counts.literals += 1 }
      var sampler = RegexSampler(random: random)
      let samples = (0..<6).map { _ in sampler.sample(node) }
      random = sampler.random
      let broken = samples.map { $0.isEmpty ? "" : String($0.dropLast()) + "\u{1}" }
      let texts = samples + broken + samples.map { "é→" + $0 + "→" } + lines
      counts.matches += try compare(regex, pattern, on: texts)
    }
    #expect(counts.matches > corpus.patterns.count * 8)
    #expect(counts.literals > corpus.patterns.count / 2)
  }

  /// Compares the engines, and the literal with the answer; returns the number of matches.
  private func compare(_ regex: LinearRegex, _ pattern: String, on texts: [String]) throws -> Int {
    let other = try NSRegularExpression(pattern: pattern, options: .useUnixLineSeparators)
    var matcher = RegexMatcher(regex)
    var tight = RegexMatcher(regex, cacheBytesMax: 0)
    var matchCount = 0
    for text in texts {
      let isMatch = matcher.matches(text)
      let isTightMatch = tight.matches(text)
      #expect(isMatch == isTightMatch, "\(pattern) on \(text.debugDescription)")
      #expect(isMatch == other.hasMatch(in: text), "\(pattern) on \(text.debugDescription)")
      guard isMatch else { continue }
      matchCount += 1
      guard let literal = regex.requiredLiteral else { continue }
      let folded = text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
      #expect(folded.firstRange(of: literal) != nil, "\(pattern) on \(text.debugDescription)")
    }
    return matchCount
  }
}
