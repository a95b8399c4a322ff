import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// The contacts of a source's entities with their targets.
struct ContactTable: Sendable {
  /// How many contacts there are, for the summary.
  private(set) var counts = ContactCounts()
  private var contacts: [Contact] = []
  private var isUsed: [Bool] = []
  private var places: [UInt64: Int] = [:]
  private var free: [Int] = []
  /// Those with times that the watermark has not passed.
  private var waiting: [Int] = []
  private var isWaiting: [Bool] = []
  private var found: [Contact.Found] = []
  private var changed: [Bool] = []
  private var removed: Set<UInt64> = []

  /// The pairs that are known.
  var count: Int { places.count }
  /// Those of them that are regular.
  var regularCount: Int {
    zip(contacts, isUsed).count { $1 && $0.regularSince != nil }
  }

  /// Notes an event.
  mutating func record(
    _ facts: RowFacts,
    _ batch: BatchFacts,
    _ columns: inout ContactColumns?,
    _ context: SourceContext
  ) {
    guard let pair = columns?.pair(facts.row), let columns,
      let place = place(of: pair, facts, columns)
    else { return }
    contacts[place].settle(context, into: &found)
    changed[place] = true
    if contacts[place].admits(facts.time) {
      var event = batch.evidence(facts)
      event.raw = Array(event.raw.prefix(Limits.contactEvidenceBytesMax))
      contacts[place].open(event, batch.entities(facts.row))
    }
    if !contacts[place].add(facts.time) { counts.refused += 1 }
    if !isWaiting[place] {
      isWaiting[place] = true
      waiting.append(place)
    }
  }

  private mutating func place(
    of pair: ContactColumns.Pair,
    _ facts: RowFacts,
    _ columns: ContactColumns
  ) -> Int? {
    let hash = pair.hash
    if let place = places[hash] { return place }
    // Between two evictions twice the limit is taken in, and no more.
    guard places.count < 2 * Limits.contactPairsMax else {
      counts.refused += 1
      return nil
    }
    guard let names = columns.names(facts.row), !ContactTarget.isMany(names.target) else {
      return nil
    }
    let contact = Contact(key: names.actor, target: names.target, pair: pair, time: facts.time)
    return insert(contact, hash)
  }

  private mutating func insert(_ contact: Contact, _ hash: UInt64) -> Int {
    let place = free.popLast() ?? contacts.count
    if place == contacts.count {
      contacts.append(contact)
      isUsed.append(true)
      changed.append(true)
      isWaiting.append(false)
    } else {
      contacts[place] = contact
      isUsed[place] = true
      changed[place] = true
      isWaiting[place] = false
    }
    places[hash] = place
    return place
  }

  /// Takes in what the watermark has passed.
  ///
  /// - Parameters:
  ///   - context: The watermark, and what scores are read against.
  ///   - statements: Where statements go.
  /// - Returns: The scores of what was found, for the budget.
  mutating func publish(
    _ context: SourceContext,
    into statements: inout [Statement]
  ) -> [Calibration.Entry] {
    guard !waiting.isEmpty || !found.isEmpty else { return [] }
    var grown: [Int] = []
    var still: [Int] = []
    for place in waiting {
      contacts[place].settle(context, into: &found)
      changed[place] = true
      if contacts[place].toldCount > contacts[place].shownCount { grown.append(place) }
      isWaiting[place] = !contacts[place].waiting.isEmpty
      if isWaiting[place] { still.append(place) }
    }
    waiting = still
    let entries = tell(context)
    found.removeAll(keepingCapacity: true)
    for place in grown {
      contacts[place].shownCount = contacts[place].toldCount
      if let statement = context.statement(contacts[place]) { statements.append(statement) }
    }
    return entries
  }

