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
    /// The values, in lower case.
    package var values: [String]
  }

  /// The products that pass, in lower case, or `nil` for any.
  package var products: [String]?
  /// Whether an event of no known product passes too: its channel tells enough.
  package var admitsUnknownProduct = false
  /// The categories that pass, in lower case, or `nil` for any.
  package var categories: [String]?
  /// The services that pass, in lower case, or `nil` for any.
  package var services: [String]?
  /// What the event's own fields must be.
  package var conditions: [Condition] = []
  /// For a field that the rule names the field that these events have instead.
  package var fieldMap: [String: String] = [:]

  /// Whether an event's log source passes; its fields are another matter.
  ///
  /// - Parameter source: The event's log source, in lower case.
  /// - Returns: Whether it passes.
  package func admits(_ source: LogSource) -> Bool {
    func passes(_ gate: [String]?, _ part: String?) -> Bool {
      guard let gate else { return true }
      return part.map(gate.contains) ?? false
    }
    let isUnknown = admitsUnknownProduct && source.product == nil
    return (isUnknown || passes(products, source.product))
      && passes(categories, source.category) && passes(services, source.service)
  }
}

/// What a word of a log source stands for, as the tables say it.
struct RouteEntry: Sendable {
  /// The product that it is of.
  var product: String
  /// The category or service.
  var name: String
  /// What the event's own fields must be.
  var conditions: [Route.Condition]
  /// For a field that the rule names the field that these events have instead.
  var fieldMap: [String: String] = [:]

  init(
    _ product: String,
    _ name: String,
    _ conditions: [(field: String, values: [String])],
    map: [String: String] = [:]
  ) {
    self.product = product
    self.name = name
    self.conditions = conditions.map {
      Route.Condition(field: $0.field, values: $0.values.map { $0.lowercased() })
    }
    fieldMap = map
  }
}
