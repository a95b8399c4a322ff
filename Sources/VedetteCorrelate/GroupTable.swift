import VedetteEvent

/// The groups of one correlation, each in a place of its own while it lives.
///
/// An event looks its group up once, by its key; everything else goes by places.
struct GroupTable {
  private(set) var states: [GroupState] = []
  private(set) var keys: [String] = []
  /// The keys of groups that were let go since the state was last saved.
  var removedKeys: Set<String> = []
  /// Where each group is, by its key.
  private(set) var places: [String: Int] = [:]
  private var free: [Int] = []
  private let template: GroupState

  init(plan: PreparedPlan) { template = GroupState(plan: plan) }

  /// The number of groups.
  var count: Int { places.count }

  /// Makes a group that has seen nothing, and returns its place.
  mutating func insert(_ key: String) -> Int {
    let place = free.popLast() ?? states.count
    if place == states.count {
      states.append(template)
      keys.append(key)
    } else {
      keys[place] = key
    }
    states[place].isUsed = true
    places[key] = place
    return place
  }

  /// Lets a group go.
  ///
  /// - Parameters:
  ///   - place: Where it is.
  ///   - isNoted: Whether its key is kept until the state is saved.
  mutating func remove(at place: Int, isNoted: Bool) {
    places[keys[place]] = nil
    if isNoted { removedKeys.insert(keys[place]) }
    keys[place] = ""
    states[place] = template
    free.append(place)
  }

  /// Changes a group where it is.
  mutating func update<Result>(
    _ place: Int,
    _ body: (inout GroupState) -> Result
  ) -> Result {
    body(&states[place])
  }
}
