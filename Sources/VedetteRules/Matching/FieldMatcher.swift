import VedetteEvent

// Everything that any rule asks of one field, as one machine.
//
// An item is one line of a rule: a field with its values. Rules share items, and items share
// values. What is judged is one value of the field, and the verdict is the list of items that hold
// for it. Texts are looked for all at once; what can't be looked for so (wildcards inside, regular
// expressions, case) is checked one by one, but only when a text that it needs was found.

/// The immutable part of judging a field's values.
struct FieldMatcher: Sendable {
  /// A test that holds, and the item and value of it that thereby hold.
  struct Use: Sendable {
    /// The item, by its place in ``itemIDs``.
    var item: Int32
    /// The value, numbered through all items that need every value; -1 where any will do.
    var member: Int32
  }

  /// What a found text means.
  struct LiteralUse: Sendable {
    /// The places it must be found in.
    var places: LiteralPlaces
    /// The test that holds, or if negative the check to run, as `-1 - check`.
    var target: Int32
  }

  /// A test that is run by itself.
  struct Check: Sendable {
    enum Kind: Sendable {
      case pattern([TextPattern.Piece], isCased: Bool)
      /// A regular expression, by its place in ``FieldMatcher/regexes``.
      case regex(Int)
    }
    var kind: Kind
    var test: Int32
  }

  /// For each item its number among those of all fields.
  var itemIDs: [Int32] = []
  /// For each item the number of values that must hold; zero where any will do.
  var memberCounts: [Int32] = []
  /// The number of values of items that need every value.
  var memberTotal = 0
  /// For each test where its uses start in ``uses``; one more than there are tests.
  var useStarts: [Int32] = [0]
  var uses: [Use] = []

  var scanner = LiteralScanner([])
  /// For each text where its uses start in ``literalUses``; one more than there are texts.
  var literalStarts: [Int32] = [0]
  var literalUses: [LiteralUse] = []
  var equality = EqualityTable([])
  var checks: [Check] = []
  /// The checks that need no text.
  var alwaysChecks: [Int32] = []
  var regexes: [LinearRegex] = []
  var networks = NetworkTable()
  var numbers: [(comparison: NumberComparison, bound: Double, test: Int32)] = []
  var times: [(part: TimePart, comparison: NumberComparison, bound: Double, test: Int32)] = []
  /// The tests that hold for any value.
  var constants: [Int32] = []

  /// The numbers of the items that hold where the field is absent.
  var absentItems: [Int32] = []
  /// The numbers of the items that hold where the field is null.
  var nullItems: [Int32] = []
  /// The numbers of the items that hold where the field is there and has members but no value.
  var memberItems: [Int32] = []

  /// Whether it matters that a field without a value is there.
  var asksPresence: Bool {
    !absentItems.isEmpty || !nullItems.isEmpty || !memberItems.isEmpty
  }

  /// Whether any test may hold for a value of digits and a sign.
  var mayHoldForIntegers = true

  /// The number of tests.
  var testCount: Int { useStarts.count - 1 }
}

/// Judges values of one field; belongs to one thread.
struct FieldJudge: Sendable {
  private let matcher: FieldMatcher
  private var regexes: [RegexMatcher]
  private var hits: LiteralHits
  private var folded: [UInt8] = []
  private var round: UInt32 = 0
  private var testRounds: [UInt32]
  private var checkRounds: [UInt32]
  private var itemRounds: [UInt32]
  private var itemCounts: [Int32]
  private var memberRounds: [UInt32]
  /// The numbers of the items that hold for the last value, in order.
  private(set) var items: [Int32] = []
  /// Where time is measured, the clock; else `nil`.
  private let clock: ProfileClock?
  /// What judging cost so far, where that is measured.
  private(set) var profile: MatchProfile.Slot

  init(_ matcher: FieldMatcher, clock: ProfileClock?) {
    self.matcher = matcher
    self.clock = clock
    let timedCount = clock == nil ? 0 : matcher.checks.count
    profile = MatchProfile.Slot(
      checkRuns: [UInt32](repeating: 0, count: timedCount),
      checkNanoseconds: [UInt64](repeating: 0, count: timedCount)
    )
    regexes = matcher.regexes.map { RegexMatcher($0, cacheBytesMax: Limits.ruleRegexCacheBytesMax) }
    hits = LiteralHits(literalCount: matcher.scanner.count)
    testRounds = [UInt32](repeating: 0, count: matcher.testCount)
    checkRounds = [UInt32](repeating: 0, count: matcher.checks.count)
    itemRounds = [UInt32](repeating: 0, count: matcher.itemIDs.count)
    itemCounts = [Int32](repeating: 0, count: matcher.itemIDs.count)
    memberRounds = [UInt32](repeating: 0, count: matcher.memberTotal)
  }

