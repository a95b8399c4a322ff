import VedetteEvent

/// Puts together what rules ask of one field.
struct FieldMatcherBuilder {
  private var matcher = FieldMatcher()
  private var tests = KeyNumbering<ValueTest>()
  private var uses: [[FieldMatcher.Use]] = []
  private var literals = KeyNumbering<TextKey>()
  private var literalUses: [[FieldMatcher.LiteralUse]] = []
  private var equals = KeyNumbering<TextKey>()
  private var equalTests: [[Int32]] = []

  /// Adds an item.
  ///
  /// - Parameters:
  ///   - id: Its number among those of all fields.
  ///   - values: Its values, none of which refers to another field.
  ///   - requiresAll: Whether every value must hold.
  mutating func add(_ id: Int32, _ values: [[ValueTest]], requiresAll: Bool) {
    let item = Int32(matcher.itemIDs.count)
    let needsAll = requiresAll && values.count > 1
    matcher.itemIDs.append(id)
    matcher.memberCounts.append(needsAll ? Int32(values.count) : 0)
    for value in values {
      let member = needsAll ? Int32(matcher.memberTotal) : -1
      if needsAll { matcher.memberTotal += 1 }
      for test in value {
        uses[Int(number(test))].append(FieldMatcher.Use(item: item, member: member))
      }
    }
    func holds(_ isTrue: (ValueTest) -> Bool) -> Bool {
      needsAll
        ? values.allSatisfy { $0.contains(where: isTrue) }
        : values.contains { $0.contains(where: isTrue) }
    }
    if holds({ $0 == .null || $0 == .exists(false) }) { matcher.absentItems.append(id) }
    if holds({ $0 == .null || $0 == .exists(true) }) { matcher.nullItems.append(id) }
    if holds({ $0 == .exists(true) }) { matcher.memberItems.append(id) }
  }

  /// Finishes the machine.
  ///
  /// - Returns: The machine for all items that were added.
  mutating func build() -> FieldMatcher {
    // Several tests may be for the same text, as one with case and one without.
    var equalities: [(text: [UInt8], target: Int32)] = []
    for (index, key) in equals.keys.enumerated() {
      let tests = equalTests[index]
      guard tests.count > 1 else {
        equalities.append((key.bytes, tests[0]))
        continue
      }
      let joint = Int32(uses.count)
      uses.append(tests.flatMap { uses[Int($0)] })
      equalities.append((key.bytes, joint))
    }
    matcher.equality = EqualityTable(equalities)
    matcher.scanner = LiteralScanner(literals.keys.map(\.bytes))
    matcher.mayHoldForIntegers = mayHoldForIntegers
    for list in literalUses {
      matcher.literalUses += list
      matcher.literalStarts.append(Int32(matcher.literalUses.count))
    }
    for list in uses {
      matcher.uses += list
      matcher.useStarts.append(Int32(matcher.uses.count))
    }
    return matcher
  }

  /// Whether any test may hold for a value of digits and a sign.
  private var mayHoldForIntegers: Bool {
    func isWritten(_ text: TextKey) -> Bool {
      text.bytes.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
    }
    let isOfTexts =
      matcher.constants.isEmpty && matcher.alwaysChecks.isEmpty && matcher.networks.isEmpty
      && matcher.numbers.isEmpty && matcher.times.isEmpty && matcher.absentItems.isEmpty
      && matcher.nullItems.isEmpty
    return !isOfTexts || literals.keys.contains(where: isWritten)
      || equals.keys.contains(where: isWritten)
  }

