import VedetteDocuments
import VedetteEvent

/// Which fields events of a log source have, by the data files `fields*.yml`.
enum FieldTaxonomy {
  /// The fields of a log source.
  struct Fields: Sendable {
    /// The names as they are written.
    var names: [String]
    /// The names in lower case.
    private var folded: Set<String>
    /// The members below which everything is known, in lower case, with a dot behind them.
    private var prefixes: [String]
    /// Whether only names that begin as those of our own schema do can be unknown.
    private(set) var knowsOthers: Bool

    init(names: [String], below: [String], knowsOthers: Bool) {
      self.names = names + below
      self.knowsOthers = knowsOthers
      folded = Set((names + below).map { $0.lowercased() })
      prefixes = below.map { $0.lowercased() + "." }
    }

    /// Adds names.
    mutating func add(_ more: [String]) {
      names += more
      folded.formUnion(more.map { $0.lowercased() })
    }

    /// Adds those of another log source.
    mutating func join(_ other: Fields) {
      add(other.names)
      prefixes += other.prefixes
    }

    /// Whether a field is one of these, whatever its case.
    func contains(_ field: String) -> Bool {
      let name = field.lowercased()
      return folded.contains(name) || prefixes.contains { name.hasPrefix($0) }
        || FieldTaxonomy.normalized.contains(name)
        || knowsOthers && !isOwn(name) && FieldTaxonomy.slip(name) == nil
    }

    private func isOwn(_ name: String) -> Bool {
      FieldTaxonomy.ownPrefixes.contains { name.hasPrefix($0) }
    }

    /// The name that was probably meant by one that is not known.
    func nearest(to field: String) -> String? {
      let own = FieldTaxonomy.normalizedNames
      if isOwn(field.lowercased()) { return NearestName.of(field, in: own + names) }
      if knowsOthers { return FieldTaxonomy.slip(field) }
      return NearestName.of(field, in: names, editsMax: 1)
        ?? NearestName.of(field, in: own, editsMax: 1) ?? NearestName.of(field, in: names)
    }
  }

  /// The name of our own schema that one with a dot in it was probably meant to be, but for a letter.
  ///
  /// Names without one are too short, and too often a log's own, to be judged by that.
  fileprivate static func slip(_ field: String) -> String? {
    guard field.contains("."), field.utf8.count >= slipBytesMin else { return nil }
    return NearestName.of(field, in: normalizedNames, editsMax: 1)
  }

  private static let slipBytesMin = 8

  /// What the names begin with that are of our own schema and OpenTelemetry's alone.
  private static let ownPrefixes = ["gen_ai.", "ai."]
  private static let normalizedNames = FieldCatalog.fields.map(\.name)
  private static let normalized = Set(normalizedNames.map { $0.lowercased() })

  /// The data files, read.
  static let builtIn: [LogSource: Fields] = {
    var all: [LogSource: Fields] = [:]
    for (path, bytes) in [
      ("fields.yml", PackageResources.fields_yml),
      ("fields-windows.yml", PackageResources.fields_windows_yml),
      ("fields-models.yml", PackageResources.fields_models_yml),
    ] {
      do throws(MappingError) {
        all.merge(try FieldTableReader(path: path).read(bytes)) { _, _ in
          preconditionFailure("\(path) has a table of a log source that another file has")
        }
      } catch {
        preconditionFailure("the table of fields in the binary is damaged: \(error)")
      }
    }
    return all
  }()

  private static let all: [LogSource: Fields] = {
    var all = builtIn
    // What a routing table gives another name is found under that one.
    for entry in RoutingTable.builtIn.allEntries {
      let source = LogSource(
        product: entry.product,
        category: entry.category,
        service: entry.service
      )
      guard let fields = all[source] else { continue }
      let mapped = entry.passages.flatMap(\.fields.keys)
      all[source] = fields.adding(mapped.sorted())
    }
    return all
  }()

  /// What a product's events have whatever their category and service, by product.
  private static let ofProducts: [String: Fields] = {
    var products: [String: Fields] = [:]
    for (source, fields) in all.sorted(by: { $0.key.description < $1.key.description }) {
      guard let product = source.product, !fields.knowsOthers else { continue }
      if products[product] == nil {
        products[product] = fields
      } else {
        products[product]?.join(fields)
      }
    }
    return products
  }()

  /// The fields of a log source that no table lists: any, but no slips of our own names.
  private static let others = Fields(names: [], below: [], knowsOthers: true)

  /// Returns the fields of a log source.
  ///
  /// - Parameter source: The log source, in lower case.
  /// - Returns: The fields; of a product without category and service those of all its tables.
  static func fields(_ source: LogSource) -> Fields {
    if let fields = all[source] { return fields }
    if source.category != nil, let fields = all[LogSource(category: source.category)],
      fields.knowsOthers
    {
      return fields
    }
    guard source.category == nil, source.service == nil, let product = source.product,
      let fields = ofProducts[product]
    else { return others }
    return fields
  }
}

extension FieldTaxonomy.Fields {
  /// Returns these fields and others.
  func adding(_ more: [String]) -> FieldTaxonomy.Fields {
    var all = self
    all.add(more)
    return all
  }
}