  /// Finds the items that hold for a value; they are then in ``items``.
  ///
  /// - Parameter value: The value's bytes.
  mutating func judge(_ value: Span<UInt8>) {
    guard let clock else { return judgeUntimed(value) }
    let start = clock.read()
    judgeUntimed(value)
    profile.nanoseconds += clock.elapsed(since: start)
    profile.valueCount += 1
  }

  private mutating func judgeUntimed(_ value: Span<UInt8>) {
    begin()
    for test in matcher.constants { holds(test) }
    // Taken out while it is read, and put back for its room.
    var lower: [UInt8] = []
    swap(&lower, &folded)
    let length = CaseFolding.fold(value, into: &lower, padding: LiteralScanner.padding)
    judgeText(value, lower.span, length)
    swap(&lower, &folded)
    if !matcher.networks.isEmpty, let address = IPAddress(utf8: value) {
      let networks = matcher.networks
      networks.forEach(containing: address) { holds($0) }
    }
    if !matcher.numbers.isEmpty, let number = ValueReading.number(value) {
      for entry in matcher.numbers where entry.comparison.holds(number, entry.bound) {
        holds(entry.test)
      }
    }
    if !matcher.times.isEmpty, let time = ValueReading.time(value) {
      for entry in matcher.times where entry.comparison.holds(time.value(entry.part), entry.bound) {
        holds(entry.test)
      }
    }
    if items.count > 1 { items.sort() }
  }

  private mutating func judgeText(_ value: Span<UInt8>, _ lower: Span<UInt8>, _ length: Int) {
    if let test = matcher.equality.target(lower, length: length) { holds(test) }
    if matcher.scanner.count > 0 {
      matcher.scanner.scan(lower, length: length, into: &hits)
      for index in hits.literals.indices { found(hits.literals[index], value, lower, length) }
    }
    for check in matcher.alwaysChecks { run(Int(check), value, lower, length) }
  }

  private mutating func begin() {
    items.removeAll(keepingCapacity: true)
    round &+= 1
    guard round == 0 else { return }
    round = 1
    for index in testRounds.indices { testRounds[index] = 0 }
    for index in checkRounds.indices { checkRounds[index] = 0 }
    for index in itemRounds.indices { itemRounds[index] = 0 }
    for index in memberRounds.indices { memberRounds[index] = 0 }
  }

  private mutating func found(
    _ literal: Int32,
    _ value: Span<UInt8>,
    _ lower: Span<UInt8>,
    _ length: Int
  ) {
    let places = hits.places(literal)
    let first = Int(matcher.literalStarts[Int(literal)])
    let end = Int(matcher.literalStarts[Int(literal) + 1])
    for index in first..<end {
      let use = matcher.literalUses[index]
      guard places.isSuperset(of: use.places) else { continue }
      if use.target >= 0 {
        holds(use.target)
      } else {
        run(Int(-1 - use.target), value, lower, length)
      }
    }
  }

  private mutating func run(
    _ index: Int,
    _ value: Span<UInt8>,
    _ lower: Span<UInt8>,
    _ length: Int
  ) {
    guard checkRounds[index] != round else { return }
    checkRounds[index] = round
    let start = clock?.read()
    let isMatch: Bool
    switch matcher.checks[index].kind {
    case .pattern(let pieces, isCased: true): isMatch = PatternMatcher.matches(value, pieces)
    case .pattern(let pieces, isCased: false):
      isMatch = PatternMatcher.matches(lower.extracting(0..<length), pieces)
    case .regex(let regex): isMatch = regexes[regex].matches(in: value)
    }
    if let clock, let start {
      profile.checkRuns[index] &+= 1
      profile.checkNanoseconds[index] += clock.elapsed(since: start)
    }
    if isMatch { holds(matcher.checks[index].test) }
  }

  private mutating func holds(_ test: Int32) {
    let number = Int(test)
    guard testRounds[number] != round else { return }
    testRounds[number] = round
    for index in Int(matcher.useStarts[number])..<Int(matcher.useStarts[number + 1]) {
      let use = matcher.uses[index]
      let item = Int(use.item)
      if use.member < 0 {
        guard itemRounds[item] != round else { continue }
        itemRounds[item] = round
        items.append(matcher.itemIDs[item])
      } else {
        guard memberRounds[Int(use.member)] != round else { continue }
        memberRounds[Int(use.member)] = round
        if itemRounds[item] != round {
          itemRounds[item] = round
          itemCounts[item] = 0
        }
        itemCounts[item] += 1
        if itemCounts[item] == matcher.memberCounts[item] {
          items.append(matcher.itemIDs[item])
        }
      }
    }
  }
}
