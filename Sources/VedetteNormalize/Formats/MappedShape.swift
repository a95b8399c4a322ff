// A format whose table says all there is to know.
//
// The scanner writes every value to the column of its own name or of the field that the name is a
// spelling of. What is left is done here: copies from the first of several names, words that mean
// the same in all formats, the log source and the time.

import VedetteColumns
import VedetteEvent

/// Derives the fields of one format by its table.
struct MappedShape: JSONShape {
  /// A field that is copied, with the captures of its names.
  private struct Copy {
    var field: DerivedField
    var origin: OriginFields?
    /// The capture of the field's own name: then there is nothing to copy.
    var own: Int
    var sources: [Int]
    var rule: FormatMapping.Copy
  }

  private let table: FormatMapping
  private let context: ReadContext
  private let requires: [[Int]]
  private let times: [Int]
  private let choices: [(conditions: [(number: Int, patterns: [TextPattern])], source: LogSource)]
  private var copies: [Copy] = []
  private var constants: [(field: DerivedField, text: String)] = []
  private var contentFields: ContentFields
  private let hasContent: Bool
  private(set) var secretSpans: [Range<Int>] = []

  /// Creates a shape.
  ///
  /// - Parameters:
  ///   - table: The format's table.
  ///   - context: What must be known beside the bytes.
  init(_ table: FormatMapping, context: ReadContext) {
    self.table = table
    self.context = context
    let captures = table.captures
    let numbers = Dictionary(uniqueKeysWithValues: captures.enumerated().map { ($1, $0) })
    // Every name of a table is a capture.
    func number(_ name: String) -> Int {
      numbers[table.foldsCase ? name.lowercased() : name] ?? 0
    }
    requires = table.requires.map { $0.map(number) }
    times = table.times.map(number)
    choices = table.choices.map { choice in
      (choice.conditions.map { (number($0.name), $0.patterns) }, choice.source)
    }
    contentFields = ContentFields(context: context)
    hasContent = table.hasContent
    for rule in table.copies {
      let side = rule.field.split(separator: ".")
      copies.append(
        Copy(
          field: DerivedField(rule.field),
          origin: side.last == "ip" ? OriginFields(side: String(side[0])) : nil,
          own: number(rule.field),
          sources: rule.names.map(number),
          rule: rule
        )
      )
    }
    constants = table.constants.map { (DerivedField($0.field), $0.text) }
  }

