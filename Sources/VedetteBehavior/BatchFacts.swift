import VedetteColumns
import VedetteEvent
import VedetteFindings

/// What one event says about each of its entities.
struct RowFacts {
  var row: Int
  var time: Int64
  var isFailure: Bool
  /// Whether the account was only tried: nobody logged in as it, and it did nothing.
  var isUserClaimed: Bool
  var sums: MetricSums
  var values: AttributeHashes
}

/// Reads the facts out of a batch.
///
/// Whatever depends on a text is worked out once for each code of its dictionary. Bound to one
/// batch and used by one thread.
final class BatchFacts {
  let batch: EventBatch
  private var values: [CodedColumn?]
  private var outcome: CodedColumn?
  private var category: CodedColumn?
  private var claims: [CodedColumn]
  private let count: Column?
  private let bytes: [Column]
  private let transfers: [Column]
  private let tokens: [Column]
  private let cost: Column?
  private let extractor: EntityExtractor
  private var shown: WindowEvidence?
  private var shownRow = -1

  /// One record that stands for several can't stand for more than this.
  private static let weightMax = 1e9

  /// Creates the facts of a batch.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - hashes: What was worked out for earlier batches; ``giveBack(_:)`` adds to it.
  init(_ batch: EventBatch, _ hashes: CodeHashes) {
    self.batch = batch
    values = ValueAttribute.allCases.map { attribute in
      batch.column(attribute.field).map {
        CodedColumn($0, attribute.rawValue, hashes) { attribute.value(of: $0) }
      }
    }
    func flag(_ field: String, _ value: String) -> CodedColumn? {
      batch.column(field).map { CodedColumn($0, -1, hashes) { $0 == value ? $0 : nil } }
    }
    outcome = flag("event.outcome", "failure")
    category = flag("event.category", "authentication")
    claims = ["user.invalid", "user.unverified"].compactMap { flag($0, "true") }
    count = batch.column("event.count")
    bytes = ["ai.request.bytes", "ai.response.bytes"].compactMap(batch.column)
    // The bytes of a model file are those of the response that carried it.
    transfers = ["http.response.body.bytes", "ai.artifact.bytes"].compactMap(batch.column)
    tokens = ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"].compactMap(batch.column)
    cost = batch.column("ai.cost.usd")
    extractor = EntityExtractor(batch)
  }

  /// Gives back what was worked out, for the next batch.
  func giveBack(_ hashes: inout CodeHashes) {
    for column in values { column?.giveBack(&hashes) }
    for column in claims { column.giveBack(&hashes) }
    outcome?.giveBack(&hashes)
    category?.giveBack(&hashes)
  }

  /// Who takes part in an event.
  func entities(_ row: Int) -> [Entity] { extractor.entities(row) }

  /// Reads one event.
  ///
  /// A record that stands for several events counts as often as it says; its bytes, tokens and
  /// cost are those of all of them already.
  func facts(_ row: Int) -> RowFacts {
    let weight = Self.whole(max(1, min(count?.number(row) ?? 1, Self.weightMax)))
    let isFailure = (outcome?.hash(row) ?? 0) != 0
    var sums = MetricSums()
    sums[.events] = weight
    sums[.failures] = isFailure ? weight : 0
    sums[.tokens] = Self.sum(tokens, row)
    sums[.bytes] = Self.added(
      Self.sum(bytes, row),
      transfers.reduce(0) { max($0, Self.whole($1.number(row) ?? 0)) }
    )
    sums[.cost] = Self.whole((cost?.number(row) ?? 0) * 1e9)
    var hashes = AttributeHashes()
    for attribute in ValueAttribute.allCases {
      hashes[attribute] = values[attribute.rawValue]?.hash(row) ?? 0
    }
    hashes.combine()
    return RowFacts(
      row: row,
      time: batch.times[row],
      isFailure: isFailure,
      isUserClaimed: isUserClaimed(row, isFailure: isFailure),
      sums: sums,
      values: hashes
    )
  }

  private func isUserClaimed(_ row: Int, isFailure: Bool) -> Bool {
    if isFailure, (category?.hash(row) ?? 0) != 0 { return true }
    return claims.indices.contains { claims[$0].hash(row) != 0 }
  }

  /// The value that an event has of an attribute, or `nil` if it has none.
  func value(_ attribute: ValueAttribute, _ row: Int) -> String? {
    guard attribute == .combination else { return values[attribute.rawValue]?.value(row) }
    let parts = ValueAttribute.parts.compactMap { values[$0.rawValue]?.value(row) }
    return parts.count == ValueAttribute.parts.count ? parts.joined(separator: " from ") : nil
  }

  /// The address an event came from, as its log writes it.
  func address(_ row: Int) -> String { batch.column("source.ip")?.text(row) ?? "" }

  /// Where an event was read.
  func origin(_ facts: RowFacts) -> RecordOrigin { batch.origin(facts.row) }

  /// The event as a finding shows it; the copy of its bytes is shared by all its entities.
  func evidence(_ facts: RowFacts) -> WindowEvidence {
    if shownRow == facts.row, let shown { return shown }
    let evidence = WindowEvidence(
      time: facts.time,
      origin: batch.origin(facts.row),
      raw: Array(batch.rawBytes(facts.row).prefix(Limits.evidenceBytesMax))
    )
    shown = evidence
    shownRow = facts.row
    return evidence
  }

