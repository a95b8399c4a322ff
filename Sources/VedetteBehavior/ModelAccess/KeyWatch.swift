import Glibc
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Compares the calls of each key of one source with the habits of its owner.
///
/// Takes calls in the order of their times. A value or a purpose that is new stays on probation for
/// a day: what is seen with it is compared with the owner's and does not teach.
struct KeyWatch: Sendable, Equatable {
  static let foreignPromptRate = 0.9
  static let mixedPromptRate = 0.3
  static let purposePointsMax = 8.0
  static let othersMin = 2

  var habits: [EntityKey: KeyHabits] = [:]
  var rates = NoveltyRates()
  /// Who has each value, at most ``othersMin`` + 1 of them.
  var owners: [UInt64: [EntityKey]] = [:]
  var ordinal: Int64 = 0
  /// The time of the first call.
  var firstTime = Int64.max
  var evicted: UInt64 = 0
  var changed: Set<EntityKey> = []

  /// Takes the next call.
  ///
  /// - Parameters:
  ///   - call: A call, not earlier than those before.
  ///   - source: Where it was logged.
  ///   - signals: Where observations go.
  mutating func take(_ call: ModelCall, _ source: SourceID, into signals: inout [AccessSignal]) {
    // Taken out while they change: what two hold is copied with the first change.
    var own = habits.removeValue(forKey: call.subject) ?? KeyHabits(firstSeen: call.time)
    changed.insert(call.subject)
    firstTime = min(firstTime, call.time)
    let isKnown = own.isKnown(at: call.time)
    beginDay(&own, call.time, isKnown)
    own.enterHour(of: call.time)
    own.strange.begin(at: call.time)
    var found: [Observation] = []
    let isForeign = noteValues(call, &own, isKnown, &found)
    let isOther = notePrompt(call, &own, isKnown, isForeign, &found)
    noteAnswer(call, &own, isKnown, isStrange: isForeign || isOther, &found)
    notePace(call, &own, isKnown, &found)
    noteGuardrail(call, &own, isKnown, &found)
    own.calls += 1
    for one in found where own.strange.tells(one.name, one.points) {
      if one.points >= 2 { own.wasStrange = true }
      ordinal += 1
      signals.append(signal(one, call, own, source))
    }
    habits[call.subject] = own
    if habits.count > Limits.entitiesMax { evict() }
  }

  /// Whether somebody is known to have made calls for a day and more.
  func isKnown(_ subject: EntityKey, at time: Int64) -> Bool {
    habits[subject]?.isKnown(at: time) ?? false
  }

  private struct Observation {
    var family: SignalFamily
    var name: String
    var points: Double
    var observed: Double
    var expected: Double?
  }

  private func signal(
    _ one: Observation,
    _ call: ModelCall,
    _ own: KeyHabits,
    _ source: SourceID
  ) -> AccessSignal {
    AccessSignal(
      subject: call.subject,
      family: one.family,
      name: one.name,
      time: call.time,
      ordinal: ordinal,
      source: source,
      points: one.points,
      observed: one.observed,
      expected: one.expected,
      value: nil,
      calls: own.strange.count,
      cost: own.strange.cost,
      entities: call.entities,
      evidence: call.evidence
    )
  }

  private mutating func beginDay(_ own: inout KeyHabits, _ time: Int64, _ isKnown: Bool) {
    let day = time / KeyHabits.day
    guard day > own.lastDay else { return }
    own.lastDay = day
    guard isKnown else { return }
    for attribute in CallAttribute.allCases {
      let kind = NoveltyRates.kind(
        novelties: own.novelties[attribute.rawValue],
        values: own.values[attribute.rawValue].count
      )
      rates.beginDay(attribute, kind: kind)
    }
  }

  /// Notes where a call comes from and what it asks for; returns whether it comes from elsewhere.
  private mutating func noteValues(
    _ call: ModelCall,
    _ own: inout KeyHabits,
    _ isKnown: Bool,
    _ found: inout [Observation]
  ) -> Bool {
    var isForeign = false
    for attribute in CallAttribute.allCases where call[attribute] != 0 {
      let hash = call[attribute]
      let noted = own.note(attribute, hash, at: call.time, isLearning: !isKnown)
      if attribute == .network, noted.isOnProbation { isForeign = true }
      guard noted.isNew else { continue }
      let sharedBy = noteOwner(hash, attribute, call.subject)
      guard isKnown else { continue }
      let index = attribute.rawValue
      // The new one is among the values already.
      let kind = NoveltyRates.kind(
        novelties: own.novelties[index],
        values: own.values[index].count - 1
      )
      let rate = rates.rate(attribute, kind: kind)
      own.novelties[index] &+= 1
      rates.note(attribute, kind: kind)
      let points = min(6, -log(rate)) * (sharedBy >= Self.othersMin ? 0.4 : 1)
      guard points >= 0.5 else { continue }
      found.append(
        Observation(
          family: attribute == .model || attribute == .operation ? .purpose : .origin,
          name: attribute.name,
          points: attribute == .model ? min(points, 4) : points,
          observed: 1,
          expected: rate
        )
      )
    }
    return isForeign
  }

