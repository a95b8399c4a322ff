import VedetteColumns
import VedetteEvent

/// Evaluates a rule on one event, the plain way: what every other way is held against.
///
/// It walks the rule as it is written and compares texts character by character. It shares with the
/// fast way only the reading of rules, the tables of routes, and the engine of regular expressions.
struct ReferenceEvaluator {
  let batch: EventBatch
  let row: Int
  /// Which events the rules' log sources stand for.
  var routing = RoutingTable.builtIn

  /// Whether a rule holds: by any route that the event takes to it.
  func matches(_ rule: Rule) -> Bool {
    routes(rule).contains { holds(rule.expression, $0.fieldMap) }
  }

  /// The routes that the event takes to a rule.
  func routes(_ rule: Rule) -> [Route] {
    let source = batch.logSource(row)
    let folded = LogSource(
      product: source.product?.lowercased(),
      category: source.category?.lowercased(),
      service: source.service?.lowercased()
    )
    let router = Router(routing)
    let routes = ([rule.logSource] + rule.otherLogSources).flatMap { router.routes($0) }
    return routes.filter { route in
      route.admits(folded)
        && route.conditions.allSatisfy { condition in
          elements(condition.field).contains { value in
            condition.values.contains {
              Self.isLike(value, TextPattern(parsing: $0), isCased: false)
            }
          }
        }
    }
  }

  /// Whether an expression holds, with fields under the names that the route gives them.
  func holds(_ expression: Expression, _ map: [String: String]) -> Bool {
    switch expression {
    case .item(let item): holds(item, map)
    case .not(let inner): !holds(inner, map)
    case .and(let parts): parts.allSatisfy { holds($0, map) }
    case .or(let parts): parts.contains { holds($0, map) }
    }
  }

  /// Whether an item holds, without its negation.
  func holds(_ item: DetectionItem, _ map: [String: String]) -> Bool {
    guard let field = item.field.map({ map[$0] ?? $0 }) else {
      return batch.schema.names.contains { name in
        !name.hasPrefix("_") && !(batch.column(name)?.derived[row] ?? false)
          && elements(name).contains { holds(item, $0, map) }
      }
    }
    let values = elements(field)
    if values.isEmpty { return holdsWithoutValue(item, field) }
    return values.contains { holds(item, $0, map) }
  }

  /// The elements of a field: one unless it is an array, none where it is absent or null.
  func elements(_ field: String) -> [String] {
    if let column = batch.column(field) { return column.texts(row) }
    guard field == "@timestamp", let time = batch.time(row) else { return [] }
    return [time.description]
  }

  private func holds(_ item: DetectionItem, _ value: String, _ map: [String: String]) -> Bool {
    func alternative(_ tests: [ValueTest]) -> Bool { tests.contains { holds($0, value, map) } }
    return item.requiresAll
      ? item.values.allSatisfy(alternative) : item.values.contains(where: alternative)
  }

  private func holdsWithoutValue(_ item: DetectionItem, _ field: String) -> Bool {
    let column = batch.column(field)
    let isNull = column?.null[row] ?? false
    let hasMembers =
      column?.empty[row] ?? false
      || batch.schema.members(of: field).contains { index in
        let member = batch.columns[index]
        return member.valid[row] || member.null[row] || member.empty[row]
      }
    let isThere = isNull || hasMembers
    func alternative(_ tests: [ValueTest]) -> Bool {
      tests.contains { $0 == .null && (isNull || !isThere) || $0 == .exists(isThere) }
    }
    return item.requiresAll
      ? item.values.allSatisfy(alternative) : item.values.contains(where: alternative)
  }

  private func holds(_ test: ValueTest, _ value: String, _ map: [String: String]) -> Bool {
    switch test {
    case .text(let pattern, let isCased):
      return Self.isLike(value, pattern, isCased: isCased)
    case .regex(let regex):
      var matcher = RegexMatcher(regex.regex)
      return matcher.matches(in: value.utf8.span)
    case .network(let network): return IPAddress(value).map(network.contains) ?? false
    case .number(let comparison, let bound):
      return ValueReading.number(value.utf8.span).map { comparison.holds($0, bound) } ?? false
    case .timePart(let part, let comparison, let bound):
      return ValueReading.time(value.utf8.span).map { comparison.holds($0.value(part), bound) }
        ?? false
    case .null: return false
    case .exists(let isWanted): return isWanted
    case .field(let reference):
      let others = elements(map[reference.field] ?? reference.field)
      return others.contains { Self.compares(value, $0, reference) }
    }
  }

  /// The lower case of each character by itself.
  static func folded(_ text: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return String(folded)
  }

  private static func compares(
    _ value: String,
    _ other: String,
    _ reference: FieldReference
  ) -> Bool {
    let left = Array((reference.isCased ? value : folded(value)).unicodeScalars)
    let right = Array((reference.isCased ? other : folded(other)).unicodeScalars)
    switch reference.mode {
    case .equals: return left == right
    case .startswith: return left.starts(with: right)
    case .endswith: return left.reversed().starts(with: right.reversed())
    case .contains:
      return left.indices.contains { left[$0...].starts(with: right) } || right.isEmpty
    }
  }

  private static func isLike(_ value: String, _ pattern: TextPattern, isCased: Bool) -> Bool {
    func text(_ bytes: [UInt8]) -> [Unicode.Scalar] {
      let text = String(decoding: bytes, as: UTF8.self)
      return Array((isCased ? text : folded(text)).unicodeScalars)
    }
    let scalars = Array((isCased ? value : folded(value)).unicodeScalars)
    // The places that the pieces so far can end at.
    var ends: Set<Int> = [0]
    for piece in pattern.pieces {
      var next: Set<Int> = []
      for end in ends {
        switch piece {
        case .anyRun: next.formUnion(end...scalars.count)
        case .anyOne: if end < scalars.count { next.insert(end + 1) }
        case .bytes(let bytes):
          let expected = text(bytes)
          if scalars[end...].starts(with: expected) { next.insert(end + expected.count) }
        case .dash:
          let dashes: [Unicode.Scalar] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"]
          if end < scalars.count, dashes.contains(scalars[end]) { next.insert(end + 1) }
        }
      }
      ends = next
    }
    return ends.contains(scalars.count)
  }
}
