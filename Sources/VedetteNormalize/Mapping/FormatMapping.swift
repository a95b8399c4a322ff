package import VedetteEvent

/// What the records of a format call things: a data file read into values.
///
/// A JSON format needs nothing else; a format that has code says here which fields it fills.
package struct FormatMapping: Sendable {
  /// How a copied value is changed.
  package enum Transform: Sendable, Hashable {
    /// It is not.
    case none
    /// Seconds, milliseconds or microseconds as nanoseconds: times a power of ten.
    case duration(power: Int)
    /// What follows the last slash.
    case lastSegment
    /// The part of a path behind the part of this name, as that behind `projects`.
    case after(String)
    /// Lower case, words joined by `_`.
    case words
    /// Stays as it is if it is a key's name or id; a whole secret becomes its hash.
    case secret
    /// Bytes as hexadecimal digits, as the kernel writes what has blanks in it.
    case hexadecimal
  }

  /// A normalized field that gets a copy of the first of some names that a record has.
  package struct Copy: Sendable {
    /// The field.
    package var field: String
    /// The names, the best first.
    package var names: [String]
    /// How the value is changed.
    package var transform = Transform.none
    /// For values that match one of the patterns the word that is written, the first that fits.
    package var words: [(word: String, patterns: [TextPattern])] = []
    /// Values that say that there is none; then the next name is asked.
    package var exceptions: [TextPattern] = []
    /// What is written where the record has none of the names.
    package var otherwise: String?
    /// Whether all values are copied and not only the first.
    package var isList = false
    /// Whether the last of several values is taken.
    package var takesLast = false
  }

  /// A log source of events whose values match.
  package struct Choice: Sendable {
    /// What each name must hold.
    package var conditions: [(name: String, patterns: [TextPattern])]
    /// The log source.
    package var source: LogSource
  }

  /// The format.
  package var format: LogFormat
  /// What it is, in a few words.
  package var title = ""
  /// Names of which a record must have all of one list, or it is none of the format's.
  package var requires: [[String]] = []
  /// The log source where no choice fits.
  package var source = LogSource()
  /// Log sources of some events, the first that fits.
  package var choices: [Choice] = []
  /// Names of the event's time, the best first.
  package var times: [String] = []
  /// Names that are another spelling of a field: one column.
  package var fields: [(raw: String, field: String)] = []
  /// Fields that are copied.
  package var copies: [Copy] = []
  /// Fields that hold the same for every event.
  package var constants: [(field: String, text: String)] = []
  /// Fields that code fills.
  package var derived: [String] = []
  /// Whether names are looked up without regard to case.
  package var foldsCase = false
  /// Whether names are found at any depth.
  package var isAnywhere = false
  /// Keys whose texts may be JSON themselves.
  package var embedded: [String] = []
  /// Starts of paths that are no part of a name.
  package var envelopes: [String] = []
  /// Names that get no column of their own.
  package var uncolumned: [String] = []
  /// Places that are content, and content that is named by its last key wherever it is.
  package var regions: [(place: String, role: ContentRole)] = []
  /// Names of which texts are content, but not what is below them.
  package var contentTexts: [(place: String, role: ContentRole)] = []
  /// Keys that are content wherever they are.
  package var contentKeys: [(place: String, role: ContentRole)] = []
  /// Starts of paths that are content.
  package var contentPrefixes: [(place: String, role: ContentRole)] = []
  /// Places inside content that are none.
  package var kept: [String] = []

  /// Creates a mapping that says nothing.
  ///
  /// - Parameter format: The format.
  package init(_ format: LogFormat) { self.format = format }

  /// Every name whose value is looked at, once each, in the order of the file.
  package var captures: [String] {
    var names = requires.joined() + times
    for choice in choices { names += choice.conditions.map(\.name) }
    for copy in copies { names += [copy.field] + copy.names }
    var seen: Set<String> = []
    return names.map { foldsCase ? $0.lowercased() : $0 }.filter { seen.insert($0).inserted }
  }

  /// The normalized fields that events of the format may have, in the catalog's order.
  package var filledFields: [String] {
    var names = Set(derived)
    names.formUnion(fields.map(\.field))
    names.formUnion(copies.map(\.field))
    names.formUnion(constants.map(\.field))
    names.insert("@timestamp")
    if names.contains("source.ip") { names.insert("source.domain") }
    if copies.contains(where: { $0.field == "source.ip" }) { names.insert("source.network") }
    if hasContent {
      names.formUnion(["ai.prompt.length", "ai.prompt.hmac", "ai.output.length"])
      names.formUnion(["ai.prompt.simhash", "ai.prompt.patterns"])
      names.formUnion(["gen_ai.input.messages", "gen_ai.output.messages"])
    }
    return FieldCatalog.fields.map(\.name).filter { names.contains($0) }
  }

  /// Whether records may hold prompts and answers.
  package var hasContent: Bool {
    !regions.isEmpty || !contentTexts.isEmpty || !contentKeys.isEmpty || !contentPrefixes.isEmpty
  }
}
