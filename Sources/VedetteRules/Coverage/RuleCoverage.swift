import VedetteDocuments
import VedetteEvent

/// Which techniques rules look for, which they don't, and which tags name none.
public struct RuleCoverage: Sendable {
  /// A tag that names no technique or tactic of the list.
  public struct Problem: Sendable, Hashable {
    /// The rule's index in its set.
    public var rule: Int
    /// The tag, as written.
    public var tag: String
    /// What is wrong and what to write instead.
    public var message: String
    /// Where the tag stands.
    public var location: SourceLocation
    /// Whether the list has never had it, as opposed to has it no more.
    public var isUnknown: Bool
  }

  /// The list that the rules are held against.
  public let catalog: TechniqueCatalog
  /// For each technique that is looked for the indices of the rules that name it, in order.
  public private(set) var rules: [String: [Int]] = [:]
  /// For each technique the indices of the rules that name it or one of its sub-techniques.
  public private(set) var rulesBelow: [String: [Int]] = [:]
  /// The tags that name nothing, in the order of files.
  public private(set) var problems: [Problem] = []
  /// The number of rules that name a technique.
  public private(set) var taggedCount = 0

  /// Holds rules against a list.
  ///
  /// A revoked technique counts as the one that took its place. Rules that are only part of a
  /// correlation count too: what they see is seen.
  ///
  /// - Parameters:
  ///   - rules: The rules.
  ///   - files: The files that they stand in, to say where a tag is.
  ///   - catalog: The list.
  public init(_ rules: RuleSet, files: [RuleFile], catalog: TechniqueCatalog) {
    self.catalog = catalog
    var byPath: [String: RuleFile] = [:]
    for file in files where byPath[file.path] == nil { byPath[file.path] = file }
    for (index, entry) in rules.entries.enumerated() {
      var ids: [String] = []
      for tag in entry.metadata.tags {
        guard let reading = TechniqueTag(tag) else { continue }
        let (id, message, isUnknown) = reading.judged(by: catalog)
        if let id, !ids.contains(id) { ids.append(id) }
        guard let message else { continue }
        problems.append(
          Problem(
            rule: index,
            tag: tag,
            message: message,
            location: Self.location(of: tag, entry.metadata, byPath),
            isUnknown: isUnknown
          )
        )
      }
      if !ids.isEmpty { taggedCount += 1 }
      for id in ids { self.rules[id, default: []].append(index) }
      for id in Set(ids.map { TechniqueCatalog.parent(of: $0) ?? $0 }) {
        rulesBelow[id, default: []].append(index)
      }
    }
    for (id, own) in self.rules where TechniqueCatalog.parent(of: id) != nil {
      rulesBelow[id] = own
    }
    problems.sort { ($0.location, $0.tag) < ($1.location, $1.tag) }
  }

  /// The place of a tag: its own line where the file can be read again, else the rule's.
  private static func location(
    of tag: String,
    _ metadata: RuleMetadata,
    _ files: [String: RuleFile]
  ) -> SourceLocation {
    guard let file = files[metadata.location.path],
      let roots = try? DocumentReader().read(file.bytes)
    else { return metadata.location }
    let root = roots.first { $0.position == metadata.location.position }
    guard let node = root?.mapping?["tags"] else { return metadata.location }
    let tags = node.sequence ?? [node]
    guard let found = tags.first(where: { $0.scalar?.text == tag }) else {
      return metadata.location
    }
    return SourceLocation(path: file.path, position: found.position)
  }
}

/// A tag of ATT&CK's or ATLAS's namespace, read.
private struct TechniqueTag {
  private enum Kind {
    case technique(String)
    case tactic(String)
    case other
  }

  private let framework: TechniqueCatalog.Framework
  private let kind: Kind

  /// Reads a tag; `nil` if it is of another namespace.
  init?(_ tag: String) {
    let lower = tag.lowercased()
    guard let dot = lower.firstIndex(of: "."),
      let framework = TechniqueCatalog.Framework(rawValue: String(lower[..<dot]))
    else { return nil }
    self.framework = framework
    let rest = String(lower[lower.index(after: dot)...])
    let number = rest.hasPrefix("aml.") ? rest.dropFirst(4) : rest[...]
    let digits = number.dropFirst()
    if number.first == "t", digits.first?.isNumber == true {
      kind = .technique(rest.uppercased())
    } else if rest.allSatisfy({ $0.isLetter || $0 == "-" || $0 == "_" }) {
      kind = .tactic(String(rest.map { $0 == "_" ? "-" : $0 }))
    } else {
      // Groups, software, campaigns, mitigations and tactics by id are not part of the list.
      kind = .other
    }
  }

  /// Returns the technique that the tag stands for and what is wrong with it.
  func judged(
    by catalog: TechniqueCatalog
  ) -> (id: String?, message: String?, isUnknown: Bool) {
    let release = "\(framework.name) \(catalog.releases[framework] ?? "")"
    switch kind {
    case .other: return (nil, nil, false)
    case .tactic(let name):
      if catalog.tactic(name, of: framework) != nil { return (nil, nil, false) }
      let now = catalog.successors(ofTactic: name, of: framework)
      if !now.isEmpty {
        let words = now.map { "'\(framework.rawValue).\($0)'" }.joined(separator: " or ")
        return (nil, "'\(name)' is no tactic of \(release) any more; write \(words)", false)
      }
      let known = catalog.tactics.filter { $0.framework == framework }.map(\.shortName)
      let hint = NearestName.of(name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      return (nil, "'\(name)' is no tactic of \(release)\(hint)", true)
    case .technique(let id):
      switch catalog.standing(of: id) {
      case .known: return (id, nil, false)
      case .revoked(let successor):
        let name = catalog.technique(successor)?.name ?? ""
        let tag = "\(framework.rawValue).\(successor.lowercased())"
        return (successor, "\(id) was revoked; write '\(tag)' (\(name))", false)
      case .deprecated: return (nil, "\(id) was taken back without a successor", false)
      case .unknown: return (nil, "\(id) is not in \(release)", true)
      }
    }
  }
}