  /// Returns how many others had the value before.
  private mutating func noteOwner(
    _ hash: UInt64,
    _ attribute: CallAttribute,
    _ subject: EntityKey
  ) -> Int {
    let key = hash &+ UInt64(attribute.rawValue)
    var list = owners[key] ?? []
    let others = list.count { $0 != subject }
    if !list.contains(subject), list.count <= Self.othersMin {
      if owners.count >= Limits.entitiesMax, list.isEmpty { return others }
      list.append(subject)
      owners[key] = list
    }
    return others
  }

  /// Compares a prompt with the purposes of its key; returns whether it is for another.
  private func notePrompt(
    _ call: ModelCall,
    _ own: inout KeyHabits,
    _ isKnown: Bool,
    _ isForeign: Bool,
    _ found: inout [Observation]
  ) -> Bool {
    guard call.similarity != 0 else { return isForeign && isKnown }
    let usual = own.unknownShare
    let isOwn = own.purposes.note(call.similarity, at: call.time, isLearning: !isKnown)
    own.prompts += 1
    if !isOwn { own.unknownPrompts += 1 }
    guard isKnown else {
      // While learning what is unknown is what was not there before.
      return false
    }
    if isForeign {
      let change = Self.ratio(isOwn, usual, Self.foreignPromptRate)
      let sum = max(-6, min(Self.purposePointsMax, own.strange.foreignPrompts + change))
      own.strange.foreignPrompts = sum
      found.append(
        Observation(
          family: .purpose,
          name: "prompts_from_there",
          points: sum,
          observed: isOwn ? 0 : 1,
          expected: usual
        )
      )
    } else {
      let change = Self.ratio(isOwn, usual, Self.mixedPromptRate)
      let before = own.strange.prompts
      own.strange.prompts = max(0, min(Self.purposePointsMax, before + change))
      if own.strange.prompts != before, max(before, own.strange.prompts) >= 1 {
        found.append(
          Observation(
            family: .purpose,
            name: "prompts",
            points: own.strange.prompts,
            observed: isOwn ? 0 : 1,
            expected: usual
          )
        )
      }
    }
    return !isOwn
  }

  /// How much likelier a prompt is a stranger's.
  private static func ratio(_ isOwn: Bool, _ usual: Double, _ stranger: Double) -> Double {
    // Now and then a prompt of the owner is worded unlike the others: one alone says little.
    let usual = min(max(usual, 0.03), 0.97)
    return isOwn ? log((1 - stranger) / (1 - usual)) : log(stranger / usual)
  }

  private func noteAnswer(
    _ call: ModelCall,
    _ own: inout KeyHabits,
    _ isKnown: Bool,
    isStrange: Bool,
    _ found: inout [Observation]
  ) {
    let length = log(1 + Double(call.outputTokens))
    guard isKnown, isStrange else {
      if call.outputTokens > 0 { own.answers.add(length) }
      return
    }
    own.strange.note(call)
    if call.outputTokens > 0, own.answers.count >= 20 {
      own.strange.answerCount += 1
      own.strange.answerSum += own.answers.distance(length, leastSpread: 0.35)
      let mean = own.strange.answerSum / own.strange.answerCount
      if own.strange.answerCount >= 5 {
        found.append(
          Observation(
            family: .answers,
            name: "answer_length",
            points: max(0, min(5, (mean - 0.8) * 2.5)),
            observed: Double(call.outputTokens),
            expected: exp(own.answers.mean) - 1
          )
        )
      }
    }
    if let variation = own.strange.gapVariation {
      found.append(
        Observation(
          family: .answers,
          name: "rhythm",
          points: variation < 0.35 ? 2 : 0,
          observed: variation,
          expected: 1
        )
      )
    }
  }

  private func notePace(
    _ call: ModelCall,
    _ own: inout KeyHabits,
    _ isKnown: Bool,
    _ found: inout [Observation]
  ) {
    own.callsThisHour += 1
    own.costThisHour += call.cost
    guard isKnown else { return }
    let parts = [
      ("calls_in_hour", own.hourlyCalls, Double(own.callsThisHour), 20.0),
      ("cost_in_hour", own.hourlyCost, Double(own.costThisHour), 50_000.0),
    ]
    for (name, level, amount, least) in parts where level.count >= 8 && amount >= least {
      let distance = level.distance(log(1 + amount), leastSpread: 0.5)
      guard distance >= 2.5 else { continue }
      found.append(
        Observation(
          family: .pace,
          name: name,
          points: min(5, (distance - 2) * 1.2),
          observed: amount,
          expected: exp(level.mean) - 1
        )
      )
    }
  }

  private func noteGuardrail(
    _ call: ModelCall,
    _ own: inout KeyHabits,
    _ isKnown: Bool,
    _ found: inout [Observation]
  ) {
    switch call.guardrail {
    case .unknown: return
    case .passed, .blocked:
      own.guarded += 1
      own.unguardedRun = 0
    case .notRun:
      own.unguardedRun += 1
      if own.unguardedRun == 5, isKnown, own.guarded >= 50, own.guarded * 20 > own.calls * 19 {
        found.append(
          Observation(
            family: .control,
            name: "guardrail_left_out",
            points: 5,
            observed: 5,
            expected: 0
          )
        )
      }
    }
  }

  /// Lets go of the eighth that was seen longest ago.
  private mutating func evict() {
    let stalest = habits.sorted { ($0.value.lastDay, $0.key) < ($1.value.lastDay, $1.key) }
    for (key, _) in stalest.prefix(habits.count / 8) {
      habits[key] = nil
      evicted += 1
    }
  }
}
