import VedetteEvent
import VedetteFindings

/// What one set of rules has that another has not, rule by rule.
public struct RuleSetDifference: Sendable {
  /// A rule that is in both sets and says something else.
  public struct Changed: Sendable, Hashable {
    /// Its index in the old set.
    public var old: Int
    /// Its index in the new set.
    public var new: Int
    /// What is different.
    public var changes: [RuleChange]
    /// Whether it may hold on other events than before; otherwise only its words are different.
    public var affectsMatches: Bool { changes.contains(where: \.affectsMatches) }
  }

  /// The rules that only the new set has, by their index there.
  public let added: [Int]
  /// The rules that only the old set has, by their index there.
  public let removed: [Int]
  /// The rules that are different.
  public let changed: [Changed]
  /// The number of rules that say the same in both.
  public let sameCount: Int

  /// Compares two sets.
  ///
  /// Rules are the same one if their ids are. One without an id is known by its path, and a rule
  /// that has another id than before is the same one if it has the path or title of one that is no
  /// more there and no other rule has.
  ///
  /// - Parameters:
  ///   - old: The old set.
  ///   - new: The new set.
  public init(old: RuleSet, new: RuleSet) {
    var pairs: [(old: Int, new: Int)] = []
    var ids: [String: Int] = [:]
    for (index, entry) in new.entries.enumerated() { ids[entry.metadata.id] = index }
    var freeOld: [Int] = []
    var isTaken = [Bool](repeating: false, count: new.entries.count)
    for (index, entry) in old.entries.enumerated() {
      if let other = ids[entry.metadata.id] {
        pairs.append((index, other))
        isTaken[other] = true
      } else {
        freeOld.append(index)
      }
    }
    for key in [\RuleMetadata.relativePath, \RuleMetadata.title] {
      let free = Dictionary(
        grouping: new.entries.indices.filter { !isTaken[$0] },
        by: { new.entries[$0].metadata[keyPath: key] }
      )
      let mine = Dictionary(grouping: freeOld) { old.entries[$0].metadata[keyPath: key] }
      freeOld.removeAll { index in
        let name = old.entries[index].metadata[keyPath: key]
        guard let found = free[name], found.count == 1, mine[name]?.count == 1 else { return false }
        pairs.append((index, found[0]))
        isTaken[found[0]] = true
        return true
      }
    }
    let compared = pairs.map { pair in
      Changed(
        old: pair.old,
        new: pair.new,
        changes: RuleChange.between(old.entries[pair.old], new.entries[pair.new])
      )
    }
    changed = compared.filter { !$0.changes.isEmpty }.sorted { $0.new < $1.new }
    sameCount = compared.count - changed.count
    removed = freeOld
    added = new.entries.indices.filter { !isTaken[$0] }
  }
}

/// One thing that is different about a rule.
public struct RuleChange: Sendable, Hashable {
  /// What: `title`, `condition`, `selection: Image|endswith`.
  public var what: String
  /// What is no more there.
  public var removed: [String]
  /// What is new.
  public var added: [String]
  /// Whether the rule may hold on other events for it.
  public var affectsMatches: Bool

  /// Compares a rule with what it was.
  ///
  /// - Parameters:
  ///   - old: The rule as it was.
  ///   - new: The rule as it is.
  /// - Returns: What is different, what decides about matches first.
  static func between(_ old: RuleSet.Entry, _ new: RuleSet.Entry) -> [RuleChange] {
    var changes: [RuleChange] = []
    switch (old, new) {
    case (.rule(let old), .rule(let new)):
      changes.append(one("logsource", "\(old.logSource)", "\(new.logSource)", true))
      changes.append(
        lists("condition", old.detection.conditionTexts, new.detection.conditionTexts, true)
      )
      changes += searches(old.detection, new.detection)
      if old.filters != new.filters {
        changes.append(
          one("filters", "\(old.filters.count) filters", "\(new.filters.count) others", true)
        )
      }
    case (.correlation(let old), .correlation(let new)):
      changes.append(one("correlation type", "\(old.kind)", "\(new.kind)", true))
      changes.append(lists("rules", old.inputs.map(\.name), new.inputs.map(\.name), true))
      changes.append(lists("group-by", old.groupBy, new.groupBy, true))
      changes.append(
        one("timespan", seconds(old.timespanNanoseconds), seconds(new.timespanNanoseconds), true)
      )
      changes.append(lists("condition", old.bounds.map(text), new.bounds.map(text), true))
      if old.aliases != new.aliases { changes.append(one("aliases", "", "others", true)) }
      changes.append(one("generate", "\(old.generates)", "\(new.generates)", true))
    case (.rule, .correlation): changes.append(one("kind", "rule", "correlation", true))
    case (.correlation, .rule): changes.append(one("kind", "correlation", "rule", true))
    }
    changes += words(old.metadata, new.metadata)
    return changes.filter { !$0.removed.isEmpty || !$0.added.isEmpty }
  }

