import VedetteEvent
import VedetteFindings

/// All that an incident is made of, without the findings themselves.
///
/// An attack that goes on for weeks has more findings than fit into memory. What an incident says
/// of them are sums, extremes and the worst of each kind, so they can be added one by one, in any
/// order, and let go when nothing can join them any more: the digest of some and the digest of the
/// others give the digest of all.
struct IncidentDigest: Sendable, Equatable {
  private static let entitiesMax = 256

  /// A place in the order of findings.
  private struct Place: Sendable, Comparable {
    var time: EventTime
    var id: FindingID

    static func < (left: Place, right: Place) -> Bool {
      (left.time, left.id) < (right.time, right.id)
    }
  }

  /// Where a tactic is mentioned: tactics of one finding stand in its own order.
  private struct Mention: Sendable, Comparable {
    var place: Place
    var index: Int

    static func < (left: Mention, right: Mention) -> Bool {
      (left.place, left.index) < (right.place, right.index)
    }
  }

  private struct Basis: Sendable, Equatable {
    var count: Int
    var fingerprint: UInt64
  }

  /// The number of findings.
  private(set) var count = 0
  private var founder: Place?
  private var worst: Finding?
  private var first: EventTime?
  private var last: EventTime?
  private var roles: [EntityKey: Part] = [:]
  private var techniques: Set<String> = []
  private var sources: Set<SourceID> = []
  /// When each tactic first occurred.
  private var tactics: [String: Mention] = [:]
  /// When a finding of each title first occurred, and the worst of them.
  private var kinds: [String: Kind] = [:]
  /// By basis, by rule or title.
  private var sums: [String: [String: Basis]] = [:]
  private var countMax = 0
  /// Whether there are findings of model access, and others.
  private var isOfModels = false
  private var isOfInfrastructure = false

  /// What an entity does: what findings of rules say of it counts before what behaviour does, which
  /// knows no target.
  private struct Part: Sendable, Equatable {
    var role: EntityRole
    var isOfRule: Bool

    /// Before another in the order of what counts, the same in any order of arrival.
    func precedes(_ other: Part) -> Bool {
      isOfRule != other.isOfRule ? isOfRule : role.order < other.role.order
    }
  }

  private struct Kind: Sendable, Equatable {
    var first: Place
    var worst: Finding
  }

  /// Adds a finding.
  ///
  /// - Parameters:
  ///   - finding: The finding.
  ///   - opens: Whether it is bad enough to open an incident.
  mutating func add(_ finding: Finding, opens: Bool) {
    let place = Place(time: finding.time, id: finding.id)
    count += 1
    if opens {
      founder = founder.map { min($0, place) } ?? place
      if worst.map({ RiskAccumulator.isWorse(finding, $0) }) ?? true { worst = finding }
    }
    first = first.map { min($0, finding.time) } ?? finding.time
    last = last.map { max($0, finding.lastTime) } ?? finding.lastTime
    let isOfRule = !RiskAccumulator.isBehavior(finding)
    for entity in finding.entities {
      add(entity.key, Part(role: entity.role, isOfRule: isOfRule))
    }
    techniques.formUnion(finding.techniques)
    sources.formUnion(finding.sources)
    for (index, tactic) in finding.tactics.enumerated() {
      add(tactic, Mention(place: place, index: index))
    }
    add(Kind(first: place, worst: finding))
    let rule = finding.rule?.id ?? finding.title
    for part in finding.basis {
      add(Basis(count: part.count, fingerprint: part.fingerprint), of: part.name, by: rule)
    }
    countMax = max(countMax, finding.count)
    let isOfModels = finding.isOfModels
    self.isOfModels = self.isOfModels || isOfModels
    isOfInfrastructure = isOfInfrastructure || !isOfModels
  }

