// Regular expressions whose matching takes time linear in the text, whatever the pattern.
//
// A backtracking engine tries one way through the pattern after another. On `(a+)+$` and a text
// of `a`s that is exponential, so such engines stop at a limit and have no answer: whoever writes
// the text decides whether a rule sees it. Here the pattern becomes an automaton that is in all
// its states at once, so each byte of text is read once and there is always an answer. What no
// automaton can do (lookaround, back-references) is refused when the pattern is read.

/// A compiled regular expression: immutable, and shared between threads.
///
/// ```swift
/// let regex = try LinearRegex(#"\\[a-z]{8}\.tmp$"#, options: .caseInsensitive)
/// var matcher = RegexMatcher(regex)
/// matcher.matches(in: Array(value.utf8).span)
/// ```
///
/// The syntax is PCRE's, without lookaround, back-references, atomic groups, possessive
/// quantifiers, conditionals, recursion and Unicode properties. `\d`, `\w`, `\s` and `\b` know
/// ASCII; `.`, negated classes and case know Unicode. It answers whether there is a match, not
/// where, so it is not for cutting text up.
public struct LinearRegex: Sendable {
  /// What the flags of a pattern are before the pattern sets them itself.
  public struct Options: OptionSet, Sendable {
    /// The bits of the options.
    public let rawValue: UInt8

    /// Creates a set from its bits.
    ///
    /// - Parameter rawValue: The bits of the options.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// Letters match in either case, by Unicode's simple case folding.
    public static let caseInsensitive = Options(rawValue: 1)
    /// `^` and `$` match at line feeds too.
    public static let multiline = Options(rawValue: 2)
    /// `.` matches line feeds too.
    public static let dotMatchesLineEnds = Options(rawValue: 4)
  }

  /// The longest text known to be in everything that matches, or nil if none is.
  ///
  /// It is in UTF-8 with the letters of ASCII in lower case. A text whose ASCII letters have been
  /// made lower case and that doesn't hold these bytes does not match; one that holds them may.
  public let requiredLiteral: [UInt8]?

  let program: RegexProgram

  /// Compiles a pattern.
  ///
  /// - Parameters:
  ///   - pattern: The pattern, in the syntax of PCRE.
  ///   - options: The flags in force at its start.
  /// - Throws: `RegexError` if the pattern is malformed, uses what can't be matched in linear
  ///   time, or is beyond a limit.
  public init(_ pattern: String, options: Options = []) throws(RegexError) {
    var parser = RegexParser(pattern, options: options)
    let node = try parser.parse()
    // First, since this is what refuses a tree too large to look at.
    program = try RegexCompiler.compile(node)
    requiredLiteral = RequiredLiteral(of: node).longest
  }
}
