import VedetteEvent
import VedetteFindings
import VedetteStatistics

// Who contacts what, and who is where.
extension SourceActivity {
  private static let contactMark = "contact\u{1f}"
  private static let travelMark = "travel\u{1f}"

  /// Notes where a user or a key was; who only named an account is not known to be its user.
  mutating func noteTravel(
    _ key: EntityKey,
    _ place: Place,
    _ facts: RowFacts,
    _ batch: BatchFacts
  ) {
    guard TravelTable.types.contains(key.type), !(facts.isUserClaimed && key.type == .user) else {
      return
    }
    travel.record(key, place, facts, batch)
  }

  /// Publishes what the watermark has passed.
  mutating func publishMoves(_ context: SourceContext, into statements: inout [Statement]) {
    for entry in contacts.publish(context, into: &statements) { calibration.add(entry) }
    for entry in travel.publish(context, into: &statements) { calibration.add(entry) }
  }

  /// Takes the rows of pairs and travellers that have changed.
  mutating func moveRows() -> [StateRow] {
    contacts.takeChanges().map { row(Self.contactMark + Self.hex($0.hash), nil, $0.bytes) }
      + travel.takeChanges().map { row(Self.travelMark + $0.key.description, nil, $0.bytes) }
  }

  /// Takes back a row of a pair or a traveller.
  ///
  /// - Parameters:
  ///   - name: The row's key without the source.
  ///   - reader: The row's bytes.
  /// - Returns: Whether they were understood; `nil` if the row is of something else.
  mutating func restoreMove(_ name: String, _ reader: inout SnapshotReader) -> Bool? {
    if name.hasPrefix(Self.contactMark) {
      guard let contact = Contact(from: &reader), reader.isComplete else { return false }
      contacts.restore(contact)
      return true
    }
    if name.hasPrefix(EntitySlots.rowMark) { return slots.restore(&reader) && reader.isComplete }
    guard name.hasPrefix(Self.travelMark) else { return nil }
    guard let traveller = Traveller(from: &reader), reader.isComplete else { return false }
    travel.restore(traveller)
    return true
  }

  func summarizeContacts(into summary: inout BehaviorSummary.Contacts) {
    summary.pairs += contacts.count
    summary.regular += contacts.regularCount
    summary.evicted += contacts.counts.evicted
    summary.refused += contacts.counts.refused
  }

  func summarizeTravel(into summary: inout BehaviorSummary.Travel) {
    summary.entities += travel.travellers.count
    summary.sightings += travel.travellers.values.reduce(0) { $0 + $1.sightings }
    summary.evicted += travel.counts.evicted
    summary.refused += travel.counts.refused
  }

  private static func hex(_ hash: UInt64) -> String {
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
