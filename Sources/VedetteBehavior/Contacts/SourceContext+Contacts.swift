import VedetteEvent
import VedetteFindings

extension SourceContext {
  /// States that an entity contacts a target by the clock; `nil` as long as it is not known to.
  func statement(_ contact: Contact) -> Statement? {
    guard let told = contact.told, let opening = contact.opening else { return nil }
    var entities = contact.entities
    let own = Entity(type: contact.key.type, value: contact.key.value, role: .actor)
    if !entities.contains(where: { $0.key == contact.key }) { entities.insert(own, at: 0) }
    let target = ContactTarget.entity(contact.target)
    if !entities.contains(where: { $0.key == target.key }) { entities.append(target) }
    var finding = finding(
      .baseline,
      id: [
        "contacts", contact.target, EventTime(nanosecondsSinceEpoch: told.start).description,
      ],
      entity: contact.key,
      title: "Regular contacts of \(contact.key.type.words)",
      score: told.points,
      time: told.start,
      lastTime: max(told.start, contact.toldLast),
      detected: told.time,
      count: UInt64(contact.toldCount),
      [opening],
      explanation(contact, told)
    )
    finding.entities = entities
    return Statement(
      finding: finding,
      end: told.time,
      isFinding: told.isFinding,
      key: contact.key,
      start: told.start
    )
  }

  private func explanation(_ contact: Contact, _ told: Contact.Told) -> Explanation {
    let score = told.score
    let verdict = score.verdict
    let chance = Rhythm.shareByChance * Double(verdict.count)
    let least = min(told.least, ScoreKind.rhythm.leastUncalibrated)
    let parts = [score.rhythm, score.others, score.habit, score.inside]
    let points = WindowOutliers.apportion(told.points, parts)
    var terms = [
      ExplanationTerm(
        feature: "regular_intervals",
        observed: Double(verdict.regular),
        expected: (chance * 10).rounded() / 10,
        scale: (chance * (1 - Rhythm.shareByChance)).squareRoot(),
        contribution: Double(points[0]),
        bound: Double(score.passing(below: told.isFinding ? told.least : least)),
        value: contact.target
      )
    ]
    func add(_ feature: String, _ observed: Int, _ expected: Int?, _ index: Int) {
      terms.append(
        ExplanationTerm(
          feature: feature,
          observed: Double(observed),
          expected: expected.map(Double.init),
          contribution: Double(points[index])
        )
      )
    }
    let company = score.company
    let isKnown = company.others >= Peerage.organisationMin
    if isKnown { add("target_in_organisation", company.having, company.others, 1) }
    if score.regularTargets > 0 { add("regular_targets_before", score.regularTargets, nil, 2) }
    if score.isInside { add("target_inside", 1, nil, 3) }
    let interval = Self.seconds(verdict.median)
    return Explanation(
      summary: "contacts \(contact.target) every \(interval): \(verdict.regular) of "
        + "\(verdict.count) intervals within a quarter of it, by chance \(wholeNumber(chance))",
      terms: terms,
      nearestNormal: [
        ExplanationFact(name: "interval", value: interval),
        ExplanationFact(name: "jitter", value: Self.seconds(verdict.spread)),
        ExplanationFact(
          name: "organisation",
          value: isKnown
            ? "\(company.having) of \(company.others) others contact it"
            : "\(company.others) of \(Peerage.organisationMin) others known: not scoring yet"
        ),
      ]
    )
  }

  /// A time in the unit that people would use.
  private static func seconds(_ milliseconds: UInt32) -> String {
    let seconds = Double(milliseconds) / 1_000
    func rounded(_ number: Double) -> String {
      let tenths = (number * 10).rounded() / 10
      return tenths == tenths.rounded() ? wholeNumber(tenths) : String(tenths)
    }
    if seconds < 600 { return "\(rounded(seconds)) s" }
    return seconds < 7_200 ? "\(rounded(seconds / 60)) min" : "\(rounded(seconds / 3_600)) h"
  }
}
