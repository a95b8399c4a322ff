package import VedetteEvent

/// One way in which events can be those that a rule looks at.
///
/// Every gate must be passed. A rule may have several routes, as a process creation is Sysmon's
/// event 1 and Security's event 4688, whose fields have other names.
package struct Route: Sendable, Hashable {
  /// A field of the event must have one of these values, without regard to case.
  package struct Condition: Sendable, Hashable {
    /// The field.
    package var field: String
    /// The values, as a rule writes them: `*` and `?` are wildcards, and `*` alone is any value.
    package var values: [String]
  }

  /// The products that pass, in lower case, or `nil` for any.
  package var products: [String]?
  /// Whether an event of no known product passes too: its fields tell enough.
  package var admitsUnknownProduct = false
  /// The categories that pass, in lower case, or `nil` for any.
  package var categories: [String]?
  /// Whether an event of no known category passes too.
  package var admitsUnknownCategory = false
  /// The services that pass, in lower case, or `nil` for any.
  package var services: [String]?
  /// Whether an event of no known service passes too.
  package var admitsUnknownService = false
  /// What the event's own fields must be.
  package var conditions: [Condition] = []
  /// For a field that the rule names the field that these events have instead.
  package var fieldMap: [String: String] = [:]

  /// Whether an event's log source passes; its fields are another matter.
  ///
  /// - Parameter source: The event's log source, in lower case.
  /// - Returns: Whether it passes.
  package func admits(_ source: LogSource) -> Bool {
    func passes(_ gate: [String]?, _ part: String?, _ admitsUnknown: Bool) -> Bool {
      guard let gate else { return true }
      return part.map(gate.contains) ?? admitsUnknown
    }
    return passes(products, source.product, admitsUnknownProduct)
      && passes(categories, source.category, admitsUnknownCategory)
      && passes(services, source.service, admitsUnknownService)
  }

  /// Returns the route that passes where both do, or `nil` where nothing can.
  func combined(with other: Route) -> Route? {
    guard let products = Self.both(products, other.products),
      let categories = Self.both(categories, other.categories),
      let services = Self.both(services, other.services)
    else { return nil }
    var route = self
    route.products = products
    route.categories = categories
    route.services = services
    route.admitsUnknownProduct =
      (admitsUnknownProduct || self.products == nil)
      && (other.admitsUnknownProduct || other.products == nil)
    route.admitsUnknownCategory =
      (admitsUnknownCategory || self.categories == nil)
      && (other.admitsUnknownCategory || other.categories == nil)
    route.admitsUnknownService =
      (admitsUnknownService || self.services == nil)
      && (other.admitsUnknownService || other.services == nil)
    for condition in other.conditions where !conditions.contains(condition) {
      route.conditions.append(condition)
    }
    route.fieldMap.merge(other.fieldMap) { first, _ in first }
    return route
  }

  /// What passes two gates: `.some(nil)` if both are open, `nil` if nothing passes both.
  private static func both(_ left: [String]?, _ right: [String]?) -> [String]?? {
    guard let left else { return .some(right) }
    guard let right else { return .some(left) }
    let common = left.filter(right.contains)
    return common.isEmpty ? nil : .some(common)
  }
}
