/// A reason why a pattern can't be used, and where in it.
public struct RegexError: Error, Equatable {
  /// What is wrong.
  public let problem: Problem
  /// The place in the pattern, as a number of UTF-8 bytes from its start.
  public let offset: Int

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - problem: What is wrong.
  ///   - offset: The place in the pattern, as a number of UTF-8 bytes from its start.
  public init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  /// What can be wrong with a pattern.
  public enum Problem: Sendable, Equatable {
    /// The pattern is longer than `Limits.regexPatternBytesMax`.
    case tooLong(bytes: Int, bytesMax: Int)
    /// The groups are nested deeper than `Limits.regexNestingMax`.
    case tooDeep(nestingMax: Int)
    /// The pattern compiles to more than `Limits.regexInstructionsMax` instructions.
    case tooLarge(instructionsMax: Int)
    /// A construct that takes more than time linear in the text, or that is not offered.
    case unsupported(Construct)
    /// A group has no closing parenthesis.
    case unclosedGroup
    /// A closing parenthesis has no group to close.
    case unmatchedParenthesis
    /// A comment group has no closing parenthesis.
    case unclosedComment
    /// A character class has no closing bracket.
    case unclosedClass
    /// The characters behind `(?` start no known group.
    case unknownGroup(String)
    /// A letter between `(?` and `)` or `:` is no known flag.
    case unknownFlag(String)
    /// A quantifier stands where there is nothing to repeat.
    case nothingToRepeat(String)
    /// A quantifier directly follows another.
    case quantifierAfterQuantifier(String)
    /// The counts of `{n,m}` are the wrong way round.
    case countsOutOfOrder(String)
    /// A count is more than `Limits.regexRepeatMax`.
    case countTooLarge(String, countMax: Int)
    /// `{,m}` is text to some engines and a quantifier to others.
    case countWithoutMinimum(String)
    /// The ends of a range in a class are the wrong way round.
    case rangeOutOfOrder(String)
    /// The pattern ends in a backslash.
    case trailingBackslash
    /// A backslash stands before a letter or digit that means nothing behind one.
    case unknownEscape(String)
    /// An escape that matches between characters stands in a character class.
    case escapeInClass(String)
    /// A numeric escape is malformed or names no Unicode scalar.
    case invalidScalar(String)
    /// The name in `[:name:]` is not a POSIX class.
    case unknownClassName(String)
  }

  /// A construct that other engines offer and this one does not.
  public enum Construct: Sendable, Equatable {
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    case lookaround
    /// `\1`, `\k<name>`, `\g{1}`, `(?P=name)`.
    case backreference
    /// `(?>…)`.
    case atomicGroup
    /// `*+`, `++`, `?+`, `{n,m}+`.
    case possessiveQuantifier
    /// `(?(…)…)`.
    case conditional
    /// `(?R)`, `(?1)`, `(?&name)`, `(?P>name)`.
    case recursion
    /// `(*VERB)`.
    case verb
    /// `(?|…)`.
    case branchReset
    /// `\p{…}`, `\P{…}`.
    case unicodeProperty
    /// `[.….]`, `[=…=]` inside a class.
    case collatingElement
  }
}

extension RegexError: CustomStringConvertible {
  /// The place and the problem: `at byte 4: what; what to do`.
  public var description: String {
    "at byte \(offset): \(problem)"
  }
}

extension RegexError.Problem: CustomStringConvertible {
  /// What is wrong and, where we know it, what to write instead.
  public var description: String {
    switch self {
    case .tooLong(let bytes, let bytesMax):
      "pattern is \(bytes) bytes long; the limit is \(bytesMax)"
    case .tooDeep(let nestingMax):
      "groups are nested more than \(nestingMax) deep; flatten the pattern"
    case .tooLarge(let instructionsMax):
      "pattern compiles to more than \(instructionsMax) instructions; lower its counts"
    case .unsupported(let construct):
      construct.description
    case .unclosedGroup:
      "group is not closed; add ')', or write '\\(' for a parenthesis"
    case .unmatchedParenthesis:
      "')' closes no group; write '\\)' for a parenthesis"
    case .unclosedComment:
      "comment is not closed; add ')'"
    case .unclosedClass:
      "character class is not closed; add ']', or write '\\[' for a bracket"
    case .unknownGroup(let text):
      "'\(text)' starts no known group; write '(?:' for a group that captures nothing"
    case .unknownFlag(let text):
      "unknown flag '\(text)'; the flags are i, m, s and x"
    case .nothingToRepeat(let text):
      "'\(text)' has nothing to repeat; write '\\\(text)' for the character"
    case .quantifierAfterQuantifier(let text):
      "'\(text)' follows a quantifier; put what it repeats in '(?:…)'"
    case .countsOutOfOrder(let text):
      "'\(text)' has a minimum above its maximum; swap them"
    case .countTooLarge(let text, let countMax):
      "'\(text)' counts beyond the limit of \(countMax)"
    case .countWithoutMinimum(let text):
      "'\(text)' has no minimum; write '{0,' for a quantifier or '\\{' for a brace"
    case .rangeOutOfOrder(let text):
      "range '\(text)' is the wrong way round; swap its ends"
    case .trailingBackslash:
      "pattern ends in a backslash; write '\\\\' for a backslash"
    case .unknownEscape(let text):
      "'\(text)' means nothing; write '\\\\' for a backslash"
    case .escapeInClass(let text):
      "'\(text)' matches no character, so it can't stand in a class"
    case .invalidScalar(let text):
      "'\(text)' names no Unicode scalar; write '\\x41', '\\x{1F600}' or '\\u0041'"
    case .unknownClassName(let text):
      "unknown class '[:\(text):]'; the names are POSIX's, such as 'alpha' and 'xdigit'"
    }
  }
}

extension RegexError.Construct: CustomStringConvertible {
  /// Why the construct is not offered and what to do instead.
  public var description: String {
    switch self {
    case .lookaround:
      "lookaround can't be matched in linear time; use a second condition with 'and' or 'and not'"
    case .backreference:
      "back-references can't be matched in linear time; write the alternatives out"
    case .atomicGroup:
      "atomic groups prune backtracking, and there is none; write '(?:'"
    case .possessiveQuantifier:
      "possessive quantifiers prune backtracking, and there is none; drop the '+'"
    case .conditional:
      "conditional groups are not supported; use alternation"
    case .recursion:
      "recursion is not regular and is not supported; write the levels out"
    case .verb:
      "verbs such as '(*SKIP)' are not supported; write '\\(' for a parenthesis"
    case .branchReset:
      "branch reset only numbers captures, and there are none; write '(?:'"
    case .unicodeProperty:
      "Unicode properties are not supported; write the ranges, such as '[а-яё]'"
    case .collatingElement:
      "collating elements are not supported; write the characters"
    }
  }
}
