import Glibc
import VedetteEvent

/// How many others of a kind had a value before a time.
struct Company: Sendable, Equatable {
  /// Those that were known long enough to say something.
  var others = 0
  /// Those of them that had the value.
  var having = 0

  /// Half of what it says about a value that so many of so many others had: 1 is neutral.
  ///
  /// - Parameter least: With fewer others nothing is said.
  /// - Returns: The points, of either sign; 0 where nothing is said.
  func points(atLeast least: Int) -> Double {
    guard others >= least else { return 0 }
    return (log(Double(others + 1) / Double(having + 1)) - 1) / 2
  }
}

/// What a new value of an entity is to those beside it.
struct Peerage: Sendable, Equatable {
  /// Entities of the kind that do the same things.
  var peers = Company()
  /// All entities of the kind.
  var organisation = Company()

  static let peersMin = 3
  static let organisationMin = 5

  /// What is said by those like it, added to what its own history says; 0 while they are too few.
  var peersPoints: Double { peers.points(atLeast: Self.peersMin) }
  /// What is said by all of the kind.
  var organisationPoints: Double { organisation.points(atLeast: Self.organisationMin) }
}

/// What tells whether an entity is asked about a new value of another.
struct Neighbour: Sendable {
  let type: EntityType
  var firstSeen: Int64
  let hash: UInt64

  init(_ entity: EntityActivity) {
    type = entity.key.type
    firstSeen = entity.firstSeen
    hash = entity.keyHash
  }
}

extension SourceActivity {
  /// Entities that are looked at for one new value; of more, every second, fourth and so on by hash.
  private static let lookedAtMax = 256

  /// Counts who had a value before an entity had it.
  ///
  /// Asked when the watermark has passed the value's event: by then whatever the others did before
  /// is known, in whatever order it came.
  ///
  /// - Parameters:
  ///   - news: The value.
  ///   - entity: Who has it now.
  ///   - place: Where that entity is.
  ///   - context: How long the others must be known.
  /// - Returns: The counts.
  /// - Complexity: O(*n*) in the entities of the source to count them, 24 bytes each; what they know
  ///   is looked at of 256 at most.
  func peerage(
    of news: NewValue,
    of entity: EntityActivity,
    at place: Int,
    _ context: SourceContext
  ) -> Peerage {
    let time = news.event.time
    let known = time.subtractingHeld(context.leastAge)
    let signature = entity.values.signature(before: time)
    let type = entity.key.type
    var counted: [Int] = []
    for (other, neighbour) in neighbours.enumerated() {
      guard let neighbour, neighbour.type == type, neighbour.firstSeen <= known, other != place
      else { continue }
      counted.append(other)
    }
    var mask: UInt64 = 0
    while counted.count > Self.lookedAtMax << mask.nonzeroBitCount { mask = mask << 1 | 1 }
    var peerage = Peerage()
    for other in counted where mask == 0 || (neighbours[other]?.hash ?? 0) & mask == 0 {
      let has = entities[other]?.values.has(news.attribute, news.hash, before: time) ?? false
      peerage.organisation.others += 1
      peerage.organisation.having += has ? 1 : 0
      guard let signature, entities[other]?.values.signature(before: time) == signature else {
        continue
      }
      peerage.peers.others += 1
      peerage.peers.having += has ? 1 : 0
    }
    return peerage
  }
}