  private static func sum(_ columns: [Column], _ row: Int) -> UInt64 {
    columns.reduce(0) { added($0, whole($1.number(row) ?? 0)) }
  }

  private static func added(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  /// A number from a log as a whole one: nothing negative, nothing that is no number.
  private static func whole(_ number: Double) -> UInt64 {
    guard number > 0 else { return 0 }
    return number < 0x1p63 ? UInt64(number) : 1 << 63
  }
}

/// What was worked out for the codes of dictionaries, which outlive batches.
///
/// It only makes the next batch faster: without it, all would be worked out again.
struct CodeHashes: Sendable {
  struct Key: Hashable {
    let dictionary: UInt64
    let use: Int
  }

  /// Dictionaries come and go with workers and batches: past so many, none is worth keeping.
  private static let countMax = 512
  private(set) var known: [Key: [UInt64]] = [:]

  mutating func keep(_ hashes: [UInt64], for key: Key) {
    if known.count >= Self.countMax, known[key] == nil { known.removeAll() }
    known[key] = hashes
  }
}

/// A column of texts, with something worked out once for each distinct text.
struct CodedColumn {
  private let column: Column
  private let transform: (String) -> String?
  /// By code: 0 unknown, 1 nothing, else the hash.
  private var hashes: [UInt64]
  private let key: CodeHashes.Key?

  /// Creates a column.
  ///
  /// - Parameters:
  ///   - column: The texts.
  ///   - use: Which transform it is, among those of one column.
  ///   - hashes: What was worked out for earlier batches.
  ///   - transform: What a text is turned into.
  init(
    _ column: Column,
    _ use: Int,
    _ hashes: CodeHashes,
    _ transform: @escaping (String) -> String?
  ) {
    self.column = column
    self.transform = transform
    if case .texts(_, let dictionary) = column.values {
      key = CodeHashes.Key(dictionary: dictionary.identity, use: use)
    } else {
      key = nil
    }
    self.hashes = key.flatMap { hashes.known[$0] } ?? []
  }

  func giveBack(_ hashes: inout CodeHashes) {
    if let key { hashes.keep(self.hashes, for: key) }
  }

  /// The hash of what the row's text is turned into, or 0 if that is nothing.
  mutating func hash(_ row: Int) -> UInt64 {
    guard column.valid[row] else { return 0 }
    guard case .texts(let codes, _) = column.values else { return fresh(row) }
    let code = Int(codes[row])
    if code >= hashes.count {
      hashes.append(contentsOf: repeatElement(0, count: code + 1 - hashes.count))
    }
    if hashes[code] == 0 {
      let hash = fresh(row)
      hashes[code] = hash == 0 ? 1 : hash
    }
    return hashes[code] == 1 ? 0 : hashes[code]
  }

  func value(_ row: Int) -> String? { column.text(row).flatMap(transform) }

  private func fresh(_ row: Int) -> UInt64 {
    guard let value = value(row) else { return 0 }
    return max(2, StableHash.of(value))
  }
}

/// The entities of a batch of one kind, with their places in the table worked out once a text.
struct EntityColumn {
  let type: EntityType
  private let column: Column
  /// Used for rows that have no value in the first.
  private let fallback: Column?
  /// By code of the first column: -1 unknown, -2 none, else the place.
  private var places: [Int32] = []

  init?(_ batch: EventBatch, _ type: EntityType, _ field: String, or other: String? = nil) {
    let fallback = other.flatMap(batch.column)
    guard let column = batch.column(field) ?? fallback else { return nil }
    self.type = type
    self.column = column
    self.fallback = fallback
  }

  static func all(_ batch: EventBatch) -> [EntityColumn] {
    [
      EntityColumn(batch, .user, "user.name"),
      EntityColumn(batch, .ip, "source.ip"),
      EntityColumn(batch, .host, "host.name"),
      EntityColumn(batch, .accessKey, "cloud.access_key.id"),
      EntityColumn(batch, .apiKey, "ai.api_key.alias", or: "ai.api_key.hash"),
    ].compactMap { $0 }
  }

  /// The place of the row's entity, or `nil` if it has none.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - find: Finds the place of an entity, or refuses it.
  /// - Returns: The place.
  mutating func place(_ row: Int, _ find: (EntityKey) -> Int?) -> Int? {
    guard case .texts(let codes, _) = column.values, column.valid[row] else {
      return key(row).flatMap(find)
    }
    let code = Int(codes[row])
    if code >= places.count {
      places.append(contentsOf: repeatElement(-1, count: code + 1 - places.count))
    }
    if places[code] == -1 {
      guard let key = key(row) else {
        places[code] = -2
        return nil
      }
      // A refusal is not kept: there may be room at the next row.
      guard let place = find(key) else { return nil }
      places[code] = Int32(place)
    }
    return places[code] == -2 ? nil : Int(places[code])
  }

  /// Forgets the places, because some have changed.
  mutating func forget() { places.removeAll(keepingCapacity: true) }

  private func key(_ row: Int) -> EntityKey? {
    guard let value = column.text(row) ?? fallback?.text(row), !value.isEmpty, value != "-" else {
      return nil
    }
    return EntityKey(type: type, value: value)
  }
}