  /// Adds what another digest says of other findings.
  mutating func add(_ other: IncidentDigest) {
    count += other.count
    if let place = other.founder { founder = founder.map { min($0, place) } ?? place }
    if let finding = other.worst, worst.map({ RiskAccumulator.isWorse(finding, $0) }) ?? true {
      worst = finding
    }
    if let time = other.first { first = first.map { min($0, time) } ?? time }
    if let time = other.last { last = last.map { max($0, time) } ?? time }
    for (key, part) in other.roles { add(key, part) }
    techniques.formUnion(other.techniques)
    sources.formUnion(other.sources)
    for (tactic, mention) in other.tactics { add(tactic, mention) }
    for kind in other.kinds.values { add(kind) }
    for (name, parts) in other.sums {
      for (rule, basis) in parts { add(basis, of: name, by: rule) }
    }
    countMax = max(countMax, other.countMax)
    isOfModels = isOfModels || other.isOfModels
    isOfInfrastructure = isOfInfrastructure || other.isOfInfrastructure
  }

  /// Lets go of what no incident says: entities past the most that are named.
  ///
  /// One that is let go comes back with the next finding that names it.
  mutating func trim() {
    guard roles.count > Self.entitiesMax else { return }
    roles = Dictionary(uniqueKeysWithValues: rankedRoles.map { ($0.key, $0.value) })
  }

  private mutating func add(_ key: EntityKey, _ part: Part) {
    if let known = roles[key], !part.precedes(known) { return }
    roles[key] = part
  }

  private mutating func add(_ tactic: String, _ mention: Mention) {
    tactics[tactic] = min(tactics[tactic] ?? mention, mention)
  }

  private mutating func add(_ kind: Kind) {
    let title = kind.worst.title
    guard var known = kinds[title] else { return kinds[title] = kind }
    known.first = min(known.first, kind.first)
    if RiskAccumulator.isWorse(kind.worst, known.worst) { known.worst = kind.worst }
    kinds[title] = known
  }

  private mutating func add(_ basis: Basis, of name: String, by rule: String) {
    let known = sums[name]?[rule] ?? Basis(count: 0, fingerprint: 0)
    sums[name, default: [:]][rule] = Basis(
      count: known.count + basis.count,
      fingerprint: known.fingerprint &+ basis.fingerprint
    )
  }

  private var rankedRoles: ArraySlice<(key: EntityKey, value: Part)> {
    roles.sorted { ($0.value.role.order, $0.key) < ($1.value.role.order, $1.key) }
      .prefix(Self.entitiesMax)
  }
}

extension IncidentDigest {
  /// The worst finding of each title, in the order in which the titles first occurred.
  var representatives: [Finding] {
    kinds.values.sorted { $0.first < $1.first }.map(\.worst)
  }

  /// Makes the incident.
  ///
  /// - Parameters:
  ///   - findings: The ids of its findings, as far as they are named.
  ///   - aliases: Ids that were used before for what is now this incident.
  ///   - assets: How critical entities are.
  /// - Returns: The incident, or `nil` if nothing opens one.
  func incident(
    findings: [FindingID],
    aliases: [FindingID],
    assets: AssetTable
  ) -> Incident? {
    guard let founder, let worst, let first, let last else { return nil }
    let tactics = tactics.sorted { $0.value < $1.value }.map(\.key)
    let terms = RiskAccumulator.terms(
      kinds.values.map(\.worst),
      RiskAccumulator.Circumstances(
        tactics: tactics,
        crossesToModels: isOfModels && isOfInfrastructure,
        asset: assets.mostCritical(of: roles.filter { $0.value.role != .source }.keys)
      )
    )
    var incident = Incident(
      id: founder.id,
      title: worst.title,
      risk: terms.reduce(0) { $0 + $1.points },
      riskTerms: terms,
      firstSeen: first,
      lastSeen: last,
      entities: rankedRoles.map {
        Entity(type: $0.key.type, value: $0.key.value, role: $0.value.role)
      },
      techniques: techniques.sorted(),
      tactics: tactics,
      findings: findings,
      eventCount: eventCount,
      sources: sources.sorted(),
      narrative: "",
      aliases: aliases.filter { $0 != founder.id }.sorted()
    )
    incident.findingCount = count
    return incident
  }

  /// Counts each basis once, by the detector that says most of it in all its findings.
  ///
  /// Rules that matched the same events are one basis; what behaviour
  /// detectors rest on counts only where no rule says anything.
  private var eventCount: Int {
    guard !sums.isEmpty else { return countMax }
    var seen: Set<UInt64> = []
    return sums.sorted { $0.key < $1.key }.reduce(0) { total, basis in
      guard
        let most = basis.value.values.max(by: {
          ($0.count, $0.fingerprint) < ($1.count, $1.fingerprint)
        }),
        seen.insert(most.fingerprint).inserted
      else { return total }
      return total + most.count
    }
  }
}

