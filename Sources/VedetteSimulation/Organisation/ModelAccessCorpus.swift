public import VedetteEvent

/// An organisation's model traffic for days, with attacks in it and the truth about each event.
///
/// ```swift
/// let corpus = ModelAccessCorpus(attacks: [.extraction], difficulty: .hard, seed: 7)
/// for file in corpus.files { ... }
/// ```
///
/// The same arguments give the same bytes everywhere. Ordinary traffic has daily rhythms, heavy
/// tails, developers who roam, and once each a batch evaluation, a launch, a reindex, a model
/// upgrade, a provider's outage, a new region and a load test. Attacks happen after the days of
/// learning only. No range of addresses, no name and no hour tells friend from foe.
public struct ModelAccessCorpus: Sendable {
  /// A request that was hostile, or one that was not.
  public struct Event: Sendable {
    /// When it happened.
    public let time: EventTime
    /// The key's name.
    public let key: String
    /// The attack it was part of, or `nil` if there was no harm in it.
    public let attack: String?
    /// What it cost, in US dollars.
    public let dollars: Double
  }

  /// The attacks in it.
  public let attacks: [CorpusAttack]
  /// How hard they are to see.
  public let difficulty: CorpusDifficulty
  /// The logs, labels, expectations and README, by path.
  public let files: [ScenarioFile]
  /// Every event, in the order of their times.
  public let events: [Event]
  /// When the judged days begin.
  public let judgedFrom: EventTime
  /// The number of judged days.
  public let judgedDays: Int

  /// Generates a corpus.
  ///
  /// - Parameters:
  ///   - attacks: What happens in it; nothing for a benign one.
  ///   - difficulty: How hard it is to see.
  ///   - seed: Decides names, times, victims and order.
  ///   - keyCount: The number of keys, at least 40.
  ///   - learningDays: Days before the judged ones.
  ///   - judgedDays: Days in which attacks happen.
  ///   - instances: How often each attack happens.
  public init(
    attacks: [CorpusAttack],
    difficulty: CorpusDifficulty,
    seed: UInt64,
    keyCount: Int = 40,
    learningDays: Int = 2,
    judgedDays: Int = 1,
    instances: Int = 1
  ) {
    precondition(keyCount >= 40 && learningDays >= 1 && judgedDays >= 1, "too small a corpus")
    self.attacks = attacks
    self.difficulty = difficulty
    self.judgedDays = judgedDays
    judgedFrom = OrganisationTraffic.start.plus(minutes: learningDays * 1_440)
    let organisation = Organisation(seed: seed, keyCount: keyCount)
    var logs = CorpusLogs(seed: seed)
    OrganisationTraffic(organisation: organisation, days: learningDays + judgedDays)
      .write(to: &logs)
    var cast = CorpusCast(organisation: organisation, instances: instances)
    var labels: [AttackLabel] = []
    for kind in attacks {
      for number in 1...instances {
        var chance = Chance(seed: seed, stream: "start \(kind.rawValue) \(number)")
        // Between six in the morning and four in the afternoon of one of the days.
        let minutes = chance.integer(in: 0...judgedDays - 1) * 1_440 + chance.integer(in: 360...960)
        var intruder = CorpusIntruder(
          organisation: organisation,
          difficulty: difficulty,
          name: "\(kind.rawValue)-\(number)",
          start: judgedFrom.plus(minutes: minutes),
          victims: cast.victims(of: kind)
        )
        intruder.write(kind, to: &logs)
        labels.append(
          AttackLabel(
            attack: intruder.name,
            kind: kind.rawValue,
            first: intruder.start.wholeSecond,
            last: intruder.last.plus(seconds: 1).wholeSecond,
            entities: intruder.entities,
            severityMin: "medium"
          )
        )
      }
    }
    TwinTraffic(
      organisation: organisation,
      first: judgedFrom,
      dayCount: judgedDays,
      taken: cast.taken
    ).write(to: &logs)
    events = logs.events.sorted { $0.time < $1.time }.map {
      Event(
        time: $0.time,
        key: $0.key,
        attack: $0.attack,
        dollars: Double($0.microdollars) / 1_000_000
      )
    }
    files =
      CorpusDocuments(
        attacks: attacks,
        difficulty: difficulty,
        logs: logs,
        labels: labels,
        events: events
      ).files
  }
}

/// Chooses whom attacks happen to: nobody twice.
struct CorpusCast {
  let organisation: Organisation
  let instances: Int
  private(set) var taken: Set<Int> = []
  private var chance: Chance

  init(organisation: Organisation, instances: Int) {
    self.organisation = organisation
    self.instances = instances
    chance = Chance(seed: organisation.seed, stream: "cast")
  }

  mutating func victims(of kind: CorpusAttack) -> [OrganisationKey] {
    switch kind {
    case .llmjacking, .weights, .poisoning: [one(.cloud) { _ in true }]
    case .extraction, .keySharing: [one(.proxy) { $0.rhythm == .office || $0.rhythm == .allDay }]
    case .jailbreak: [one(.proxy) { $0.hasGuardrail && $0.rhythm == .office }]
    case .denialOfWallet: [one(.proxy) { $0.rhythm == .office }]
    case .agent: [one(.agent) { $0.hourlyHundredths <= 300 }]
    case .coordinatedExtraction:
      (0..<min(14, organisation.keys.count / 8)).map { _ in
        one(.proxy) {
          ($0.rhythm == .office || $0.rhythm == .developer) && $0.hourlyHundredths <= 1_000
        }
      }
    }
  }

  private mutating func one(
    _ home: KeyHome,
    _ matches: (OrganisationKey) -> Bool
  ) -> OrganisationKey {
    let all = organisation.keys(at: home) { !$0.isEmbedding && matches($0) }
    let free = all.filter { !taken.contains($0.index) }
    let key = chance.pick(free.isEmpty ? all : free)
    taken.insert(key.index)
    return key
  }
}
