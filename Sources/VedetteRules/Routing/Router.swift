package import VedetteEvent

/// Finds the routes of a rule's log source.
///
/// The first route is always the words themselves: an event whose log source says them, because its
/// reader does or the user asserted it, passes, also where no table knows them. The table adds the
/// routes by the fields of events. Each word of the log source is a gate, so that a category and a
/// service must both be passed.
package struct Router: Sendable {
  private static let depthMax = 8
  private let table: RoutingTable

  /// Creates a router.
  ///
  /// - Parameter table: What log sources stand for.
  package init(_ table: RoutingTable) { self.table = table }

  /// Returns every route of a log source by the tables in the binary.
  ///
  /// - Parameter source: The rule's log source, in lower case.
  /// - Returns: The routes, the words themselves first.
  package static func routes(_ source: LogSource) -> [Route] {
    Router(.builtIn).routes(source)
  }

  /// Returns every route of a log source.
  ///
  /// - Parameter source: The rule's log source, in lower case.
  /// - Returns: The routes, the words themselves first.
  package func routes(_ source: LogSource) -> [Route] { routes(source, depth: 0) }

  /// Whether events come to a rule for a log source without anybody asserting theirs: a reader says
  /// its words, or a table says by which fields its events are known.
  ///
  /// - Parameter source: The rule's log source, in lower case.
  /// - Returns: Whether a format that is read reaches it.
  package func reaches(_ source: LogSource) -> Bool {
    routes(source).contains { route in
      !route.conditions.isEmpty || table.readerSources.contains(where: route.admits)
    }
  }

  private func routes(_ source: LogSource, depth: Int) -> [Route] {
    var routes = [
      Route(
        products: source.product.map { [$0] },
        categories: source.category.map { [$0] },
        services: source.service.map { [$0] }
      )
    ]
    func add(_ route: Route) {
      if !routes.contains(route) { routes.append(route) }
    }
    for entry in table.entries(for: source) {
      for route in expanded(entry, source, depth: depth) { add(route) }
    }
    guard source.category != nil, source.service != nil else { return routes }
    let byCategory = self.routes(
      LogSource(product: source.product, category: source.category),
      depth: depth
    )
    let byService = self.routes(
      LogSource(product: source.product, service: source.service),
      depth: depth
    )
    for category in byCategory {
      for service in byService {
        if let route = category.combined(with: service) { add(route) }
      }
    }
    return routes
  }

  /// The routes of one entry, for rules of a log source.
  private func expanded(
    _ entry: RoutingTable.Entry,
    _ source: LogSource,
    depth: Int
  ) -> [Route] {
    guard depth < Self.depthMax else { return [] }
    var routes: [Route] = []
    for passage in entry.passages {
      for base in bases(of: passage, entry, depth: depth) {
        var route = base
        route.conditions += passage.conditions.filter { !base.conditions.contains($0) }
        for (field, name) in passage.fields { route.fieldMap[field] = base.fieldMap[name] ?? name }
        // An entry of no product says nothing of the rule's.
        if entry.product == nil, let product = source.product {
          let isOpen = route.products?.isEmpty ?? true
          guard isOpen || route.products?.contains(product) == true else { continue }
          route.products = [product]
        }
        routes.append(route)
      }
    }
    return routes
  }

  /// The gates for events that are known by their fields: those whose log source nobody has told.
  ///
  /// What an event is said to be goes before what its fields look like. Windows is apart: the reader
  /// tells its services by the channels of the same tables, and one channel may be two services.
  private static func byFields(_ entry: RoutingTable.Entry) -> Route {
    var route = Route(products: entry.product.map { [$0] } ?? [], admitsUnknownProduct: true)
    guard entry.product != "windows" else { return route }
    route.categories = entry.category.map { [$0] }
    route.admitsUnknownCategory = true
    route.services = entry.service.map { [$0] }
    route.admitsUnknownService = true
    return route
  }

  private func bases(
    of passage: RoutingTable.Passage,
    _ entry: RoutingTable.Entry,
    depth: Int
  ) -> [Route] {
    guard var base = passage.base else { return [Self.byFields(entry)] }
    if base.product == nil { base.product = entry.product }
    return routes(base, depth: depth + 1)
  }
}
