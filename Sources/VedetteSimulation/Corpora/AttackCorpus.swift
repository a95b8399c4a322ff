public import VedetteEvent

/// Logs in which every line is labelled: attacks, decoys that resemble them, and ordinary work.
///
/// A corpus begins with an hour in which nothing happens, so that detectors know little. Its attacks
/// are fast, slow and distributed, some at the same time behind one address or key. The same seed
/// gives the same bytes.
public struct AttackCorpus: Sendable {
  /// Seeds that detectors may be tuned with.
  public static let developmentSeeds: ClosedRange<UInt64> = 1...6
  /// Seeds that say how good detectors are; nothing is tuned with them.
  public static let judgingSeeds: ClosedRange<UInt64> = 7_001...7_010

  /// One log.
  public struct File: Sendable {
    /// Its name.
    public let path: String
    /// Its bytes.
    public let bytes: [UInt8]
    /// The attack or decoy that each line belongs to; `nil` for ordinary work.
    public let labels: [String?]
  }

  /// Something that happens in a corpus and that its lines are labelled with.
  public struct Event: Sendable {
    /// Its label.
    public let label: String
    /// What it is, as `slow brute force`.
    public let kind: String
    /// Whether it is an attack; else nobody should be told of it.
    public let isAttack: Bool
    /// Who acts: an incident that names the actor has one of these as actor or source.
    public let actors: [EntityKey]
    /// What kind of attack it is: an incident that names it has one of these techniques.
    public let techniques: [String]
  }

  /// The corpus's name, `ssh-1`.
  public let name: String
  /// Its logs.
  public let files: [File]
  /// What happens in it.
  public let events: [Event]

  /// Makes the corpora of a seed: SSH, web, cloud and model access.
  ///
  /// - Parameter seed: Any number.
  /// - Returns: Four corpora.
  public static func all(seed: UInt64) -> [AttackCorpus] {
    [
      InfrastructureSSH(seed: seed).corpus, InfrastructureWeb(seed: seed).corpus,
      InfrastructureCloud(seed: seed).corpus, InfrastructureModels(seed: seed).corpus,
    ]
  }
}

/// What is collected while a corpus is written.
struct CorpusEvents {
  private(set) var all: [AttackCorpus.Event] = []

  /// Adds an attack and returns its label.
  mutating func attack(
    _ kind: String,
    by actors: [EntityKey],
    _ techniques: [String]
  ) -> String {
    add(kind, isAttack: true, actors, techniques)
  }

  /// Adds a decoy and returns its label.
  mutating func decoy(_ kind: String) -> String { add(kind, isAttack: false, [], []) }

  private mutating func add(
    _ kind: String,
    isAttack: Bool,
    _ actors: [EntityKey],
    _ techniques: [String]
  ) -> String {
    let label = "\(isAttack ? "attack" : "decoy") \(all.count + 1): \(kind)"
    all.append(
      AttackCorpus.Event(
        label: label,
        kind: kind,
        isAttack: isAttack,
        actors: actors,
        techniques: techniques
      )
    )
    return label
  }
}

extension LogTimeline {
  /// The lines as a labelled file.
  func file(_ path: String) -> AttackCorpus.File {
    AttackCorpus.File(path: path, bytes: bytes, labels: sorted.map(\.label))
  }
}

extension EntityKey {
  static func address(_ value: String) -> EntityKey { EntityKey(type: .ip, value: value) }
  static func account(_ value: String) -> EntityKey { EntityKey(type: .user, value: value) }
}

extension Chance {
  /// A time of the stretch in which attacks begin, an hour and more after the corpus begins.
  mutating func start(fromHour hour: Int = 9, toHour last: Int) -> EventTime {
    EventTime.at(hour, 1).plus(seconds: integer(in: 0...(last - hour) * 3_600))
  }

  /// Addresses of attackers that act alone, each different.
  mutating func addresses(_ count: Int) -> [String] { addresses(count, of: ["203.0.113"]) }

  /// Addresses of many machines in one hand, each different.
  mutating func herd(_ count: Int) -> [String] {
    addresses(count, of: ["198.18.4", "198.19.77", "198.18.201"])
  }

  private mutating func addresses(_ count: Int, of networks: [String]) -> [String] {
    var found: [String] = []
    while found.count < count {
      let address = "\(pick(networks)).\(integer(in: 10...149))"
      if !found.contains(address) { found.append(address) }
    }
    return found
  }
}
