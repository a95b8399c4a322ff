import Glibc

/// What a series looked like: finds the earlier stretch that its last few values resemble most.
///
/// A season is one way of having been here before, and has to be known in advance; this finds any:
/// shifts of six hours, a cycle of a hundred rows, a job that runs at random times but always looks
/// the same. Two things follow from the best match. How far it is from the present says how new the
/// present shape is. The value that came after it is a forecast of the next one.
///
/// It counts in rows, not in time, so it holds for a series without one.
struct ShapeMemory: Sendable, Equatable {
  /// How many earlier values are remembered.
  static let lagMax = 2_048
  /// A match is at least so many rows back: nearer ones only say that the series is smooth.
  static let lagMin = 16
  /// The weight of a difference halves with every so many rows.
  private static let halfLife = 2.0
  private static let keep = Float(exp2(-1 / halfLife))

  /// Room for twice the window, which slides through it and is moved back when at its end.
  private var values = [Float](repeating: 0, count: 2 * lagMax)
  private var start = 0
  private var count = 0
  private var distances = [Float](repeating: 0, count: lagMax)
  /// The place in the window that the best match had after the last value.
  private var matched = -1

  init() {}

  /// Whether there were enough values to speak of matches.
  var isKnown: Bool { count > 100 + Self.lagMin }

  /// What came after the best match of the values so far, or `nil` before there is one.
  var forecast: Float? { matched < 0 ? nil : values[start + matched] }

  /// Takes the next value in.
  ///
  /// - Parameter value: The value, finite.
  /// - Returns: How far the stretch that it ends is from the best match, as a mean difference.
  mutating func learn(_ value: Float) -> Double {
    let match = Self.match(value, values, start: start, count: count, &distances)
    // The window slides on by one, so the same lag is at the same place in it.
    matched = match.place
    append(value)
    return match.place < 0 ? 0 : Double(match.distance * (1 - Self.keep)).squareRoot()
  }

  private static func match(
    _ value: Float,
    _ values: [Float],
    start: Int,
    count: Int,
    _ distances: inout [Float]
  ) -> ShapeMatch {
    var output = distances.mutableSpan
    return updateShapeDistances(
      value,
      window: values.span.extracting(start..<start + lagMax),
      distances: &output,
      first: lagMax - count,
      matchEnd: lagMax - lagMin + 1,
      keep: keep
    )
  }

  private mutating func append(_ value: Float) {
    if start == Self.lagMax {
      for place in 0..<Self.lagMax { values[place] = values[start + place] }
      start = 0
    }
    values[start + Self.lagMax] = value
    start += 1
    count = min(count + 1, Self.lagMax)
  }
}

extension ShapeMemory: Snapshotting {
  func write(to writer: inout SnapshotWriter) {
    writer.write(count: count)
    writer.write(count: matched + 1)
    for value in values[start + Self.lagMax - count..<start + Self.lagMax] { writer.write(value) }
    for distance in distances { writer.write(distance) }
  }

  init?(from reader: inout SnapshotReader) {
    let count = reader.variable()
    let matched = reader.variable()
    guard !reader.hasFailed, count <= Self.lagMax, matched <= Self.lagMax else { return nil }
    self.count = Int(count)
    self.matched = Int(matched) - 1
    guard reader.remaining >= 4 * (self.count + Self.lagMax) else { return nil }
    for place in Self.lagMax - self.count..<Self.lagMax { values[place] = reader.float() }
    for place in 0..<Self.lagMax { distances[place] = reader.float() }
    guard !reader.hasFailed, values.allSatisfy(\.isFinite), distances.allSatisfy({ $0 >= 0 }),
      distances.allSatisfy(\.isFinite)
    else { return nil }
  }
}

extension ShapeMemory {
  /// Whether two memories hold the same, wherever their windows lie.
  static func == (lhs: ShapeMemory, rhs: ShapeMemory) -> Bool {
    lhs.count == rhs.count && lhs.matched == rhs.matched && lhs.distances == rhs.distances
      && lhs.values[lhs.start + lagMax - lhs.count..<lhs.start + lagMax]
        == rhs.values[rhs.start + lagMax - rhs.count..<rhs.start + lagMax]
  }
}
