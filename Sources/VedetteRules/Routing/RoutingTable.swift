package import VedetteEvent

/// Which events a log source of rules stands for, as the data files in `Resources` and a user's
/// mapping say it.
package struct RoutingTable: Sendable, Hashable {
  /// What a log source stands for beside its own words.
  package struct Entry: Sendable, Hashable {
    /// The product of rules that it is for, or `nil` for any.
    package var product: String?
    /// The category of rules that it is for, or `nil` for those that name none.
    package var category: String?
    /// The service of rules that it is for, or `nil` for those that name none.
    package var service: String?
    /// The ways to be such an event.
    package var passages: [Passage]
  }

  /// One way to be an event of a log source.
  package struct Passage: Sendable, Hashable {
    /// The log source that the event must be of; of no product if it is the entry's own.
    package var base: LogSource?
    /// What the event's fields must be.
    package var conditions: [Route.Condition] = []
    /// For a field that rules name the field that these events have instead.
    package var fields: [String: String] = [:]
  }

  /// A table without entries: every word stands for itself alone.
  package static let empty = RoutingTable()

  private struct Words: Hashable {
    var category: String?
    var service: String?
  }

  private var entries: [Words: [Entry]] = [:]
  /// What the readers of formats say of their events.
  package private(set) var readerSources: [LogSource] = []

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - entries: What log sources stand for.
  ///   - readerSources: What the readers of formats say of their events.
  package init(_ entries: [Entry] = [], readerSources: [LogSource] = []) {
    add(entries)
    self.readerSources = readerSources
  }

  /// Adds entries; an entry for a log source that has one is one more way.
  ///
  /// - Parameter more: The entries.
  package mutating func add(_ more: [Entry]) {
    for entry in more {
      entries[Words(category: entry.category, service: entry.service), default: []].append(entry)
    }
  }

  /// Adds what readers say.
  mutating func add(readers sources: [LogSource]) { readerSources += sources }

  /// Returns the entries for a rule's log source.
  ///
  /// - Parameter source: The log source, in lower case.
  /// - Returns: The entries whose category and service are just these, and whose product fits.
  package func entries(for source: LogSource) -> [Entry] {
    guard source.category != nil || source.service != nil else { return [] }
    let found = entries[Words(category: source.category, service: source.service)] ?? []
    return found.filter {
      $0.product == nil || source.product == nil || $0.product == source.product
    }
  }

  /// Every entry, ordered by its words.
  package var allEntries: [Entry] {
    func words(_ entry: Entry) -> String {
      [entry.product, entry.category, entry.service].map { $0 ?? "" }.joined(separator: " ")
    }
    return entries.values.joined().sorted { words($0) < words($1) }
  }
}

extension RoutingTable {
  /// The tables in the binary.
  package static let builtIn: RoutingTable = {
    var table = RoutingTable()
    for file in builtInFiles {
      do throws(MappingError) {
        try RoutingTableReader(path: file.name).read(file.bytes, into: &table)
      } catch {
        preconditionFailure("the tables in the binary are damaged: \(error)")
      }
    }
    return table
  }()

  /// The data files, by name.
  static let builtInFiles: [(name: String, bytes: [UInt8])] = [
    ("formats.yml", PackageResources.formats_yml),
    ("windows-channels.yml", PackageResources.windows_channels_yml),
    ("windows-categories.yml", PackageResources.windows_categories_yml),
    ("unix.yml", PackageResources.unix_yml),
    ("cloud.yml", PackageResources.cloud_yml),
    ("network.yml", PackageResources.network_yml),
  ]
}
