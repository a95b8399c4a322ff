import VedetteEvent
import VedetteFindings

/// A correlation with its fields resolved to places, or the folding of one rule's own matches.
final class PreparedPlan: Sendable {
  /// How events are put into groups.
  enum Grouping {
    /// By the values of fields: for each input and rule, where they are in the event.
    case fields([[Int: [Int]]])
    /// By whoever acted: the matches of one rule that stay within the folding window.
    case actor
  }

  /// The place of the correlation, or of the rule whose matches are folded, in the rule set.
  let rule: Int
  /// What makes a finding of it.
  let detector: DetectorKind
  let kind: CorrelationPlan.Kind
  let inputs: [Int]
  let grouping: Grouping
  let timespanNanoseconds: Int64
  let bounds: [CorrelationPlan.Bound]
  /// Whether its groups are by address, or by whoever acted.
  let isByAddress: Bool
  /// Whether accounts are counted.
  let countsAccounts: Bool
  /// Whether the values are added up.
  let isNumeric: Bool
  /// Whether it speaks only of what the watermark has passed.
  let isDeferred: Bool
  /// The most events of a group's window: twice what the condition needs, so that it can be met.
  let windowEventsMax: Int
  /// Whether it asks which inputs came, in any order.
  let isTemporal: Bool
  /// Whether it is about an event that does not come.
  var isAbsence: Bool { kind == .absence }
  /// Whether events have values that are counted or added up.
  var countsValues: Bool { !valuePlaces.isEmpty }
  private let valuePlaces: [Int: [Int]]

  /// The folding of a rule's own matches: one finding as long as the pauses stay short.
  init(folding rule: Int, windowNanoseconds: Int64) {
    self.rule = rule
    detector = .rule
    kind = .eventCount
    inputs = [rule]
    grouping = .actor
    timespanNanoseconds = windowNanoseconds
    bounds = [CorrelationPlan.Bound(.atLeast, 1)]
    isByAddress = true
    countsAccounts = false
    isNumeric = false
    isDeferred = false
    windowEventsMax = Limits.windowEventsMax
    isTemporal = false
    valuePlaces = [:]
  }

  /// A correlation.
  ///
  /// - Parameters:
  ///   - plan: The correlation.
  ///   - layouts: For each rule the numbers of the fields that its events carry.
  init(_ plan: CorrelationPlan, layouts: [[String: Int]]) {
    rule = plan.rule
    detector = .correlation
    kind = plan.kind
    inputs = plan.inputs
    timespanNanoseconds = plan.timespanNanoseconds
    bounds = plan.bounds
    isDeferred = plan.isDeferred
    windowEventsMax = Self.windowEventsMax(plan)
    switch plan.kind {
    case .temporal, .temporalWhere: isTemporal = true
    default: isTemporal = false
    }
    isByAddress = plan.groupFields.allSatisfy { fields in
      fields.contains { Self.names(of: $0).contains("source.ip") }
    }
    countsAccounts = plan.valueFields.contains { Self.names(of: $0).contains("user.name") }
    switch plan.kind {
    case .valueSum, .valueAverage, .valuePercentile: isNumeric = true
    case .eventCount, .valueCount, .temporal, .temporalOrdered, .temporalWhere, .absence:
      isNumeric = false
    }
    grouping = .fields(
      plan.groupFields.map { fields in Self.places(of: fields, in: layouts) }
    )
    valuePlaces = Self.places(of: plan.valueFields, in: layouts)
  }

  /// Returns the group that an item belongs to, or `nil` if it lacks a field of it.
  ///
  /// - Parameters:
  ///   - item: The item.
  ///   - row: The row it was taken from, if it has just been.
  /// - Returns: The key of the group.
  func group(of item: CorrelationItem, in row: CapturedRow? = nil) -> String? {
    switch grouping {
    case .actor: return row?.actor ?? JoinKey.primary(item.event.entities.map(\.entity))
    case .fields(let places):
      guard let own = places[Int(item.input)][Int(item.rule)] else { return nil }
      return join(own) { row == nil ? item.event.field($0) : row?.field($0) }
    }
  }

  /// The most events that can be left in a window when the condition stops to hold, or `nil` if
  /// that is not bounded: the condition is a least number of events.
  var reopeningEventsMax: Int? {
    guard case .eventCount = kind, !bounds.isEmpty else { return nil }
    var most = 0.0
    for bound in bounds {
      guard bound.comparison == .atLeast || bound.comparison == .moreThan else { return nil }
      most = max(most, bound.value + 1)
    }
    return most < 1e6 ? max(1, Int(most.rounded(.up))) : nil
  }

  private static func windowEventsMax(_ plan: CorrelationPlan) -> Int {
    switch plan.kind {
    case .eventCount, .valueCount:
      let most = plan.bounds.reduce(0.0) { max($0, $1.value) }
      let needed = Int(min(max(0, most), Double(Limits.windowThresholdMax)))
      return max(Limits.windowEventsMax, 2 * needed)
    case .valueSum, .valueAverage, .valuePercentile: return Limits.windowValuesMax
    case .temporal, .temporalOrdered, .temporalWhere, .absence: return Limits.windowEventsMax
    }
  }

  /// Returns the value that is counted or added up, or `nil` if the entry lacks it.
  func value(of entry: GroupEntry) -> String? {
    guard !valuePlaces.isEmpty, let item = entry.item,
      let places = valuePlaces[Int(item.rule)], !places.isEmpty
    else { return nil }
    return join(places, item.event.field)
  }

  /// Returns a value as a finite number, or `nil` if it is none.
  func number(_ value: String) -> Double? {
    guard let number = Double(value), number.isFinite else { return nil }
    return number
  }

  private func join(_ places: [Int], _ field: (Int) -> String?) -> String? {
    var joined = ""
    for place in places {
      guard let value = field(place) else { return nil }
      if !joined.isEmpty { joined.append("\u{1f}") }
      joined.append(value)
    }
    return joined
  }

  private static func names(of field: String) -> [String] {
    field.split(separator: CorrelationPlan.nameSeparator).map(String.init)
  }

  private static func places(of fields: [String], in layouts: [[String: Int]]) -> [Int: [Int]] {
    var found: [Int: [Int]] = [:]
    for (rule, layout) in layouts.enumerated() {
      let places = fields.compactMap { layout[$0] }
      if places.count == fields.count { found[rule] = places }
    }
    return found
  }
}
