import VedetteEvent
import VedetteFindings
import VedetteStatistics

extension SourceContext {
  /// States that an entity changed its place faster than anything flies.
  func statement(_ told: Traveller.Told, of key: EntityKey) -> Statement {
    let journey = told.journey
    var entities = told.entities
    let own = Entity(type: key.type, value: key.value, role: .actor)
    if !entities.contains(where: { $0.key == key }) { entities.insert(own, at: 0) }
    let time = journey.to.first
    var finding = finding(
      .newValue,
      id: ["travel", EventTime(nanosecondsSinceEpoch: time).description],
      entity: key,
      title: "Impossible travel of \(key.type.words)",
      score: told.points,
      time: min(journey.from.first, time),
      lastTime: max(told.last, time),
      detected: time,
      count: UInt64(told.count),
      [journey.from.event, journey.to.event].sorted { $0.precedes($1) },
      explanation(told)
    )
    finding.entities = entities
    return Statement(
      finding: finding,
      end: time,
      isFinding: told.isFinding,
      key: key,
      start: min(journey.from.first, time)
    )
  }

  private func explanation(_ told: Traveller.Told) -> Explanation {
    let journey = told.journey
    let least =
      told.isFinding ? told.least : min(told.least, ScoreKind.travel.leastUncalibrated)
    let points = WindowOutliers.apportion(told.points, [journey.speedPart, journey.habitPart])
    let bound = journey.passingSpeed(below: least)
    let terms = [
      ExplanationTerm(
        feature: "speed_kmh",
        observed: journey.speed.rounded(),
        expected: Journey.speedMax,
        contribution: Double(points[0]),
        bound: bound.isFinite && bound < journey.speed.rounded() ? bound : Journey.speedMax,
        value: "\(journey.from.place.words) to \(journey.to.place.words)"
      ),
      ExplanationTerm(
        feature: "fast_changes_before",
        observed: Double(journey.fastBefore),
        expected: Double(journey.sightingsBefore),
        contribution: Double(points[1])
      ),
    ]
    let minutes = journey.seconds / 60
    let time = minutes < 120 ? "\(wholeNumber(minutes)) min" : "\(wholeNumber(minutes / 60)) h"
    return Explanation(
      summary: "from \(journey.from.place.words) to \(journey.to.place.words), "
        + "\(wholeNumber(journey.kilometres)) km in \(time): \(wholeNumber(journey.speed)) km/h, "
        + "\(wholeNumber(Journey.speedMax)) can be flown",
      terms: terms,
      nearestNormal: [
        ExplanationFact(
          name: "at",
          value: EventTime(nanosecondsSinceEpoch: journey.from.last).description
        ),
        ExplanationFact(name: "source.ip", value: journey.from.address),
        ExplanationFact(name: "place", value: journey.from.place.words),
      ]
    )
  }
}