extension IncidentDigest {
  func write(to writer: inout StateWriter) {
    writer.write(count)
    writer.write(founder) { Self.write($1, to: &$0) }
    writer.write(worst) { $1.writeWithoutEvidence(to: &$0) }
    writer.write(first) { $0.write($1.nanosecondsSinceEpoch) }
    writer.write(last) { $0.write($1.nanosecondsSinceEpoch) }
    writer.write(roles.sorted { $0.key < $1.key }) { writer, entry in
      let part = entry.value
      writer.write(Entity(type: entry.key.type, value: entry.key.value, role: part.role))
      writer.write(part.isOfRule)
    }
    writer.write(techniques.sorted()) { $0.write($1) }
    writer.write(sources.sorted()) { $0.write($1.name) }
    writer.write(tactics.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      Self.write(entry.value.place, to: &writer)
      writer.write(entry.value.index)
    }
    writer.write(kinds.values.sorted { $0.first < $1.first }) { writer, kind in
      Self.write(kind.first, to: &writer)
      kind.worst.writeWithoutEvidence(to: &writer)
    }
    writer.write(sums.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value.sorted { $0.key < $1.key }) { writer, part in
        writer.write(part.key)
        writer.write(part.value.count)
        writer.write(part.value.fingerprint)
      }
    }
    writer.write(countMax)
    writer.write(isOfModels)
    writer.write(isOfInfrastructure)
  }

  init(from reader: inout StateReader) throws(StateError) {
    count = try reader.integer()
    founder = try reader.optional { reader throws(StateError) in try Self.place(from: &reader) }
    worst = try reader.optional { reader throws(StateError) in
      try Finding(withoutEvidenceFrom: &reader)
    }
    first = try reader.optional { reader throws(StateError) in
      EventTime(nanosecondsSinceEpoch: try reader.signed())
    }
    last = try reader.optional { reader throws(StateError) in
      EventTime(nanosecondsSinceEpoch: try reader.signed())
    }
    let parts = try reader.list { reader throws(StateError) in
      (try reader.entity(), try reader.bool())
    }
    for (entity, isOfRule) in parts {
      roles[entity.key] = Part(role: entity.role, isOfRule: isOfRule)
    }
    techniques = Set(try reader.list { reader throws(StateError) in try reader.text() })
    sources = Set(try reader.list { reader throws(StateError) in SourceID(try reader.text()) })
    let mentions = try reader.list { reader throws(StateError) in
      (
        try reader.text(),
        Mention(place: try Self.place(from: &reader), index: try reader.integer())
      )
    }
    for (tactic, mention) in mentions { tactics[tactic] = mention }
    let read = try reader.list { reader throws(StateError) in
      Kind(
        first: try Self.place(from: &reader),
        worst: try Finding(withoutEvidenceFrom: &reader)
      )
    }
    for kind in read { kinds[kind.worst.title] = kind }
    let bases = try reader.list { reader throws(StateError) in
      (
        try reader.text(),
        try reader.list { reader throws(StateError) in
          (
            try reader.text(),
            Basis(count: try reader.integer(), fingerprint: try reader.unsigned())
          )
        }
      )
    }
    for (name, parts) in bases { for (rule, basis) in parts { add(basis, of: name, by: rule) } }
    countMax = try reader.integer()
    isOfModels = try reader.bool()
    isOfInfrastructure = try reader.bool()
  }

  private static func write(_ place: Place, to writer: inout StateWriter) {
    writer.write(place.time.nanosecondsSinceEpoch)
    writer.write(place.id)
  }

  private static func place(from reader: inout StateReader) throws(StateError) -> Place {
    Place(
      time: EventTime(nanosecondsSinceEpoch: try reader.signed()),
      id: try reader.findingID()
    )
  }
}

extension Finding {
  /// Whether it is about the use of models, by what its detector says: techniques of ATLAS, a model
  /// or a key of a model service.
  fileprivate var isOfModels: Bool {
    techniques.contains { $0.hasPrefix("AML.") }
      || entities.contains { $0.type == .model || $0.type == .apiKey }
  }
}
