/// What models cost, as a table that people can edit.
///
/// A CSV file with a header: `model,family,input,output,cached_input`. Prices are US dollars a
/// million tokens. A model is the name as logged, or its beginning with `*` behind it; the longest
/// beginning that fits counts. A line that begins with `#` is a comment.
public struct PriceTable: Sendable, Equatable {
  /// What one model costs.
  public struct Price: Sendable, Equatable {
    /// The models it belongs with, `claude-3-5-sonnet`.
    public var family: String
    /// US dollars a million tokens read.
    public var input: Double
    /// US dollars a million tokens written.
    public var output: Double
    /// US dollars a million tokens read from a cache.
    public var cachedInput: Double
  }

  /// A line that can't be read.
  public struct Problem: Error, Equatable, CustomStringConvertible {
    /// The line, from one.
    public var line: Int
    /// What is wrong with it.
    public var reason: String
    /// Line and reason.
    public var description: String { "line \(line): \(reason)" }
  }

  private static let rowsMax = 10_000
  private static let header = ["model", "family", "input", "output", "cached_input"]

  private var exact: [String: Price] = [:]
  /// The longest beginning first.
  private var beginnings: [(text: String, price: Price)] = []

  /// Reads a table.
  ///
  /// - Parameter text: The CSV.
  /// - Throws: ``Problem`` at the first line that is none.
  public init(csv text: String) throws(Problem) {
    try EnrichmentLines.forEach(text, header: Self.header) { (line, cells) throws(Problem) in
      try add(cells, line: line)
    }
    beginnings.sort { ($1.text.utf8.count, $0.text) < ($0.text.utf8.count, $1.text) }
  }

  private mutating func add(_ cells: [String], line: Int) throws(Problem) {
    guard cells.count == Self.header.count else {
      throw Problem(line: line, reason: "\(cells.count) cells where there should be 5")
    }
    let numbers = cells[2...].compactMap { Double($0) }.filter { $0.isFinite && $0 >= 0 }
    guard numbers.count == 3, !cells[0].isEmpty else {
      throw Problem(line: line, reason: "prices are numbers in US dollars a million tokens")
    }
    guard exact.count + beginnings.count < Self.rowsMax else {
      throw Problem(line: line, reason: "more than \(Self.rowsMax) models")
    }
    let price = Price(
      family: cells[1],
      input: numbers[0],
      output: numbers[1],
      cachedInput: numbers[2]
    )
    if cells[0].hasSuffix("*") {
      beginnings.append((String(cells[0].dropLast()), price))
    } else {
      exact[cells[0]] = price
    }
  }

  /// Looks a model up.
  ///
  /// - Parameter model: Its name as logged; what stands before a `/` is a provider's or account's.
  /// - Returns: Its price, or `nil` if the table has none: nothing is guessed.
  public func price(of model: String) -> Price? {
    if let price = exact[model] ?? beginnings.first(where: { model.hasPrefix($0.text) })?.price {
      return price
    }
    guard let slash = model.lastIndex(of: "/") else { return nil }
    return price(of: String(model[model.index(after: slash)...]))
  }

  /// Whether two tables say the same.
  public static func == (left: PriceTable, right: PriceTable) -> Bool {
    left.exact == right.exact
      && left.beginnings.map(\.text) == right.beginnings.map(\.text)
      && left.beginnings.map(\.price) == right.beginnings.map(\.price)
  }
}
