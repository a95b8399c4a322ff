import VedetteEvent
import VedetteFindings

/// Makes an incident of its findings: a pure function of them.
struct IncidentBuilder {
  /// Makes the incident of findings that belong together.
  ///
  /// - Parameters:
  ///   - openers: The findings that are bad enough to open an incident.
  ///   - context: The findings that only belong to it.
  ///   - aliases: Ids that were used before for what is now this incident.
  ///   - settled: What is left of findings that were let go.
  ///   - assets: How critical entities are.
  /// - Returns: The incident with the worst finding of each title in the order of the titles, or
  ///   `nil` if nothing opens one.
  static func incident(
    openers: [Finding],
    context: [Finding],
    aliases: [FindingID],
    settled: IncidentDigest,
    assets: AssetTable
  ) -> (incident: Incident, representatives: [Finding])? {
    var digest = settled
    for finding in openers { digest.add(finding, opens: true) }
    for finding in context { digest.add(finding, opens: false) }
    let places = (openers.map { ($0.time, $0.id) } + context.map { ($0.time, $0.id) })
      .sorted { $0 < $1 }
    let findings = places.map(\.1)
    guard
      let incident = digest.incident(findings: findings, aliases: aliases, assets: assets)
    else { return nil }
    return (incident, digest.representatives)
  }
}
