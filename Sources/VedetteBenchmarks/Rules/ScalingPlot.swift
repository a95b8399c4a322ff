/// The scaling of the rule engine as a picture: rules to the right, events a second upwards, both
/// by powers of ten.
struct ScalingPlot {
  /// A number of rules and how fast they are.
  struct Point {
    var rules: Int
    var eventsPerSecond: Double
  }

  /// A line of points.
  struct Series {
    var name: String
    var color: String
    var points: [Point]
  }

  private static let width = 720.0
  private static let height = 420.0
  private static let left = 90.0
  private static let right = 24.0
  private static let top = 48.0
  private static let bottom = 60.0

  let svg: String

  init(title: String, series: [Series]) {
    let points = series.flatMap(\.points).filter { $0.eventsPerSecond > 0 }
    let (low, high) = Self.decades(points.map(\.eventsPerSecond))
    let (first, last) = Self.decades(points.map { Double($0.rules) })
    func x(_ rules: Double) -> Double {
      Self.left + (Self.log10(rules) - first) / (last - first)
        * (Self.width - Self.left - Self.right)
    }
    func y(_ rate: Double) -> Double {
      Self.height - Self.bottom - (Self.log10(rate) - low) / (high - low)
        * (Self.height - Self.top - Self.bottom)
    }
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \
      \(Int(Self.height))" font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(Int(Self.left))" y="26" font-size="16" fill="#222222">\(title)</text>

      """
    for decade in Int(low)...Int(high) {
      let at = Self.fixed(y(Self.power(decade)))
      svg += Self.line(Self.fixed(Self.left), at, Self.fixed(Self.width - Self.right), at)
      svg += Self.text(Self.fixed(Self.left - 8), at, "end", Self.name(decade))
    }
    for decade in Int(first)...Int(last) {
      let at = Self.fixed(x(Self.power(decade)))
      svg += Self.line(at, Self.fixed(Self.top), at, Self.fixed(Self.height - Self.bottom))
      svg += Self.text(at, Self.fixed(Self.height - Self.bottom + 20), "middle", Self.name(decade))
    }
    svg += Self.text(
      Self.fixed((Self.left + Self.width - Self.right) / 2),
      Self.fixed(Self.height - 14),
      "middle",
      "rules; upwards: events a second of one core"
    )
    for (index, series) in series.enumerated() {
      let path = series.points.map {
        "\(Self.fixed(x(Double($0.rules)))),\(Self.fixed(y($0.eventsPerSecond)))"
      }
      svg += "<polyline fill=\"none\" stroke=\"\(series.color)\" stroke-width=\"2\" "
      svg += "points=\"\(path.joined(separator: " "))\"/>\n"
      for point in path {
        let parts = point.split(separator: ",")
        svg += "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"4\" fill=\"\(series.color)\"/>\n"
      }
      svg +=
        "<text x=\"\(Int(Self.width - Self.right - 8))\" y=\"\(Int(Self.top) + 18 + index * 18)\" "
      svg += "text-anchor=\"end\" fill=\"\(series.color)\">\(series.name)</text>\n"
    }
    self.svg = svg + "</svg>\n"
  }

  /// The powers of ten around values.
  private static func decades(_ values: [Double]) -> (low: Double, high: Double) {
    let low = log10(values.min() ?? 1).rounded(.down)
    let high = log10(values.max() ?? 10).rounded(.up)
    return (low, max(high, low + 1))
  }

  private static func log10(_ value: Double) -> Double {
    var value = max(value, 1e-9)
    var result = 0.0
    while value >= 10 { (value, result) = (value / 10, result + 1) }
    while value < 1 { (value, result) = (value * 10, result - 1) }
    // The rest by halving the interval: no mathematics library is needed for a picture.
    var step = 0.5
    for _ in 0..<30 {
      value *= value
      if value >= 10 { (value, result) = (value / 10, result + step) }
      step /= 2
    }
    return result
  }

  private static func power(_ decade: Int) -> Double {
    (0..<abs(decade)).reduce(1) { value, _ in decade < 0 ? value / 10 : value * 10 }
  }

  private static func name(_ decade: Int) -> String { ResultTable.grouped(power(decade)) }

  private static func fixed(_ value: Double) -> String { ResultTable.fixed(value, digits: 1) }

  private static func line(_ x1: String, _ y1: String, _ x2: String, _ y2: String) -> String {
    "<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" stroke=\"#dddddd\"/>\n"
  }

  private static func text(_ x: String, _ y: String, _ anchor: String, _ text: String) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" dominant-baseline=\"middle\" "
      + "fill=\"#555555\">\(text)</text>\n"
  }
}
