public import VedetteFindings

/// The forms in which incidents leave.
public enum IncidentExport: String, Sendable, Hashable, CaseIterable {
  /// One JSON array of whole incidents, with what was decided.
  case json
  /// The canonical form, a line each.
  case ndjson
  /// Text for a ticket or a report.
  case markdown = "md"
  /// One file for a browser, which needs nothing else.
  case html
  /// Detection Findings of the Open Cybersecurity Schema Framework, a line each.
  case ocsf

  /// Returns incidents in this form.
  ///
  /// - Parameters:
  ///   - details: The incidents; all but `ndjson` keep their order.
  ///   - head: The end of all activity, which stands in every form but the canonical one.
  /// - Returns: The file's text.
  public func text(_ details: [IncidentDetail], head: ActivityHead) -> String {
    switch self {
    case .json:
      let objects = details.map { IncidentJSON.text($0, head: head) }
      return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    case .ndjson: return CanonicalForm.ndjson(details)
    case .markdown:
      guard !details.isEmpty else { return "" }
      let texts = details.map(IncidentMarkdown.text).joined(separator: "\n")
      return texts + "\n---\n\nActivity up to here: `\(head)`\n"
    case .html: return IncidentHTML.text(details, head: head)
    case .ocsf: return details.map { IncidentOCSF.text($0, head: head) }.joined()
    }
  }
}
