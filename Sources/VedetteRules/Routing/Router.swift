package import VedetteEvent

/// Finds the routes of a rule's log source.
///
/// The first route is always the words themselves: an event whose log source says them, because its
/// reader does or the user asserted it, passes, also where no table knows them. The tables add the
/// routes by the fields of events. Each word of the log source is a gate, so that a category and a
/// service must both be passed.
package enum Router {
  /// One way to pass the gate of one word.
  private struct Passage {
    var product: String?
    var words: [String]?
    var conditions: [Route.Condition] = []
    var fieldMap: [String: String] = [:]
  }

  /// Returns every route of a log source.
  ///
  /// - Parameter source: The rule's log source, in lower case.
  /// - Returns: The routes, the words themselves first.
  package static func routes(_ source: LogSource) -> [Route] {
    let categories = passages(source.category, RoutingTable.categories, [:])
    let services = passages(source.service, RoutingTable.services, RoutingTable.serviceAliases)
    var routes: [Route] = []
    for category in categories {
      for service in services {
        if let route = route(source, category, service), !routes.contains(route) {
          routes.append(route)
        }
      }
    }
    return routes
  }

  private static func passages(
    _ word: String?,
    _ table: [String: [RouteEntry]],
    _ aliases: [String: [String]]
  ) -> [Passage] {
    guard let word else { return [Passage()] }
    let words = [word] + (aliases[word] ?? [])
    return [Passage(words: words)]
      + (table[word] ?? []).map {
        Passage(product: $0.product, conditions: $0.conditions, fieldMap: $0.fieldMap)
      }
  }

  /// Both gates together, or `nil` where they are of different products.
  private static func route(
    _ source: LogSource,
    _ category: Passage,
    _ service: Passage
  ) -> Route? {
    let known = [source.product, category.product, service.product].compactMap { $0 }
    guard let product = known.first else {
      return Route(categories: category.words, services: service.words)
    }
    guard known.allSatisfy({ $0 == product }) else { return nil }
    return Route(
      products: [product],
      admitsUnknownProduct: category.product != nil || service.product != nil,
      categories: category.words,
      services: service.words,
      conditions: category.conditions + service.conditions,
      fieldMap: category.fieldMap.merging(service.fieldMap) { first, _ in first }
    )
  }
}
