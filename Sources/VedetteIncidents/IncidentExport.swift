public import VedetteFindings

/// The forms in which incidents leave.
public enum IncidentExport: String, Sendable, Hashable, CaseIterable {
  /// One JSON array of whole incidents, with what was decided.
  case json
  /// The canonical form, a line each.
  case ndjson
  /// Text for a ticket or a report.
  case markdown = "md"

  /// Returns incidents in this form.
  ///
  /// - Parameter details: The incidents; all but `ndjson` keep their order.
  /// - Returns: The file's text.
  public func text(_ details: [IncidentDetail]) -> String {
    switch self {
    case .json:
      let objects = details.map { IncidentJSON.text($0, idDigits: 32) }
      return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    case .ndjson: return CanonicalForm.ndjson(details)
    case .markdown: return details.map(IncidentMarkdown.text).joined(separator: "\n")
    }
  }
}
