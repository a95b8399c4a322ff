/// What a detector's state was learned under: under anything else it means something else.
public struct StateDigests: Sendable, Hashable {
  /// Of the rules that the state belongs to; empty if of none.
  public var rules: String
  /// Of the configuration that shapes it.
  public var configuration: String
  /// Of the layout of its bytes.
  public var format: String

  /// Creates digests.
  ///
  /// - Parameters:
  ///   - rules: Of the rules that the state belongs to.
  ///   - configuration: Of the configuration that shapes it.
  ///   - format: Of the layout of its bytes.
  public init(rules: String, configuration: String, format: String) {
    self.rules = rules
    self.configuration = configuration
    self.format = format
  }

  /// Names what is different from other digests, in words: `rules`, `configuration`, `format`.
  ///
  /// - Parameter other: What the state was learned under.
  /// - Returns: The names, in that order.
  public func differences(from other: StateDigests) -> [String] {
    var names: [String] = []
    if rules != other.rules { names.append("rules") }
    if configuration != other.configuration { names.append("configuration") }
    if format != other.format { names.append("format") }
    return names
  }
}
