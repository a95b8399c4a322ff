import VedetteEvent
public import VedetteFindings

/// Incidents in the form in which two runs can be compared byte by byte.
///
/// It holds only what follows from input, rules and configuration: no wall-clock time, nothing that
/// an analyst decided, no file, line, offset or source, no activity. Incidents come by first seen,
/// then id, which is a total order because ids differ; findings come by time, then id.
public enum CanonicalForm {
  /// Returns an incident as a JSON object and a line end.
  ///
  /// - Parameter detail: The incident, as the pipeline made it.
  /// - Returns: One line of the form.
  public static func line(_ detail: IncidentDetail) -> String {
    var ordered = detail
    ordered.findings.sort { ($0.time, $0.id) < ($1.time, $1.id) }
    var json = JSONWriter()
    IncidentJSON.write(ordered, .canonical, to: &json)
    return json.text + "\n"
  }

  /// Returns incidents in the form's order, a line each.
  ///
  /// - Parameter details: The incidents, in any order.
  /// - Returns: The lines.
  public static func ndjson(_ details: [IncidentDetail]) -> String {
    ordered(details).map(line).joined()
  }

  /// Returns the digest of incidents in canonical form.
  ///
  /// - Parameters:
  ///   - details: The incidents, in any order.
  ///   - hash: Returns the SHA-256 of bytes as hex digits.
  /// - Returns: The digest of the lines.
  public static func digest(_ details: [IncidentDetail], hash: ([UInt8]) -> String) -> String {
    hash(Array(ndjson(details).utf8))
  }

  private static func ordered(_ details: [IncidentDetail]) -> [IncidentDetail] {
    details.sorted {
      ($0.incident.firstSeen, $0.incident.id) < ($1.incident.firstSeen, $1.incident.id)
    }
  }
}
