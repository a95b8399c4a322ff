/// How bad something is, in Sigma's and Sentinel's words.
public enum Severity: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// Worth knowing, nothing to do.
  case informational
  /// Look at it when there is time.
  case low
  /// Look at it today.
  case medium
  /// Look at it now.
  case high
  /// Drop everything else.
  case critical

  /// The word, in lower case.
  public var name: String {
    switch self {
    case .informational: "informational"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    case .critical: "critical"
    }
  }

  /// Creates a severity from its word, or returns `nil` if there is none of that name.
  ///
  /// - Parameter name: The word, in any case.
  public init?(name: String) {
    let folded = name.lowercased()
    guard let match = Severity.allCases.first(where: { $0.name == folded }) else { return nil }
    self = match
  }

  /// Creates the severity whose band a risk falls into.
  ///
  /// - Parameter risk: 0 to 100: under 20 informational, under 40 low, under 65 medium, under 85
  ///   high, else critical.
  public init(risk: Int) {
    self =
      switch risk {
      case ..<20: .informational
      case ..<40: .low
      case ..<65: .medium
      case ..<85: .high
      default: .critical
      }
  }

  /// Orders from informational to critical.
  ///
  /// - Parameters:
  ///   - lhs: A severity.
  ///   - rhs: Another.
  /// - Returns: Whether the left one is less bad.
  public static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rawValue < rhs.rawValue }
}
