import VedetteEvent

/// An ``IsolationForest`` that goes with a stream: a row is scored by rows before it, then learned.
///
/// The forest is grown anew from the last rows whenever a quarter of them is new, at first after 256;
/// until then a row scores 0.5. Rows that stand out do not teach: those above the score that one in
/// fifty of the rows it was grown from reach are left out, unless they are so many that they are what
/// is usual now.
///
/// ```swift
/// var forest = WindowForest(width: 3, windowMax: 1_024, options: options)
/// for row in rows { print(forest.score(row).score) }
/// ```
public struct WindowForest: Sendable {
  /// Rows before the first forest.
  public static let rowsMin = 256
  /// When so large a share of the rows since the last forest stood out, all of them teach.
  private static let changedShare = 0.25

  private let windowMax: Int
  private let options: IsolationForest.Options
  private let width: Int
  private var window: PointTable
  private var usual: PointTable
  private var outstanding: PointTable
  private var forest: IsolationForest?
  private var limit = 1.0
  private var fitCount: UInt64 = 0

  /// Creates a forest that has seen nothing.
  ///
  /// - Parameters:
  ///   - width: The number of values of a row.
  ///   - windowMax: The most rows that it is grown from, at least 256.
  ///   - options: How large, and the seed.
  public init(width: Int, windowMax: Int, options: IsolationForest.Options) {
    self.width = width
    self.windowMax = max(Self.rowsMin, windowMax)
    self.options = options
    window = PointTable(width: width)
    usual = PointTable(width: width)
    outstanding = PointTable(width: width)
  }

  /// Scores a row by those before it, then learns it.
  ///
  /// - Parameter row: As many values as the forest's rows have.
  /// - Returns: The score and its parts; 0.5 without parts before the first forest.
  public mutating func score(_ row: [Float]) -> IsolationAttribution {
    let nothing = [Double](repeating: 0, count: width)
    let result =
      forest?.attribution(of: row)
      ?? IsolationAttribution(score: 0.5, baseline: 0.5, contributions: nothing)
    if result.score > limit { outstanding.append(row) } else { usual.append(row) }
    let fresh = usual.rowCount + outstanding.rowCount
    let wanted = forest == nil ? Self.rowsMin : max(64, window.rowCount / 4)
    if fresh >= wanted { grow() }
    return result
  }

  private mutating func grow() {
    let fresh = usual.rowCount + outstanding.rowCount
    for row in 0..<usual.rowCount { window.append(usual.row(row)) }
    if Double(outstanding.rowCount) > Self.changedShare * Double(fresh) {
      for row in 0..<outstanding.rowCount { window.append(outstanding.row(row)) }
    }
    window.removeFirst(max(0, window.rowCount - windowMax))
    usual = PointTable(width: width)
    outstanding = PointTable(width: width)
    fitCount += 1
    var own = options
    var hash = StableHash(seed: options.seed)
    hash.combine(fitCount)
    own.seed = hash.value
    let grown = IsolationForest(fitting: window, options: own)
    let scores = grown.scores(of: window, rows: 0..<window.rowCount).sorted()
    limit = scores[scores.count * 49 / 50]
    forest = grown
  }
}