  /// What the scanner is told of a table.
  static func plan(_ table: FormatMapping) -> JSONPlan {
    var plan = JSONPlan()
    plan.map(table.fields)
    plan.foldsCase = table.foldsCase
    plan.isAnywhere = table.isAnywhere
    plan.capture(table.captures.enumerated().map { ($1, $0) })
    plan.regions = table.regions
    plan.kept = table.kept
    plan.contentPrefixes = table.contentPrefixes.map { ($0.place, $0.role) }
    // A secret has no column of its own, under none of the names that it may have.
    for rule in table.copies where rule.transform == .secret {
      for name in rule.names {
        let number = plan.captures[table.foldsCase ? name.lowercased() : name]
        if let number { plan.uncolumnedCaptures.insert(number) }
      }
    }
    for (key, role) in table.contentKeys { plan.contentKeys[key.lowercased()] = role }
    for (key, role) in table.contentTexts { plan.contentTexts[key.lowercased()] = role }
    plan.uncolumned = Set(table.uncolumned)
    let envelopes = table.envelopes
    if !envelopes.isEmpty {
      plan.ownName = { path in
        guard let start = envelopes.first(where: { path.hasPrefix($0) }) else { return path }
        return String(path.dropFirst(start.count))
      }
    }
    return plan
  }

  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    guard isOfFormat(values) else {
      return .deadLetter(reason: "not a record of \(table.format.rawValue)")
    }
    secretSpans.removeAll(keepingCapacity: true)
    for index in constants.indices {
      constants[index].field.append(constants[index].text, to: builder)
    }
    for index in copies.indices { copy(index, values, to: builder) }
    if hasContent { contentFields.append(content, to: builder) }
    return .event(time: time(values), isYearless: false, logSource: logSource(values))
  }

  private func isOfFormat(_ values: borrowing CapturedValues) -> Bool {
    guard !requires.isEmpty else { return true }
    for names in requires {
      var hasAll = true
      for number in names where !values.hasValue(number) { hasAll = false }
      if hasAll { return true }
    }
    return false
  }

  private func time(_ values: borrowing CapturedValues) -> EventTime? {
    for number in times where values.hasValue(number) {
      if let time = values.withText(number, { context.time($0) }) { return time }
    }
    return nil
  }

  private func logSource(_ values: borrowing CapturedValues) -> LogSource {
    for choice in choices {
      var fits = true
      for condition in choice.conditions where fits {
        fits =
          values.hasValue(condition.number)
          && values.withText(condition.number) { text in
            condition.patterns.contains { $0.matches(text) }
          }
      }
      if fits { return choice.source }
    }
    return table.source
  }

  private mutating func copy(
    _ index: Int,
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    if values.hasValue(copies[index].own) { return }
    if copies[index].rule.transform == .secret { hideSecrets(copies[index].sources, values) }
    for number in copies[index].sources where values.hasValue(number) {
      if copies[index].rule.isList || copies[index].rule.takesLast {
        let texts = values.texts(number)
        var isWritten = false
        for text in copies[index].rule.takesLast ? texts.suffix(1) : texts[...]
        where write(text.utf8.span, index, to: builder) {
          isWritten = true
        }
        if isWritten { return }
      } else if values.withText(number, { write($0, index, to: builder) }) {
        return
      }
    }
    if let otherwise = copies[index].rule.otherwise {
      copies[index].field.append(otherwise, to: builder)
    }
  }

  private mutating func hideSecrets(_ numbers: [Int], _ values: borrowing CapturedValues) {
    for number in numbers where values.hasValue(number) {
      if values.withText(number, { $0.isSecret }) { secretSpans += values.places(number) }
    }
  }

  /// Writes a value as its rule says, and returns whether there was something to write.
  private mutating func write(
    _ text: Span<UInt8>,
    _ index: Int,
    to builder: EventBatchBuilder
  ) -> Bool {
    guard text.count > 0 else { return false }
    for pattern in copies[index].rule.exceptions where pattern.matches(text) { return false }
    if !copies[index].rule.words.isEmpty {
      for entry in copies[index].rule.words
      where entry.patterns.contains(where: { $0.matches(text) }) {
        copies[index].field.append(entry.word, to: builder)
        return true
      }
      return false
    }
    if copies[index].origin != nil {
      copies[index].origin?.append(peer: text, to: builder)
      return true
    }
    switch copies[index].rule.transform {
    case .none: copies[index].field.append(text, to: builder)
    case .duration(let power):
      guard let nanoseconds = text.decimal(timesPowerOfTen: power) else { return false }
      copies[index].field.append(nanoseconds, to: builder)
    case .lastSegment:
      let name = text.extracting(text.offset(afterLast: UInt8(ascii: "/"))..<text.count)
      copies[index].field.append(name, to: builder)
    case .after(let name):
      guard let part = text.pathPart(after: name) else { return false }
      copies[index].field.append(text.extracting(part), to: builder)
    case .words: copies[index].field.append(LiteLLMNames.category(String(text)), to: builder)
    case .secret: copies[index].field.append(context.shown(secret: text), to: builder)
    case .hexadecimal: copies[index].field.append(text.fromHexadecimal.span, to: builder)
    }
    return true
  }
}

