public import VedetteEvent
public import VedetteFindings

/// What a rule says about itself.
public struct RuleMetadata: Sendable, Hashable {
  /// What the rule is known by: its `id`, or its path if it has none.
  public var id: String
  /// The `id` as written, or `nil` if the rule has none.
  public var declaredID: String?
  /// The `name` that correlations may use.
  public var name: String?
  /// The title, or the file's name if it has none.
  public var title: String
  /// How bad a match is, or `nil` if the rule does not say or uses an unknown word.
  public var level: Severity?
  /// `stable`, `test`, `experimental`, `deprecated` or `unsupported`, as written.
  public var status: String?
  /// What the rule looks for, in sentences.
  public var description: String?
  /// Who wrote it.
  public var author: String?
  /// The day it was written, as written.
  public var date: String?
  /// The day it was last changed, as written.
  public var modified: String?
  /// Where to read more.
  public var references: [String]
  /// Namespaced tags, as `attack.t1110.001`.
  public var tags: [String]
  /// What else may look like it.
  public var falsePositives: [String]
  /// The file's path below the folder that was given.
  public var relativePath: String
  /// Where the document starts.
  public var location: SourceLocation

  /// ATT&CK and ATLAS technique ids from the tags, upper case, as `T1110.001` and `AML.T0024`.
  public var techniques: [String] {
    tags.compactMap { tag in
      guard let name = Self.frameworkName(tag) else { return nil }
      let isATLAS = name.prefix(4).lowercased() == "aml."
      let number = name.utf8.dropFirst(isATLAS ? 4 : 0)
      guard let first = number.first, first | 0x20 == UInt8(ascii: "t"),
        let second = number.dropFirst().first, (0x30...0x39).contains(second)
      else { return nil }
      return name.uppercased()
    }
  }

  /// Tactics from the tags, in lower case with hyphens, as `credential-access`.
  public var tactics: [String] {
    tags.compactMap { tag in
      guard let name = Self.frameworkName(tag), name.utf8.allSatisfy(Self.isTacticByte) else {
        return nil
      }
      return String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    }
  }

  /// What follows `attack.` or `atlas.`, or `nil` if the tag is of another namespace.
  private static func frameworkName(_ tag: String) -> Substring? {
    for prefix in ["attack.", "atlas."] where tag.utf8.count >= prefix.utf8.count {
      let own = tag.utf8.prefix(prefix.utf8.count)
      if zip(own, prefix.utf8).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 && $1 != 0x2e }) {
        return tag[own.endIndex...]
      }
    }
    return nil
  }

  private static func isTacticByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Whether the rule has a tag, or one below it: `attack.t1110` is also had by a rule that is tagged
  /// `attack.t1110.001`.
  ///
  /// - Parameter tag: The tag, in lower case; may be without its namespace.
  /// - Returns: Whether the rule has it.
  public func hasTag(_ tag: String) -> Bool {
    tags.contains { own in
      let lower = own.lowercased()
      let name = lower.firstIndex(of: ".").map { String(lower[lower.index(after: $0)...]) }
      return [lower, name].contains { $0 == tag || $0?.hasPrefix(tag + ".") ?? false }
    }
  }

  /// Who the rule is, for whoever reads its matches; a level that is not given is medium.
  public var reference: RuleReference {
    RuleReference(id: id, title: title, level: level ?? .medium, path: relativePath)
  }
}

/// A Sigma rule on single events.
public struct Rule: Sendable, Hashable {
  /// What it says about itself.
  public var metadata: RuleMetadata
  /// The events it looks at.
  public var logSource: LogSource
  /// The events that a user's mapping makes it look at too.
  package var otherLogSources: [LogSource] = []
  /// What it looks for.
  package var detection: Detection
  /// What the filters that name it ask for too.
  package var filters: [Expression]

  /// What must hold of an event.
  package var expression: Expression {
    filters.isEmpty ? detection.expression : .and([detection.expression] + filters)
  }
}
