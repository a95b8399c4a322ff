import FoundationEssentials
public import VedetteEvent
public import VedetteFindings

/// One attack that a set of logs is known to hold.
public struct ExpectedAttack: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// What kind of attack it is, in words.
  public var kind: String
  /// When its first event happened.
  public var first: EventTime
  /// When its last event happened.
  public var last: EventTime
  /// Who took part: an incident must name one of them.
  public var entities: [EntityKey]
  /// The least severity that counts as having found it.
  public var severityMin: Severity
}

/// A reason why labels can't be read.
public struct ExpectationError: Error, Hashable, CustomStringConvertible {
  /// The line, from one.
  public let line: Int
  /// What is wrong with it.
  public let problem: String

  /// The reason in a sentence.
  public var description: String { "line \(line): \(problem)" }
}

/// How incidents compare with the attacks that logs are known to hold.
///
/// An incident finds an attack if it is bad enough, overlaps it in time and names one of its
/// entities. An incident of medium or above that finds none is false.
public struct ExpectationResult: Sendable {
  /// The attacks, each with the incidents that found it, first seen first.
  public let attacks: [(attack: ExpectedAttack, incidents: [IncidentDetail])]
  /// The incidents of medium or above that found no attack.
  public let falseIncidents: [IncidentDetail]

  /// Compares.
  ///
  /// - Parameters:
  ///   - attacks: The attacks.
  ///   - incidents: All incidents, with their findings.
  public init(attacks: [ExpectedAttack], incidents: [IncidentDetail]) {
    let bad = incidents.filter { $0.incident.severity >= .medium }
    self.attacks = attacks.map { attack in (attack, bad.filter { Self.finds($0.incident, attack) })
    }
    falseIncidents = bad.filter { incident in
      !attacks.contains { attack in
        var lenient = attack
        lenient.severityMin = .medium
        return Self.finds(incident.incident, lenient)
      }
    }
  }

  /// The share of attacks that were found, 1 if there are none.
  public var recall: Double {
    guard !attacks.isEmpty else { return 1 }
    return Double(attacks.count { !$0.incidents.isEmpty }) / Double(attacks.count)
  }

  /// The share of incidents of medium or above that found an attack, 1 if there are none.
  public var precision: Double {
    let right = Set(attacks.flatMap { $0.incidents.map(\.incident.id) }).count
    let all = right + falseIncidents.count
    return all == 0 ? 1 : Double(right) / Double(all)
  }

  /// Returns how long after an attack's first event it could be said, in nanoseconds of event time.
  ///
  /// - Parameter attack: One of the attacks.
  /// - Returns: The time until the first finding of medium or above, or `nil` if it was missed.
  public func timeToDetect(_ attack: ExpectedAttack) -> Int64? {
    let details = attacks.first { $0.attack == attack }?.incidents ?? []
    let times = details.flatMap(\.findings).filter { finding in
      finding.severity >= .medium && finding.detectedTime >= attack.first
    }
    return times.map { $0.detectedTime.nanoseconds(since: attack.first) }.min()
  }

  private static func finds(_ incident: Incident, _ attack: ExpectedAttack) -> Bool {
    incident.severity >= attack.severityMin
      && incident.firstSeen <= attack.last && incident.lastSeen >= attack.first
      && incident.entities.contains { attack.entities.contains($0.key) }
  }
}

extension ExpectedAttack {
  private struct Label: Decodable {
    struct Participant: Decodable {
      var type: String
      var value: String
    }
    var attack: String
    var kind: String?
    var first: String
    var last: String
    var entities: [Participant]
    var min_severity: String?
  }

  /// Reads labels: one JSON object a line.
  ///
  /// - Parameter bytes: The file's bytes.
  /// - Returns: The attacks, in file order.
  /// - Throws: ``ExpectationError`` at the first line that is no label.
  public static func read(_ bytes: [UInt8]) throws(ExpectationError) -> [ExpectedAttack] {
    var attacks: [ExpectedAttack] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
      attacks.append(try read(line, number: index + 1))
    }
    return attacks
  }

  private static func read(
    _ line: ArraySlice<UInt8>,
    number: Int
  ) throws(ExpectationError) -> ExpectedAttack {
    guard let label = try? JSONDecoder().decode(Label.self, from: Data(line)) else {
      throw ExpectationError(
        line: number,
        problem: "a label is an object with attack, first, last and entities"
      )
    }
    guard let first = EventTime(rfc3339: label.first), let last = EventTime(rfc3339: label.last)
    else {
      throw ExpectationError(line: number, problem: "first and last are RFC 3339 times")
    }
    let entities = label.entities.compactMap { participant in
      EntityType(rawValue: participant.type).map { EntityKey(type: $0, value: participant.value) }
    }
    guard entities.count == label.entities.count, !entities.isEmpty else {
      let types = EntityType.allCases.map(\.rawValue).joined(separator: ", ")
      throw ExpectationError(
        line: number,
        problem: "a label names entities, each of a type of \(types)"
      )
    }
    guard let severity = Severity(name: label.min_severity ?? "medium") else {
      throw ExpectationError(line: number, problem: "min_severity is none of Sigma's levels")
    }
    return ExpectedAttack(
      name: label.attack,
      kind: label.kind ?? "",
      first: first,
      last: last,
      entities: entities,
      severityMin: severity
    )
  }
}
