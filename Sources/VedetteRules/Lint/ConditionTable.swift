/// What a condition comes to for every outcome of its searches.
///
/// The searches become bits of a number, so that trying all of them is cheap: 4,096 for twelve
/// searches. There is no table for conditions with more searches or with thousands of words.
struct ConditionTable {
  private static let searchesMax = 12
  private static let stepsMax = 1 << 22

  private let names: [String]
  private let results: [Bool]

  /// Tries every outcome, or gives up with `nil`.
  init?(_ detection: Detection?) {
    guard let detection else { return nil }
    var used: Set<String> = []
    for condition in detection.conditions { condition.collectNames(&used, detection) }
    names = used.sorted()
    guard names.count <= Self.searchesMax else { return nil }
    let bits = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let formula = Formula.some(
      detection.conditions.map { Formula($0, detection, bits) },
      all: false
    )
    guard formula.size << names.count <= Self.stepsMax else { return nil }
    results = (0..<(1 << names.count)).map { formula.value($0) }
  }

  /// What the condition can come to.
  var outcomes: Set<Bool> { Set(results) }

  /// A search whose outcome never changes that of the condition.
  var nameWithoutEffect: String? {
    names.indices.first { bit in
      results.indices.allSatisfy { results[$0] == results[$0 ^ (1 << bit)] }
    }.map { names[$0] }
  }

  private indirect enum Formula {
    /// Any, or all, of the bits of a mask.
    case bits(Int, all: Bool)
    case not(Formula)
    case some([Formula], all: Bool)

    init(_ condition: Condition, _ detection: Detection, _ bits: [String: Int]) {
      func mask(_ names: [String]) -> Int {
        names.reduce(0) { $0 | (bits[$1].map { 1 << $0 } ?? 0) }
      }
      switch condition {
      case .search(let name): self = .bits(mask([name]), all: true)
      case .some(let selector, let requiresAll):
        self = .bits(mask(detection.searches(selector).map(\.name)), all: requiresAll)
      case .not(let inner): self = .not(Formula(inner, detection, bits))
      case .and(let parts):
        self = .some(parts.map { Formula($0, detection, bits) }, all: true)
      case .or(let parts):
        self = .some(parts.map { Formula($0, detection, bits) }, all: false)
      }
    }

    var size: Int {
      switch self {
      case .bits: 1
      case .not(let inner): 1 + inner.size
      case .some(let parts, _): parts.reduce(1) { $0 + $1.size }
      }
    }

    func value(_ outcome: Int) -> Bool {
      switch self {
      case .bits(let mask, let all): all ? outcome & mask == mask : outcome & mask != 0
      case .not(let inner): !inner.value(outcome)
      case .some(let parts, all: true): parts.allSatisfy { $0.value(outcome) }
      case .some(let parts, all: false): parts.contains { $0.value(outcome) }
      }
    }
  }
}
