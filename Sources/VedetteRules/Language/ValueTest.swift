package import VedetteEvent

/// What one alternative of one value of a rule asks of a field.
package enum ValueTest: Sendable, Hashable {
  /// The field's text is like the pattern.
  case text(TextPattern, isCased: Bool)
  /// The regular expression is found in the field's raw text.
  case regex(RegexTest)
  /// The field is an address in the network.
  case network(CIDRBlock)
  /// The field is a number that compares so.
  case number(NumberComparison, Double)
  /// A part of the field's time compares so.
  case timePart(TimePart, NumberComparison, Double)
  /// The field is absent or null.
  case null
  /// The field is there, even if null; or is not there.
  case exists(Bool)
  /// The field compares with another field of the event.
  case field(FieldReference)
}

/// How numbers compare.
package enum NumberComparison: String, Sendable, Hashable {
  /// Equal.
  case equal = "eq"
  /// Less than.
  case less = "lt"
  /// At most.
  case atMost = "lte"
  /// Greater than.
  case greater = "gt"
  /// At least.
  case atLeast = "gte"

  /// Compares.
  ///
  /// - Parameters:
  ///   - value: The field's number.
  ///   - bound: The rule's number.
  /// - Returns: Whether the comparison holds.
  package func holds(_ value: Double, _ bound: Double) -> Bool {
    switch self {
    case .equal: value == bound
    case .less: value < bound
    case .atMost: value <= bound
    case .greater: value > bound
    case .atLeast: value >= bound
    }
  }
}

/// A part of a time.
package enum TimePart: String, Sendable, Hashable {
  /// 0 to 59.
  case minute
  /// 0 to 23.
  case hour
  /// 1 to 31.
  case day
  /// 1 to 53, ISO 8601.
  case week
  /// 1 to 12.
  case month
  /// The year.
  case year
}

/// A comparison of two fields of an event.
package struct FieldReference: Sendable, Hashable {
  /// How two fields compare.
  package enum Mode: String, Sendable, Hashable {
    /// Both are the same.
    case equals
    /// The other is somewhere in this.
    case contains
    /// This begins with the other.
    case startswith
    /// This ends with the other.
    case endswith
  }

  /// The other field.
  package var field: String
  /// How they compare.
  package var mode: Mode
  /// Whether case counts.
  package var isCased: Bool
}

/// A regular expression with its flags, compiled.
package struct RegexTest: Sendable, Hashable {
  /// The expression as written.
  package let pattern: String
  /// Its flags.
  package let options: LinearRegex.Options
  /// The compiled expression.
  package let regex: LinearRegex

  /// Compiles an expression.
  ///
  /// - Parameters:
  ///   - pattern: The expression.
  ///   - options: Its flags.
  /// - Throws: ``RegexError`` if it can't be run in linear time.
  package init(_ pattern: String, _ options: LinearRegex.Options) throws(RegexError) {
    self.pattern = pattern
    self.options = options
    regex = try LinearRegex(pattern, options: options)
  }

  /// Compares expression and flags.
  package static func == (lhs: RegexTest, rhs: RegexTest) -> Bool {
    lhs.pattern == rhs.pattern && lhs.options == rhs.options
  }

  /// Hashes expression and flags.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(pattern)
    hasher.combine(options.rawValue)
  }
}
