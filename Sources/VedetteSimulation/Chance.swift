import VedetteEvent
import VedetteStatistics

/// Repeatable choices for one part of a scenario.
///
/// Each part draws from a stream of its own, named by a text, so that a change to one part leaves
/// the lines of the others as they were. The numbers are made here and not by the standard
/// library's `random(in:using:)`, whose way from bits to numbers is not promised to stay.
struct Chance {
  private var random: SplitMix64

  init(seed: UInt64, stream: String) {
    var hash = StableHash(seed: seed)
    hash.combine(stream)
    self.random = SplitMix64(seed: hash.value)
  }

  /// A number of a range, each as likely as the others.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    let count = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(random.next().multipliedFullWidth(by: count).high)
  }

  /// An element of a list that is not empty.
  mutating func pick<Element>(_ choices: [Element]) -> Element {
    precondition(!choices.isEmpty, "there is nothing to pick from")
    return choices[integer(in: 0...choices.count - 1)]
  }

  /// Whether something happens that happens so many times in a hundred.
  mutating func happens(percent: Int) -> Bool { integer(in: 1...100) <= percent }

  /// A text of lower-case hexadecimal digits.
  mutating func hexadecimalDigits(_ count: Int) -> String {
    letters(count, of: Array("0123456789abcdef"))
  }

  /// A text of letters of an alphabet.
  mutating func letters(_ count: Int, of alphabet: [Character]) -> String {
    var text = ""
    for _ in 0..<count { text.append(pick(alphabet)) }
    return text
  }

  /// A random UUID's text.
  mutating func uuid() -> String {
    let variant = pick(["8", "9", "a", "b"])
    return "\(hexadecimalDigits(8))-\(hexadecimalDigits(4))-4\(hexadecimalDigits(3))-"
      + "\(variant)\(hexadecimalDigits(3))-\(hexadecimalDigits(12))"
  }

  /// Times with about the same distance over a stretch, in order.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - first: The start of the stretch.
  ///   - last: Its end, after the start.
  /// - Returns: The times; each lies in its own part of the stretch.
  mutating func times(_ count: Int, from first: EventTime, to last: EventTime) -> [EventTime] {
    let partMilliseconds = Int(last.nanoseconds(since: first) / 1_000_000) / max(1, count)
    return (0..<count).map { index in
      first.plus(
        milliseconds: index * partMilliseconds + integer(in: 0...max(0, partMilliseconds - 1))
      )
    }
  }
}
