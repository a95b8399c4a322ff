/// What the text at a path is, where it may be a person's words.
package enum ContentRole: UInt8, Sendable {
  /// Not content: kept as any other field.
  case none
  /// Content that belongs neither to the prompt nor to the answer, as what a tool returned.
  case other
  /// Part of what the model was asked.
  case prompt
  /// Part of what the model answered.
  case output
}

/// What a format wants of the paths of its records.
///
/// A path is the keys from the top joined by dots, `userIdentity.arn`; arrays do not show in it. A
/// key that holds dots itself is joined as it is, so that `{"a.b":1}` and `{"a":{"b":1}}` have the
/// same path.
struct JSONPlan {
  /// What a path's column is called, and by which other names it can be reached.
  struct Naming: Equatable {
    /// The column's name.
    var column: String
    /// Other names of the same column.
    var links: [String]
  }

  /// The normalized field of a path: both names reach one column.
  var fields: [String: String] = [:]
  /// Paths whose values the format looks at when the record is read, with the number it knows each
  /// by; several paths may have one number.
  var captures: [String: Int] = [:]
  /// The number of different captures.
  var captureCount = 0
  /// Whether captures are looked up without regard to case.
  var foldsCase = false
  /// Places below which everything is content unless ``kept`` names it: keys joined by slashes,
  /// `*` for any key that is not named otherwise.
  var regions: [(place: String, role: ContentRole)] = []
  /// Places inside regions that are no content.
  var kept: [String] = []
  /// Starts of paths that are content, where writers number their keys: `gen_ai.prompt.0.content`.
  var contentPrefixes: [(prefix: String, role: ContentRole)] = []
  /// Whether captures are found at any depth: by the end of their path.
  var isAnywhere = false
  /// Content by its last key, in lower case, wherever it is, with all that is below it.
  var contentKeys: [String: ContentRole] = [:]
  /// The same of which only the texts are content, not what is below.
  var contentTexts: [String: ContentRole] = [:]
  /// Paths that get no column.
  var uncolumned: Set<String> = []
  /// Captures that get no column.
  var uncolumnedCaptures: Set<Int> = []
  /// Paths whose element objects are pairs of a name and a value, as Windows has them.
  var pairLists: Set<String> = []
  /// Turns a path into the source's own name for it where the path has an envelope.
  var ownName: @Sendable (String) -> String = { $0 }
  /// Whether content is kept as columns too.
  var keepsContent = false

  /// Returns the capture's number of a path, or -1.
  func capture(_ path: String) -> Int {
    guard captureCount > 0 else { return -1 }
    let own = ownName(path)
    let name = foldsCase ? own.lowercased() : own
    if let number = captures[name] { return number }
    guard isAnywhere else { return -1 }
    var rest = name[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let number = captures[String(rest)] { return number }
    }
    return -1
  }

  /// Whether content is known by names and not only by places.
  var namesContent: Bool {
    !contentPrefixes.isEmpty || !contentKeys.isEmpty || !contentTexts.isEmpty
  }

  /// Returns what the values of a path are, and what those below it, by its start or last key.
  func roles(
    _ path: String,
    key: String,
    isCaptured: Bool
  ) -> (own: ContentRole, below: ContentRole) {
    if let role = contentPrefixes.first(where: { path.hasPrefix($0.prefix) })?.role {
      return (role, role)
    }
    guard !isCaptured, !(contentKeys.isEmpty && contentTexts.isEmpty) else { return (.none, .none) }
    let name = key.lowercased()
    if let role = contentKeys[name] { return (role, role) }
    return (contentTexts[name] ?? .none, .none)
  }

  /// Returns what the column of a path is called.
  func naming(_ path: String) -> Naming {
    let own = ownName(path)
    let column = fields[own] ?? own
    var links: [String] = []
    if own != column { links.append(own) }
    if path != own, path != column { links.append(path) }
    return Naming(column: column, links: links)
  }
}

extension JSONPlan {
  /// Adds a table of paths and their fields.
  ///
  /// - Parameter table: Pairs of a path and a field's name.
  mutating func map(_ table: [(raw: String, field: String)]) {
    for entry in table { fields[entry.raw] = entry.field }
  }

  /// Adds captures.
  ///
  /// - Parameter table: Pairs of a path and the number it is known by.
  mutating func capture(_ table: [(path: String, number: Int)]) {
    for entry in table {
      captures[entry.path] = entry.number
      captureCount = max(captureCount, entry.number + 1)
    }
  }
}
