import FoundationEssentials

/// Where things lie in a picture of a series, and how they are drawn.
struct PlotFrame {
  private static let width = 1_200.0
  private static let height = 480.0
  private static let left = 80.0
  private static let right = 1_180.0
  private static let top = 56.0
  private static let valueBottom = 320.0
  private static let scoreTop = 350.0
  private static let scoreBottom = 430.0

  let values: ClosedRange<Double>
  let columnCount: Int

  /// The whole file around what a closure draws.
  func document(title: String, subtitle: String, _ draw: (inout String) -> Void) -> String {
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 480" width="1200" height="480" \
      font-family="sans-serif" font-size="12">
      <title>\(Self.escaped(title))</title>
      <rect width="1200" height="480" fill="#ffffff"/>
      <text x="80" y="24" font-size="16" fill="#1a1a1a">\(Self.escaped(title))</text>
      <text x="80" y="42" fill="#555555">\(Self.escaped(subtitle))</text>
      \(Self.legend)

      """
    draw(&svg)
    return svg + "</svg>\n"
  }

  /// Axes, their numbers and the line from which a score is worth a look.
  func axes(times: [(place: Int, text: String)], threshold: Double) -> String {
    var svg = ""
    for step in 0...4 {
      let part = Double(step) / 4
      let value = values.lowerBound * (1 - part) + values.upperBound * part
      svg +=
        Self.rule(y(value)) + Self.label(Self.left - 8, y(value) + 4, Self.number(value), "end")
    }
    for score in [0.0, threshold, 1] {
      svg += Self.rule(y(score: score))
      svg += Self.label(Self.left - 8, y(score: score) + 4, Self.number(score), "end")
    }
    for (index, time) in times.enumerated() {
      let anchor = index == 0 ? "start" : time.place == columnCount - 1 ? "end" : "middle"
      svg += Self.label(x(time.place), Self.scoreBottom + 20, time.text, anchor)
    }
    svg += Self.label(Self.left, Self.scoreTop - 8, "score", "start")
    return svg
  }

  /// The band in which values were expected.
  func band(_ bands: [ClosedRange<Double>?]) -> String {
    runs(bands).map { run in
      let upper = run.map { "\(Self.fixed(x($0.place))),\(Self.fixed(y($0.range.upperBound)))" }
      let lower = run.reversed().map {
        "\(Self.fixed(x($0.place))),\(Self.fixed(y($0.range.lowerBound)))"
      }
      let points = (upper + lower).joined(separator: " ")
      return "<polygon points=\"\(points)\" fill=\"#9ecae1\" fill-opacity=\"0.45\"/>\n"
    }.joined()
  }

  /// The values; where a column holds several, from the least to the greatest.
  func line(_ ranges: [ClosedRange<Double>?]) -> String {
    runs(ranges).map { run in
      var points: [String] = []
      for item in run {
        let at = Self.fixed(x(item.place))
        points.append("\(at),\(Self.fixed(y(item.range.lowerBound)))")
        if item.range.lowerBound < item.range.upperBound {
          points.append("\(at),\(Self.fixed(y(item.range.upperBound)))")
        }
      }
      let path = points.joined(separator: " ")
      return "<polyline points=\"\(path)\" fill=\"none\" stroke=\"#08519c\" stroke-width=\"1\" "
        + "stroke-linecap=\"round\"/>\n"
    }.joined()
  }

  /// The scores, as bars.
  func scores(_ scores: [Double]) -> String {
    var path = ""
    for (place, score) in scores.enumerated() where score > 0.005 {
      let at = Self.fixed(x(place))
      path += "M\(at) \(Self.fixed(Self.scoreBottom))V\(Self.fixed(y(score: score)))"
    }
    return "<path d=\"\(path)\" stroke=\"#e6550d\" stroke-width=\"1.2\" fill=\"none\"/>\n"
  }

  /// A row worth a look.
  func mark(_ place: Int, _ value: Double, label: String) -> String {
    "<circle cx=\"\(Self.fixed(x(place)))\" cy=\"\(Self.fixed(y(value)))\" r=\"4\" "
      + "fill=\"none\" stroke=\"#cb181d\" stroke-width=\"2\">"
      + "<title>\(Self.escaped(label))</title></circle>\n"
  }

  private typealias Item = (place: Int, range: ClosedRange<Double>)

  /// Stretches without a hole.
  private func runs(_ ranges: [ClosedRange<Double>?]) -> [[Item]] {
    var runs: [[Item]] = []
    var current: [Item] = []
    for (place, range) in ranges.enumerated() {
      if let range {
        current.append((place, range))
      } else if !current.isEmpty {
        runs.append(current)
        current = []
      }
    }
    return current.isEmpty ? runs : runs + [current]
  }

  private func x(_ place: Int) -> Double {
    let part = columnCount > 1 ? Double(place) / Double(columnCount - 1) : 0.5
    return Self.left + part * (Self.right - Self.left)
  }

  private func y(_ value: Double) -> Double {
    // Halves, so that the difference of the largest numbers is still one.
    let size = values.upperBound / 2 - values.lowerBound / 2
    let part = size > 0 ? (value / 2 - values.lowerBound / 2) / size : 0.5
    return Self.valueBottom - min(max(part, 0), 1) * (Self.valueBottom - Self.top)
  }

  private func y(score: Double) -> Double {
    Self.scoreBottom - score * (Self.scoreBottom - Self.scoreTop)
  }

  private static let legend = """
    <g fill="#555555"><rect x="760" y="14" width="24" height="12" fill="#9ecae1" \
    fill-opacity="0.45"/><text x="790" y="24">expected</text><path d="M860 20H884" \
    stroke="#08519c"/><text x="890" y="24">value</text><path d="M940 20H964" stroke="#e6550d" \
    stroke-width="2"/><text x="970" y="24">score</text><circle cx="1030" cy="20" r="4" fill="none" \
    stroke="#cb181d" stroke-width="2"/><text x="1042" y="24">worth a look</text></g>
    """

  private static func rule(_ y: Double) -> String {
    "<path d=\"M\(fixed(left)) \(fixed(y))H\(fixed(right))\" stroke=\"#dddddd\"/>\n"
  }

  private static func label(_ x: Double, _ y: Double, _ text: String, _ anchor: String) -> String {
    "<text x=\"\(fixed(x))\" y=\"\(fixed(y))\" text-anchor=\"\(anchor)\" fill=\"#555555\">"
      + "\(escaped(text))</text>\n"
  }

  /// A place in the picture, to a tenth.
  private static func fixed(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// A number of an axis, in three digits.
  static func number(_ value: Double) -> String {
    let size = value.magnitude
    guard size >= 1e-4, size < 1e15 else { return size == 0 ? "0" : scientific(value) }
    for (unit, sign) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where size >= unit {
      return digits(value / unit) + sign
    }
    return digits(value)
  }

  private static func digits(_ value: Double) -> String {
    let places =
      value.magnitude >= 100 ? 1.0 : value.magnitude >= 10 ? 10 : value.magnitude >= 1 ? 100 : 1e5
    let text = "\((value * places).rounded() / places)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func scientific(_ value: Double) -> String {
    var (mantissa, exponent) = (value, 0)
    while mantissa.magnitude >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa.magnitude < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return digits(mantissa) + "e\(exponent)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