  private static func searches(_ old: Detection, _ new: Detection) -> [RuleChange] {
    let names = (old.searches + new.searches).map(\.name)
    var changes: [RuleChange] = []
    for (index, name) in names.enumerated() where names.firstIndex(of: name) == index {
      let before = old.search(name)
      let after = new.search(name)
      guard before.map(shape) != after.map(shape) else { continue }
      let own = lines(name, before.map(lines) ?? [], after.map(lines) ?? [])
      // Without one it has the same lines, joined in another way.
      changes +=
        own.isEmpty ? [one(name, "", "its parts are joined in another way", true)] : own
    }
    return changes
  }

  /// What is different between the lines of a search, by the keys of the lines.
  private static func lines(
    _ name: String,
    _ before: [(key: String, values: [String])],
    _ after: [(key: String, values: [String])]
  ) -> [RuleChange] {
    let keys = (before + after).map(\.key)
    var changes: [RuleChange] = []
    for (place, key) in keys.enumerated() where keys.firstIndex(of: key) == place {
      changes.append(
        lists(
          "\(name): \(key.isEmpty ? "keywords" : key)",
          before.filter { $0.key == key }.flatMap(\.values),
          after.filter { $0.key == key }.flatMap(\.values),
          true
        )
      )
    }
    return changes.filter { !$0.removed.isEmpty || !$0.added.isEmpty }
  }

  /// The lines of a search, each with its values, in the order of the file.
  private static func lines(_ search: Search) -> [(key: String, values: [String])] {
    switch search {
    case .all(let parts), .any(let parts): parts.flatMap { lines($0) }
    case .item(let item):
      [(item.key, item.values.map { $0.map(\.words).joined(separator: " or ") })]
    }
  }

  /// A search as text that is the same for searches that say the same, wherever they stand.
  private static func shape(_ search: Search) -> String {
    switch search {
    case .all(let parts): "all(\(parts.map(shape).joined(separator: "\n")))"
    case .any(let parts): "any(\(parts.map(shape).joined(separator: "\n")))"
    case .item: lines(search).map { "\($0.key): \($0.values)" }.joined()
    }
  }

  private static func words(_ old: RuleMetadata, _ new: RuleMetadata) -> [RuleChange] {
    [
      one("level", old.level?.name ?? "", new.level?.name ?? "", false),
      one("status", old.status ?? "", new.status ?? "", false),
      one("title", old.title, new.title, false),
      one("id", old.id, new.id, false),
      one("name", old.name ?? "", new.name ?? "", false),
      lists("tags", old.tags, new.tags, false),
      one("path", old.relativePath, new.relativePath, false),
      one("description", old.description ?? "", new.description ?? "", false),
      lists("falsepositives", old.falsePositives, new.falsePositives, false),
      lists("references", old.references, new.references, false),
      one("author", old.author ?? "", new.author ?? "", false),
      one("modified", old.modified ?? "", new.modified ?? "", false),
    ]
  }

  private static func one(
    _ what: String,
    _ old: String,
    _ new: String,
    _ affects: Bool
  )
    -> RuleChange
  {
    let isSame = old == new
    return RuleChange(
      what: what,
      removed: isSame || old.isEmpty ? [] : [old],
      added: isSame || new.isEmpty ? [] : [new],
      affectsMatches: affects
    )
  }

  /// Lists compared as sets, but in their order.
  private static func lists(
    _ what: String,
    _ old: [String],
    _ new: [String],
    _ affects: Bool
  )
    -> RuleChange
  {
    let before = Set(old)
    let after = Set(new)
    return RuleChange(
      what: what,
      removed: old.filter { !after.contains($0) },
      added: new.filter { !before.contains($0) },
      affectsMatches: affects
    )
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    "\(number(Double(nanoseconds) / 1e9)) s"
  }

  private static func text(_ bound: CorrelationPlan.Bound) -> String {
    "\(bound.comparison.rawValue) \(number(bound.value))"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}
