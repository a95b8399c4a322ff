/// The length of a window as Sigma writes it: `90m`.
enum Timespan {
  /// Returns nanoseconds; a month is a twelfth of a year of 365.2425 days.
  ///
  /// - Parameter text: A number and a unit.
  /// - Returns: Nanoseconds, or `nil` if it is not that, zero, or over 292 years.
  static func nanoseconds(_ text: String) -> Int64? {
    let seconds: Int64
    switch text.last {
    case "s": seconds = 1
    case "m": seconds = 60
    case "h": seconds = 3_600
    case "d": seconds = 86_400
    case "w": seconds = 604_800
    case "M": seconds = 2_629_746
    case "y": seconds = 31_556_952
    default: return nil
    }
    let digits = text.utf8.dropLast()
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int64(text.dropLast()), count > 0
    else { return nil }
    let (total, overflow) = count.multipliedReportingOverflow(by: seconds)
    let (nanoseconds, overflowAgain) = total.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow || overflowAgain ? nil : nanoseconds
  }
}
