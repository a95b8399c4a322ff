import VedetteEvent
import VedetteStatistics

/// Bytes of log lines, written fast enough to make a gigabyte in seconds.
struct LineWriter {
  private(set) var bytes: [UInt8] = []

  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Writes a number that is not negative, with zeros before it up to a width.
  mutating func write(_ number: Int, width: Int = 1, fill: Character = "0") {
    let digits = String(number)
    for _ in digits.utf8.count..<max(width, digits.utf8.count) { write(String(fill)) }
    write(digits)
  }

  /// Writes the last digits of a number in hexadecimal.
  mutating func write(hexadecimal number: UInt64, digits: Int) {
    for digit in stride(from: digits - 1, through: 0, by: -1) {
      let nibble = UInt8(truncatingIfNeeded: number >> UInt64(digit * 4)) & 0xf
      bytes.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
    }
  }

  mutating func writeUUID(_ draw: inout Draw) {
    write(hexadecimal: draw.bits(), digits: 8)
    write("-")
    write(hexadecimal: draw.bits(), digits: 4)
    write("-4")
    write(hexadecimal: draw.bits(), digits: 3)
    write("-a")
    write(hexadecimal: draw.bits(), digits: 3)
    write("-")
    write(hexadecimal: draw.bits(), digits: 12)
  }
}

/// Repeatable choices; a busy few and a long tail, as logs have them.
struct Draw {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func bits() -> UInt64 { random.next() }

  mutating func below(_ bound: Int) -> Int { random.nextBelow(bound) }

  mutating func happens(percent: Int) -> Bool { below(100) < percent }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

  /// Picks the first elements much more often than the last: of a thousand the first has a tenth.
  mutating func pickSkewed<Element>(_ choices: [Element]) -> Element {
    let unit = random.nextUnit()
    return choices[Int(Double(choices.count) * unit * unit * unit)]
  }
}

/// The time of the next line, in the forms that logs write.
struct LineClock {
  /// Monday 2026-03-02 00:00:00 UTC.
  private(set) var seconds = 1_772_409_600
  /// The date as RFC 3164 has it, `Mar  2`.
  private(set) var syslogDate = ""
  /// The date as access logs have it, `02/Mar/2026`.
  private(set) var accessDate = ""
  /// The date of ISO 8601, `2026-03-02`.
  private(set) var isoDate = ""
  private(set) var clock = ""

  init() { render() }

  mutating func advance(seconds: Int) {
    guard seconds > 0 else { return }
    self.seconds += seconds
    render()
  }

  private mutating func render() {
    let date = CivilDate(daysSinceEpoch: seconds / 86_400)
    let month = Self.months[date.month - 1]
    let day = Self.twoDigits(date.day)
    syslogDate = "\(month) \(date.day < 10 ? " " : "")\(date.day)"
    accessDate = "\(day)/\(month)/\(date.year)"
    isoDate = "\(date.year)-\(Self.twoDigits(date.month))-\(day)"
    let second = seconds % 86_400
    let parts = [second / 3_600, second / 60 % 60, second % 60]
    clock = parts.map(Self.twoDigits).joined(separator: ":")
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
