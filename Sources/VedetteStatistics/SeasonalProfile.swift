public import VedetteEvent

/// What is usual for a series at each hour of a working day and of a day at the weekend.
///
/// 48 cells, each with a fading mean and variance on the ``MagnitudeScale``. Hours are UTC: a
/// profile that is shifted as a whole is as good a profile.
public struct SeasonalProfile: Sendable, Equatable {
  /// A cell answers after so many observations.
  static let visitsMin: UInt32 = 3
  private static let hourNanoseconds: Int64 = 3_600_000_000_000

  private var cells = [ExponentialMoments](
    repeating: ExponentialMoments(halfLife: 64),
    count: 48
  )

  /// Creates an empty profile.
  public init() {}

  /// Measures how far out a value lies for its hour.
  ///
  /// - Parameters:
  ///   - value: The value, in its own unit.
  ///   - time: When it was observed.
  ///   - floor: The least that counts as a deviation, on the ``MagnitudeScale``.
  /// - Returns: The signed distance in standard deviations, or `nil` if the hour is not known yet
  ///   or the value is not a number.
  public func deviation(of value: Double, at time: EventTime, floor: Double) -> Double? {
    let cell = cells[Self.cell(of: time)]
    guard cell.count >= Self.visitsMin, !value.isNaN else { return nil }
    return cell.z(of: MagnitudeScale.position(of: value), floor: floor)
  }

  /// What is known of an hour, or `nil` if that is too little.
  func moments(at time: EventTime) -> ExponentialMoments? {
    let cell = cells[Self.cell(of: time)]
    return cell.count >= Self.visitsMin ? cell : nil
  }

  /// Learns one observation.
  ///
  /// - Parameters:
  ///   - value: The value, in its own unit; one that is not a number is left out.
  ///   - time: When it was observed.
  public mutating func learn(_ value: Double, at time: EventTime) {
    cells[Self.cell(of: time)].add(MagnitudeScale.position(of: value), floor: 0)
  }

  /// Finds the cell of a time.
  ///
  /// - Parameter time: A time.
  /// - Returns: 0 to 23 on working days and 24 to 47 at weekends.
  static func cell(of time: EventTime) -> Int {
    let hourStart = time.floor(toMultipleOf: hourNanoseconds).nanosecondsSinceEpoch
    let hours = Int(hourStart / hourNanoseconds)
    let days = (hours - (hours % 24 + 24) % 24) / 24
    // 1970-01-01 was a Thursday; Monday is 0.
    let weekday = ((days + 3) % 7 + 7) % 7
    return hours - days * 24 + (weekday >= 5 ? 24 : 0)
  }
}

extension SeasonalProfile: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    for cell in cells { cell.write(to: &writer) }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    for index in cells.indices {
      guard let cell = ExponentialMoments(from: &reader) else { return nil }
      cells[index] = cell
    }
  }
}
