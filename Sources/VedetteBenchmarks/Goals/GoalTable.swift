/// What is asked of each path, and what it reaches in this run.
///
/// Rates are of one core's processor seconds. They are those of this machine under its load: what is
/// asked was set on a machine of two cores of about 3 GHz.
struct GoalTable {
  /// One row.
  struct Goal: Equatable {
    let path: String
    let unit: String
    let must: Double
    let aim: Double
    /// Whether less is better, as of bytes and milliseconds.
    var isLess = false
    var reached: Double?

    var verdict: String {
      guard let reached else { return "not measured" }
      if isLess ? reached <= aim : reached >= aim { return "reaches the aim" }
      return (isLess ? reached <= must : reached >= must) ? "good" : "MISSED"
    }
  }

  static let header = ["path", "reached", "must", "aim", "unit", ""]

  let goals: [Goal]

  /// The table's lines: a header, then a row a path.
  var lines: [String] {
    let rows = goals.map { goal in
      [
        goal.path, goal.reached.map(Self.figure) ?? "–", Self.figure(goal.must),
        Self.figure(goal.aim), goal.unit, goal.verdict,
      ]
    }
    let all = [Self.header] + rows
    let widths = Self.header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return (1...3).contains(column) ? padding + text : text + padding
      }.joined(separator: "  ")
    }
  }

  private static func figure(_ number: Double) -> String {
    ResultTable.fixed(number, digits: number < 100 ? 2 : 0)
  }
}
