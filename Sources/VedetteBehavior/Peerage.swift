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

/// The entities of one kind in a source by when they were first seen, and thinner and thinner
/// samples of them by hash: whoever asks a few of those known at a time need not look at all.
struct Neighbourhood: Sendable {
  /// Of more entities, every second, fourth and so on by hash is asked.
  static let askedMax = 256

  private struct Resident: Sendable {
    var firstSeen: Int64
    var place: Int32

    func precedes(_ other: Resident) -> Bool {
      (firstSeen, place) < (other.firstSeen, other.place)
    }
  }

  /// All, then those whose hash ends in one zero bit, in two, and so on; each in order.
  private var levels: [[Resident]] = [[]]

  /// Takes in an entity.
  ///
  /// - Parameters:
  ///   - entity: The entity.
  ///   - place: Where it is among the source's.
  /// - Complexity: O(log *n*) for entities that come in the order of their times.
  mutating func insert(_ entity: EntityActivity, at place: Int) {
    let resident = Resident(firstSeen: entity.firstSeen, place: Int32(place))
    for level in 0...min(entity.keyHash.trailingZeroBitCount, 24) {
      if level == levels.count { levels.append([]) }
      levels[level].insert(resident, at: Self.index(of: resident, in: levels[level]))
    }
  }

  /// Moves an entity that turned out to have been there earlier.
  mutating func move(_ entity: EntityActivity, at place: Int, from firstSeen: Int64) {
    let old = Resident(firstSeen: firstSeen, place: Int32(place))
    for level in levels.indices {
      let index = Self.index(of: old, in: levels[level])
      guard index < levels[level].count, levels[level][index].place == old.place else { break }
      levels[level].remove(at: index)
    }
    insert(entity, at: place)
  }

  /// Lets go of the entities whose places are given up.
  mutating func removeAll(where isGone: (Int) -> Bool) {
    for level in levels.indices { levels[level].removeAll { isGone(Int($0.place)) } }
  }

  /// Returns the places of those who are asked.
  ///
  /// - Parameters:
  ///   - known: Only who was first seen until then.
  ///   - asking: Who asks, and is not asked.
  ///   - place: The place of who asks.
  /// - Returns: At most about ``askedMax`` places.
  func asked(known: Int64, by asking: EntityActivity, at place: Int) -> [Int] {
    let end = Resident(firstSeen: known, place: .max)
    let count = Self.index(of: end, in: levels[0]) - (asking.firstSeen <= known ? 1 : 0)
    var level = 0
    while count > Self.askedMax << level { level += 1 }
    guard level < levels.count else { return [] }
    let residents = levels[level][..<Self.index(of: end, in: levels[level])]
    return residents.compactMap { Int($0.place) == place ? nil : Int($0.place) }
  }

  /// Where a resident is, or would be put; those who come last are looked for first.
  private static func index(of resident: Resident, in all: [Resident]) -> Int {
    guard let last = all.last, !last.precedes(resident) else { return all.count }
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].precedes(resident) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension SourceActivity {
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
  /// - Complexity: O(log *n*) in the entities of the kind to count them; what they know is looked at
  ///   of 256 at most.
  func peerage(
    of news: NewValue,
    of entity: EntityActivity,
    at place: Int,
    _ context: SourceContext
  ) -> Peerage {
    let time = news.event.time
    let known = time.subtractingHeld(context.leastAge)
    let signature = entity.values.signature(before: time)
    var peerage = Peerage()
    let asked = neighbourhoods[entity.key.type]?.asked(known: known, by: entity, at: place) ?? []
    for other in asked {
      let has = entities[other].values.has(news.attribute, news.hash, before: time)
      peerage.organisation.others += 1
      peerage.organisation.having += has ? 1 : 0
      guard let signature, entities[other].values.signature(before: time) == signature else {
        continue
      }
      peerage.peers.others += 1
      peerage.peers.having += has ? 1 : 0
    }
    return peerage
  }
}
