import VedetteFindings

extension RuleSet {
  /// Finds rules by what a person knows of them.
  ///
  /// The first of these that any rule answers to counts: its id, its name, its title in any case,
  /// its path (also only the end of it), the beginning of its id, a part of its title.
  ///
  /// - Parameter text: An id or a beginning of one, a name, a title or a path.
  /// - Returns: The indices in ``entries`` of the rules that answer to it: several if it is
  ///   ambiguous, none if no rule does.
  public func indices(matching text: String) -> [Int] {
    let lower = text.lowercased()
    let ways: [(RuleMetadata) -> Bool] = [
      { $0.id == text },
      { $0.name == text },
      { $0.title.lowercased() == lower },
      { $0.relativePath == text || $0.location.path == text },
      { $0.location.path.hasSuffix("/" + text) },
      { $0.id.lowercased().hasPrefix(lower) },
      { $0.title.lowercased().contains(lower) },
    ]
    for way in ways where !text.isEmpty {
      let found = entries.indices.filter { way(entries[$0].metadata) }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// Returns the correlations that look at a rule.
  ///
  /// - Parameter index: The rule's index.
  /// - Returns: Their indices, in order.
  public func correlations(of index: Int) -> [Int] {
    plans.filter { $0.inputs.contains(index) }.map(\.rule).sorted()
  }
}
