import VedetteDocuments
import VedetteEvent
public import VedetteIncidents

/// Reads files of exceptions.
///
/// ```yaml
/// exceptions:
///   - id: nightly-scan
///     rule: 5f9c...                      # one or several
///     entity: [ip:10.4.0.0/16]           # type:value, with * or a network
///     source: /var/log/nginx/*           # as 'vedette sources' calls it
///     reason: our own scanner, ticket 118
///     expires: 2027-01-31
///     by: ada
/// ```
///
/// Each needs an id, a reason, an end, and at least one of rule, entity and source.
public struct ExceptionReader {
  private static let keys = ["id", "rule", "entity", "source", "reason", "expires", "by"]
  private let loader: ConfigurationLoader

  /// An exception and the lines of the file that it takes.
  public struct Placed: Sendable, Hashable {
    /// The exception.
    public var exception: FindingException
    /// Its lines, from one.
    public var lines: Range<Int>
  }

  /// Creates a reader.
  ///
  /// - Parameter path: The file's path, as errors name it.
  public init(path: String) { loader = ConfigurationLoader(path: path) }

  /// Reads a file.
  ///
  /// - Parameter bytes: The file's bytes.
  /// - Returns: The exceptions, in file order.
  /// - Throws: ``ConfigurationError`` at the first thing that is not understood: an exception that
  ///   is silently passed over is one that somebody believes in.
  public func read(_ bytes: [UInt8]) throws(ConfigurationError) -> [Placed] {
    let documents = try loader.documents(bytes)
    guard let root = documents.first else { return [] }
    let fields = try loader.mapping(root)
    for entry in fields.entries where entry.key != "exceptions" {
      throw loader.unknown(entry, of: ["exceptions"])
    }
    guard let list = fields["exceptions"] else { return [] }
    if list.scalar?.value == .null { return [] }
    guard let items = list.sequence else {
      throw loader.failure(list, "'exceptions' is a list, not \(list.kind)")
    }
    guard items.count <= Limits.exceptionsMax else {
      throw loader.failure(list, "\(items.count) exceptions, the limit is \(Limits.exceptionsMax)")
    }
    let end = bytes.count { $0 == UInt8(ascii: "\n") } + 2
    var placed: [Placed] = []
    for (index, item) in items.enumerated() {
      let next = index + 1 < items.count ? items[index + 1].position.line : end
      let exception = try exception(item)
      guard !placed.contains(where: { $0.exception.id == exception.id }) else {
        throw loader.failure(item, "'\(exception.id)' is the id of another exception too")
      }
      placed.append(Placed(exception: exception, lines: item.position.line..<next))
    }
    return placed
  }

  private func exception(_ node: Node) throws(ConfigurationError) -> FindingException {
    let fields = try loader.mapping(node)
    for entry in fields.entries where !Self.keys.contains(entry.key) {
      throw loader.unknown(entry, of: Self.keys)
    }
    func needed(_ key: String) throws(ConfigurationError) -> (String, Node) {
      guard let value = fields[key] else {
        throw loader.failure(node, "an exception needs an id, a reason and 'expires': no '\(key)'")
      }
      let text = try loader.text(value)
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw loader.failure(value, "'\(key)' is empty")
      }
      return (text, value)
    }
    var entities: [EntityPattern] = []
    for text in try list(fields, "entity") {
      guard let pattern = EntityPattern(text) else {
        let types = EntityType.allCases.map(\.rawValue).joined(separator: ", ")
        throw loader.failure(
          fields["entity"] ?? node,
          "'\(text)' is no entity; write type:value, the type one of \(types)"
        )
      }
      entities.append(pattern)
    }
    let (ending, place) = try needed("expires")
    guard let expires = EventTime(rfc3339: ending) ?? EventTime(rfc3339: ending + "T00:00:00Z")
    else {
      throw loader.failure(place, "'\(ending)' is no date; write one as 2027-01-31")
    }
    let exception = FindingException(
      id: try needed("id").0,
      rules: try list(fields, "rule"),
      entities: entities,
      sources: try list(fields, "source"),
      reason: try needed("reason").0,
      expires: expires,
      author: try fields["by"].map { node throws(ConfigurationError) in try loader.text(node) }
    )
    guard !exception.scope.isEmpty else {
      throw loader.failure(node, "an exception names a rule, an entity or a source: this hides all")
    }
    return exception
  }

  private func list(
    _ fields: Mapping,
    _ key: String
  ) throws(ConfigurationError) -> [String] {
    guard let node = fields[key] else { return [] }
    return try loader.texts(node)
  }
}