  /// Scores what was found, in the order of its times.
  private mutating func tell(_ context: SourceContext) -> [Calibration.Entry] {
    found.sort { ($0.time, $0.hash) < ($1.time, $1.hash) }
    var entries: [Calibration.Entry] = []
    for one in found {
      guard let place = places[one.hash], contacts[place].regularSince == one.time else { continue }
      let contact = contacts[place]
      let score = ContactScore(
        verdict: one.verdict,
        company: company(of: contact, before: one.time),
        regularTargets: regularTargets(of: contact, before: one.time),
        isInside: ContactTarget.isInside(contact.target)
      )
      let limits = context.limits(at: one.time)
      let least = limits.least[ScoreKind.rhythm.rawValue]
      let plain = Int(ContactScore.pointsPerUnit * score.value)
      let points = limits.points(.rhythm, score.value) ?? plain
      if score.value >= limits.leastStated(.rhythm) {
        contacts[place].told = Contact.Told(
          time: one.time,
          start: contact.opening?.time ?? contact.first,
          score: score,
          points: min(ContactScore.pointsMax, points),
          least: least,
          isFinding: score.value >= least
        )
      }
      entries.append(
        Calibration.Entry(
          end: one.time,
          kind: .rhythm,
          score: score.value,
          isFinding: score.value >= least,
          key: contact.key
        )
      )
    }
    return entries
  }

  /// Who else was known before a time, and had the target by then.
  private func company(of contact: Contact, before time: Int64) -> Company {
    var others = Set<UInt64>()
    var having = Set<UInt64>()
    for (other, isUsed) in zip(contacts, isUsed)
    where isUsed && other.first < time && other.pair.actor != contact.pair.actor
      && other.key.type == contact.key.type
    {
      others.insert(other.pair.actor)
      if other.pair.target == contact.pair.target { having.insert(other.pair.actor) }
    }
    return Company(others: others.count, having: having.count)
  }

  private func regularTargets(of contact: Contact, before time: Int64) -> Int {
    zip(contacts, isUsed).count { other, isUsed in
      guard isUsed, other.pair.actor == contact.pair.actor, let since = other.regularSince else {
        return false
      }
      return (since, other.pair.hash) < (time, contact.pair.hash)
    }
  }

  /// Lets go of the pairs that were silent longest.
  mutating func evict() {
    guard places.count > Limits.contactPairsMax else { return }
    let idle = contacts.indices.compactMap { place in
      isUsed[place] && !isWaiting[place]
        ? (contacts[place].newest, contacts[place].pair.hash, place) : nil
    }
    let excess = places.count - Limits.contactPairsMax * 7 / 8
    for (_, hash, place) in idle.sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }).prefix(excess) {
      isUsed[place] = false
      places[hash] = nil
      free.append(place)
      removed.insert(hash)
      counts.evicted += 1
    }
  }
}

/// What there was no room for.
struct ContactCounts: Sendable, Equatable {
  /// Pairs that had to go for others.
  var evicted = 0
  /// Events that could not be taken in.
  var refused = 0

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: evicted)
    writer.write(count: refused)
  }

  init() {}

  init(from reader: inout SnapshotReader) {
    evicted = Int(clamping: reader.variable())
    refused = Int(clamping: reader.variable())
  }
}

// Saving and restoring.
extension ContactTable {
  /// Takes the pairs that have changed since they were last taken: their hash, and their bytes or
  /// `nil` for those that are gone.
  mutating func takeChanges() -> [(hash: UInt64, bytes: [UInt8]?)] {
    var rows: [(hash: UInt64, bytes: [UInt8]?)] = []
    for hash in removed where places[hash] == nil { rows.append((hash, nil)) }
    removed = []
    for place in contacts.indices where changed[place] {
      changed[place] = false
      guard isUsed[place] else { continue }
      var writer = SnapshotWriter()
      contacts[place].write(to: &writer)
      rows.append((contacts[place].pair.hash, writer.bytes))
    }
    return rows
  }

  mutating func forgetChanges() { removed.removeAll() }

  mutating func restore(_ contact: Contact) {
    let place = insert(contact, contact.pair.hash)
    changed[place] = false
    guard !contact.waiting.isEmpty else { return }
    isWaiting[place] = true
    waiting.append(place)
  }

  mutating func restore(_ counts: ContactCounts) { self.counts = counts }
}
