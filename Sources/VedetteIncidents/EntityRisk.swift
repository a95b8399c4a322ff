import Glibc
public import VedetteEvent
public import VedetteFindings

/// The risk of an entity now: what its incidents come to, as a sum that is printed.
///
/// - Its worst incident counts with its risk: all of it where the entity acted, four fifths where it
///   came from there, half where it was acted on, a quarter where it is the model.
/// - Each further one counts half of what the one before it was counted with, at most five.
/// - What lies back fades: half of it is gone after each seven days since the incident was last
///   seen. All that faded is one negative term.
/// - What was closed as benign or as a false positive does not count.
/// - Its criticality adds up to 6, and what is over 100 is taken off by a term of its own.
public struct EntityRisk: Sendable, Hashable {
  private static let halfLifeNanoseconds = 7.0 * 86_400e9
  private static let partsMax = 5

  /// 0 to 100: the sum of ``terms``.
  public var risk: Int { terms.reduce(0) { $0 + $1.points } }
  /// What it adds up from.
  public let terms: [RiskTerm]

  /// Adds the risk up.
  ///
  /// - Parameters:
  ///   - standing: The entity and its incidents.
  ///   - now: The time at which it is asked.
  ///   - criticality: How critical it is, if anybody said so.
  ///   - idDigits: Hex digits of an incident's id in a label.
  public init(
    _ standing: EntityStanding,
    at now: EventTime,
    criticality: AssetCriticality?,
    idDigits: Int = 10
  ) {
    let counting = standing.parts.filter { part in
      part.triage.classification != .benign && part.triage.classification != .falsePositive
    }
    let shares = counting.map { part in
      (part: part, points: Double(part.risk) * Self.share(of: part.role))
    }.map { share in
      (part: share.part, points: share.points, left: share.points * Self.left(share.part, now))
    }.sorted { left, right in
      left.left != right.left
        ? left.left > right.left : left.part.incident < right.part.incident
    }.prefix(Self.partsMax)
    var terms: [RiskTerm] = []
    var (faded, weight) = (0, 1.0)
    for share in shares {
      let points = Int((share.points * weight).rounded())
      guard points > 0 else { continue }
      faded += Int((share.left * weight).rounded()) - points
      let id = "INC-\(share.part.incident.hex.prefix(idDigits))"
      terms.append(RiskTerm(label: "\(id) as \(share.part.role.rawValue)", points: points))
      weight /= 2
    }
    if faded < 0 { terms.append(RiskTerm(label: "faded", points: faded)) }
    if let criticality, criticality.points > 0, !terms.isEmpty {
      terms.append(RiskTerm(label: "\(criticality.rawValue) asset", points: criticality.points))
    }
    let sum = terms.reduce(0) { $0 + $1.points }
    if sum > 100 { terms.append(RiskTerm(label: "cap at 100", points: 100 - sum)) }
    self.terms = terms
  }

  private static func share(of role: EntityRole) -> Double {
    switch role {
    case .actor: 1
    case .source: 0.8
    case .target: 0.5
    case .model: 0.25
    }
  }

  private static func left(_ part: EntityStanding.Part, _ now: EventTime) -> Double {
    let age = max(0, now.nanoseconds(since: part.lastSeen))
    return exp2(-Double(age) / halfLifeNanoseconds)
  }
}
