public import VedetteEvent

/// How text for a person is laid out.
public struct TextStyle: Sendable {
  /// The columns of a line, at least 60.
  public var columns: Int
  /// Whether words are coloured; nothing is told by colour alone.
  public var isColored: Bool
  /// The database that printed commands must name, or `nil` if they find it by themselves.
  public var database: String?
  /// Hex digits of an id that are shown.
  public var idDigits: Int
  /// Hex digits of an id in printed commands; they must tell it from all others.
  public var commandDigits: Int
  /// Whether there is a command `vedette entities` to point to.
  public var hasEntities: Bool
  /// What the zone is called, as `UTC`.
  public var zone: String
  /// Returns what the zone adds to UTC at a time, in seconds.
  public var zoneOffsetSeconds: @Sendable (EventTime) -> Int

  /// Creates the style of a terminal of 80 columns: no colour, UTC.
  public init() {
    columns = 80
    isColored = false
    idDigits = 10
    commandDigits = 10
    hasEntities = false
    zone = "UTC"
    zoneOffsetSeconds = { _ in 0 }
  }

  /// Returns a severity's word in capitals, coloured if colour is wanted.
  func word(_ severity: Severity) -> String { painted(severity.name.uppercased(), severity) }

  /// Returns a text in a severity's colour, if colour is wanted.
  func painted(_ text: String, _ severity: Severity) -> String {
    guard isColored else { return text }
    let code =
      switch severity {
      case .critical: "1;31"
      case .high: "31"
      case .medium: "33"
      case .low: "36"
      case .informational: "2"
      }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }

  /// Returns `2026-03-02`.
  func date(_ time: EventTime) -> String { String(local(time).prefix(10)) }

  /// Returns `10:14:07`.
  func clock(_ time: EventTime) -> String { String(local(time).dropFirst(11).prefix(8)) }

  /// Returns `2026-03-02 10:14`.
  func minute(_ time: EventTime) -> String { date(time) + " " + clock(time).prefix(5) }

  private func local(_ time: EventTime) -> String {
    time.advanced(byNanoseconds: Int64(zoneOffsetSeconds(time)) * 1_000_000_000).description
  }
}
