import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// Changes files of exceptions, and leaves everything else in them as it is.
enum ExceptionFile {
  /// The kinds of actors that an exception is proposed for, the one that says most about who it was
  /// first: an account comes last, because whoever attacks it next must not be hidden.
  private static let proposed: [EntityType] = [.apiKey, .accessKey, .principal, .ip, .user]

  /// Returns an exception from an incident as an item of a file.
  ///
  /// It is for one entity: any of a list would do, so each more would hide others as well.
  static func item(
    _ detail: IncidentDetail,
    name: String,
    reason: String,
    expires: EventTime,
    author: String
  ) throws -> String {
    let incident = detail.incident
    let acting = incident.entities.filter { $0.role == .actor || $0.role == .source }
    let kind = proposed.first { type in acting.contains { $0.type == type } }
    guard let entity = acting.first(where: { $0.type == kind }) ?? acting.first else {
      throw CommandFailure("the incident names no actor; write an exception by hand")
    }
    var rules: [String] = []
    for finding in detail.findings {
      let rule = finding.rule?.id ?? finding.detector.rawValue
      if !rules.contains(rule) { rules.append(rule) }
    }
    var text = "  - id: \(quoted(name))\n"
    text += "    rule: [\(rules.map(quoted).joined(separator: ", "))]\n"
    text += "    entity: [\(quoted(entity.key.description))]\n"
    text += "    reason: \(quoted(reason))\n"
    text += "    expires: \(quoted(expires.description))\n"
    return text + "    by: \(quoted(author))\n"
  }

  /// Returns a text as YAML reads it, whatever is in it.
  private static func quoted(_ text: String) -> String {
    var json = JSONWriter()
    json.string(text)
    return json.text
  }

  /// Adds an item; the file is made if it is not there.
  static func append(_ item: String, to path: String) throws {
    let old = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    var text = old ?? "exceptions:\n"
    if !text.hasSuffix("\n") { text += "\n" }
    if old?.contains("exceptions:") == false { text += "exceptions:\n" }
    text += item
    try write(text, to: path, isNew: old == nil)
  }

  /// Removes lines.
  static func remove(_ ranges: [Range<Int>], from path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("can't read the exceptions '\(path)'; check its path and permission")
    }
    let lines = String(decoding: data, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    var kept: [Substring] = []
    for (index, line) in lines.enumerated() {
      let isGone = ranges.contains { $0.contains(index + 1) }
      // A comment between two items may be about the next one.
      if !isGone || line.isEmpty || line.drop(while: { $0 == " " }).hasPrefix("#") {
        kept.append(line)
      }
    }
    try write(kept.joined(separator: "\n"), to: path, isNew: false)
  }

  /// Puts a text in the place of a file, if it still reads as exceptions.
  private static func write(_ text: String, to path: String, isNew: Bool) throws {
    let bytes = Array(text.utf8)
    do {
      _ = try ExceptionReader(path: path).read(bytes)
    } catch {
      throw CommandFailure(
        "'\(path)' is laid out in a way that can't be added to (\(error)); "
          + "add what is printed above by hand"
      )
    }
    let isDone =
      isNew
      ? FileManager.default.createFile(
        atPath: path,
        contents: Data(bytes),
        attributes: [.posixPermissions: 0o600]
      ) : FileReplacement.replace(path, with: bytes)
    guard isDone else { throw CommandFailure("can't write '\(path)'; check its permission") }
  }
}

/// What exceptions would have hidden of what is in a database.
struct ExceptionPreview {
  struct Counts {
    var findings = 0
    var events = 0
    var incidents: Set<FindingID> = []
  }

  /// What each would have hidden, by its id.
  private(set) var counts: [String: Counts] = [:]
  private var left: [FindingID: Int] = [:]

  init(_ exceptions: [FindingException], _ store: IncidentStore) throws {
    let set = ExceptionSet(exceptions)
    var counts: [String: Counts] = [:]
    var left: [FindingID: Int] = [:]
    try store.forEachFinding { finding, incident, _ in
      if let incident { left[incident, default: 0] += 0 }
      guard let exception = set.first(covering: finding) else {
        if let incident, finding.severity >= .medium { left[incident, default: 0] += 1 }
        return
      }
      counts[exception.id, default: Counts()].findings += 1
      counts[exception.id]?.events += finding.count
      if let incident { counts[exception.id]?.incidents.insert(incident) }
    }
    (self.counts, self.left) = (counts, left)
  }

  /// What they would have hidden together.
  var summary: String {
    let touched = counts.values.reduce(into: Set<FindingID>()) { $0.formUnion($1.incidents) }
    let gone = touched.filter { left[$0] == 0 }.count
    let findings = counts.values.reduce(0) { $0 + $1.findings }
    return "would have hidden \(findings) findings: \(gone) of \(left.count) incidents would not "
      + "have been opened, \(touched.count - gone) would be smaller"
  }
}

/// Exceptions as people and programs read them.
enum ExceptionText {
  static func text(_ one: FindingException, _ hits: ExceptionHits?, now: EventTime) -> String {
    let visible: (String) -> String = TerminalText.visible
    var text = "\(visible(one.id))\(one.expires <= now ? "  ENDED" : "")\n"
    text += "  covers  \(visible(one.scope))\n"
    text += "  why     \(visible(one.reason))\(one.author.map { ", " + visible($0) } ?? "")\n"
    text += "  until   \(one.expires)\n"
    guard let hits else { return text + "  hidden  nothing yet\n" }
    return text
      + "  hidden  \(hits.findings) findings on \(hits.events) events, last \(hits.last)\n"
  }

  static func object(_ one: FindingException, _ hits: ExceptionHits?, now: EventTime) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("id", one.id)
      json.member("rules", one.rules)
      json.member("entities", one.entities.map(\.description))
      json.member("sources", one.sources)
      json.member("reason", one.reason)
      json.member("by", one.author)
      json.member("expires", one.expires.description)
      json.member("has_ended", one.expires <= now)
      json.member("hidden_findings", hits?.findings ?? 0)
      json.member("hidden_events", hits?.events ?? 0)
      json.member("last_hidden", hits?.last.description)
    }
    return json.text
  }
}
