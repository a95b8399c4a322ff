import VedetteEvent

extension SourceActivity {
  /// Tells what is known of an entity, and how much those say who are asked about its new values.
  func status(at place: Int, _ context: SourceContext) -> EntityStatus {
    let entity = entities[place]
    var status = entity.status(context)
    let wanted = context.learning
    status.scopes.append(
      EntityStatus.Scope(
        name: "own",
        entities: 1,
        entitiesWanted: 1,
        ageNanoseconds: status.ageNanoseconds,
        events: status.events,
        isScoring: status.isNewsScoring,
        progress: "\(LearningText.days(status.ageNanoseconds, of: wanted)), "
          + LearningText.events(status.events, isScoring: status.isNewsScoring)
      )
    )
    let known = context.watermark.subtractingHeld(context.leastAge)
    let asked = neighbourhoods[entity.key.type]?.asked(known: known, by: entity, at: place) ?? []
    let signature = entity.values.signature(before: context.watermark)
    let peers = asked.filter { other in
      signature != nil && entities[other].values.signature(before: context.watermark) == signature
    }
    status.scopes.append(scope("peers", peers, Peerage.peersMin, context))
    status.scopes.append(scope("organisation", asked, Peerage.organisationMin, context))
    return status
  }

  private func scope(
    _ name: String,
    _ others: [Int],
    _ wanted: Int,
    _ context: SourceContext
  ) -> EntityStatus.Scope {
    let first = others.map { entities[$0].firstSeen }.min() ?? context.watermark
    let age = max(0, context.watermark.subtractingHeld(first))
    let events = others.reduce(UInt64(0)) { $0 &+ entities[$1].eventCount }
    let isScoring = others.count >= wanted
    let count = isScoring ? "\(others.count) others" : "\(others.count) of \(wanted) others"
    return EntityStatus.Scope(
      name: name,
      entities: others.count,
      entitiesWanted: wanted,
      ageNanoseconds: age,
      events: events,
      isScoring: isScoring,
      progress: "\(count), \(LearningText.days(age)) days, "
        + LearningText.events(events, isScoring: isScoring)
    )
  }
}

extension LearningText {
  /// Says how many events there are, as `212 events: not scoring yet`.
  static func events(_ count: UInt64, isScoring: Bool) -> String {
    "\(count) \(count == 1 ? "event" : "events"): \(isScoring ? "scoring" : "not scoring yet")"
  }
}