extension OriginFields {
  /// Writes where something came from, in the forms that clouds write.
  ///
  /// `203.0.113.9:50412` and `[2001:db8::1]:443` lose their port. `81.2.69.***`, an address whose
  /// end is masked, is no address but the network `81.2.69.0/24`.
  mutating func append(peer text: Span<UInt8>, to builder: EventBatchBuilder) {
    if let masked = text.maskedNetwork { return network.append(masked, to: builder) }
    var range = text.all
    if text.hasPrefix("[", range), let close = text.first(UInt8(ascii: "]"), range) {
      range = 1..<close
    } else if let colon = text.last(.colon, range), text.first(.colon, range) == colon,
      AddressText.isIPv4(text.extracting(0..<colon))
    {
      range = 0..<colon
    }
    append(text.extracting(range), to: builder)
  }
}

extension ReadContext {
  /// How a key is shown: its name or id as it is, a whole secret as its hash.
  func shown(secret text: Span<UInt8>) -> String {
    let shown = String(text)
    guard text.isSecret else { return shown }
    return "sha256:" + secretHash(Array(shown.utf8)).prefix(16)
  }
}

extension Span<UInt8> {
  /// The number that the bytes write, with a fraction or not, times a power of ten.
  ///
  /// What is finer than one is left out; `nil` for what is no number or too large.
  func decimal(timesPowerOfTen power: Int) -> Int64? {
    let point = offset(of: UInt8(ascii: "."))
    guard var value = extracting(0..<point).integer else { return nil }
    var left = power
    var index = point + 1
    let isNegative = self[0] == UInt8(ascii: "-")
    while index < count {
      let digit = self[index] &- 0x30
      guard digit <= 9 else { return nil }
      if left > 0 {
        let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        value = scaled + (isNegative ? -Int64(digit) : Int64(digit))
        left -= 1
      }
      index += 1
    }
    for _ in 0..<left {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = scaled
    }
    return value
  }

  /// The part of a path that follows the part of a name, without regard to case.
  func pathPart(after name: String) -> Range<Int>? {
    let wanted = TextPattern(name)
    var isNext = false
    var start = 0
    while start <= count {
      let end = offset(of: UInt8(ascii: "/"), from: start)
      if isNext { return start < end ? start..<end : nil }
      isNext = wanted.matches(extracting(start..<end))
      start = end + 1
    }
    return nil
  }

  /// `81.2.69.0/24` of `81.2.69.***`.
  fileprivate var maskedNetwork: String? {
    guard hasSuffix(".***") || hasSuffix(".xxx") || hasSuffix(".XXX") || hasSuffix(".*") else {
      return nil
    }
    let end = offset(afterLast: UInt8(ascii: "."))
    let network = String(extracting(0..<end)) + "0"
    return AddressText.isIPv4(network.utf8.span) ? network + "/24" : nil
  }

  /// Whether the bytes look like a whole key and not like the name or id of one.
  fileprivate var isSecret: Bool {
    for start in [
      "sk-", "sk_", "Bearer ", "bearer ", "Basic ", "ABSK", "AIza", "gsk_", "xai-", "hf_",
      "bedrock-api-key-", "r8_", "nvapi-", "pplx-",
    ] as [StaticString] where hasPrefix(start) && count >= 20 {
      return true
    }
    return false
  }

  /// The bytes that hexadecimal digits write, NULs as blanks; the digits themselves if they are none.
  var fromHexadecimal: [UInt8] {
    var bytes: [UInt8] = []
    guard count > 0, count % 2 == 0 else { return extracting(0..<count).copied }
    bytes.reserveCapacity(count / 2)
    for index in 0..<count / 2 {
      guard let high = self[2 * index].hexValue, let low = self[2 * index + 1].hexValue else {
        return copied
      }
      let byte = high << 4 | low
      bytes.append(byte == 0 ? 0x20 : byte)
    }
    while bytes.last == 0x20 { bytes.removeLast() }
    return bytes
  }

  /// The bytes as an array.
  var copied: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for index in indices { bytes.append(self[index]) }
    return bytes
  }
}