  /// The number of a test, which is prepared when it is new.
  private mutating func number(_ test: ValueTest) -> Int32 {
    let (number, isNew) = tests.number(test)
    guard isNew else { return number }
    uses.append([])
    switch test {
    case .text(let pattern, let isCased): addText(pattern, isCased, number)
    case .regex(let regex):
      matcher.regexes.append(regex.regex)
      addCheck(
        .regex(matcher.regexes.count - 1),
        needing: regex.regex.requiredLiteral ?? [],
        number
      )
    case .network(let network): matcher.networks.add(network, number)
    case .number(let comparison, let bound):
      matcher.numbers.append((comparison, bound, number))
    case .timePart(let part, let comparison, let bound):
      matcher.times.append((part, comparison, bound, number))
    case .exists(true): matcher.constants.append(number)
    case .exists(false), .null: break
    case .field: preconditionFailure("a comparison of two fields is not of one field")
    }
    return number
  }

  private mutating func addText(_ pattern: TextPattern, _ isCased: Bool, _ test: Int32) {
    if pattern.isAny {
      matcher.constants.append(test)
      return
    }
    guard !isCased else {
      addCheck(
        .pattern(pattern.pieces, isCased: true),
        needing: longestText(pattern),
        test
      )
      return
    }
    let dashes = pattern.pieces.count { $0 == .dash }
    if dashes == 1 {
      for dash in ValueEncoding.dashTexts {
        let pieces = pattern.pieces.map { $0 == .dash ? .bytes(dash) : $0 }
        addText(TextPattern(pieces: pieces), false, test)
      }
      return
    }
    switch pattern.pieces.count {
    case 0: addEqual([], test)
    case 1:
      guard case .bytes(let bytes) = pattern.pieces[0] else { break }
      return addEqual(CaseFolding.folded(bytes), test)
    case 2, 3:
      guard let use = affix(pattern) else { break }
      return addLiteral(CaseFolding.folded(use.bytes), use.places, target: test)
    default: break
    }
    guard !pattern.pieces.isEmpty else { return }
    let folded = pattern.mapBytes { [.bytes(CaseFolding.folded($0))] }
    addCheck(.pattern(folded.pieces, isCased: false), needing: longestText(pattern), test)
  }

  /// The text of a pattern that is one text with a run before it, after it, or both.
  private func affix(_ pattern: TextPattern) -> (bytes: [UInt8], places: LiteralPlaces)? {
    switch (pattern.pieces.count, pattern.pieces[0], pattern.pieces[1]) {
    case (2, .anyRun, .bytes(let bytes)): (bytes, .end)
    case (2, .bytes(let bytes), .anyRun): (bytes, .start)
    case (3, .anyRun, .bytes(let bytes)) where pattern.pieces[2] == .anyRun: (bytes, .anywhere)
    default: nil
    }
  }

  private func longestText(_ pattern: TextPattern) -> [UInt8] {
    var longest: [UInt8] = []
    for case .bytes(let bytes) in pattern.pieces where bytes.count > longest.count {
      longest = bytes
    }
    return longest
  }

  private mutating func addEqual(_ text: [UInt8], _ test: Int32) {
    let (number, isNew) = equals.number(TextKey(text))
    if isNew { equalTests.append([test]) } else { equalTests[Int(number)].append(test) }
  }

  private mutating func addCheck(
    _ kind: FieldMatcher.Check.Kind,
    needing text: [UInt8],
    _ test: Int32
  ) {
    let check = Int32(matcher.checks.count)
    matcher.checks.append(FieldMatcher.Check(kind: kind, test: test))
    if text.isEmpty {
      matcher.alwaysChecks.append(check)
    } else {
      addLiteral(CaseFolding.folded(text), .anywhere, target: -1 - check)
    }
  }

  private mutating func addLiteral(_ text: [UInt8], _ places: LiteralPlaces, target: Int32) {
    let use = FieldMatcher.LiteralUse(places: places, target: target)
    let (number, isNew) = literals.number(TextKey(text))
    if isNew { literalUses.append([use]) } else { literalUses[Int(number)].append(use) }
  }
}

/// A text as a key.
private struct TextKey: Hashable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func hash(into hasher: inout Hasher) { bytes.hashWords(into: &hasher) }
}
