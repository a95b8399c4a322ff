import VedetteDigest
import VedetteEvent
import VedetteRules

/// Makes rules of indicators, so that they are matched, explained and excepted like any other: an
/// address or a name is looked up once for each value that occurs, not for each event.
enum IndicatorRules {
  private static let valuesMax = 20_000

  /// Returns a rule for each kind of a feed, in parts if there are many values.
  static func files(_ feed: IndicatorReader.Feed, path: String) -> [RuleFile] {
    var files: [RuleFile] = []
    for kind in Indicator.Kind.allCases {
      let values = feed.indicators.filter { $0.kind == kind }.map(\.value)
      for (part, start) in stride(from: 0, to: values.count, by: valuesMax).enumerated() {
        let some = values[start..<min(values.count, start + valuesMax)]
        let name = "intel/\(feed.name)/\(kind.rawValue)\(part == 0 ? "" : "-\(part + 1)")"
        let text = rule(kind, Array(some), feed: feed.name, name: name)
        var file = RuleFile(path: path, relativePath: name, bytes: Array(text.utf8))
        file.isForAnyLogSource = true
        files.append(file)
      }
    }
    return files
  }

  private static func rule(
    _ kind: Indicator.Kind,
    _ values: [String],
    feed: String,
    name: String
  ) -> String {
    var text = "title: \(quoted("Known \(word(kind)) of \(feed)"))\n"
    text += "id: \(identifier(name))\nstatus: stable\nlevel: high\n"
    text += "description: \(quoted("A \(word(kind)) that \(feed) names occurs."))\n"
    text += "detection:\n"
    let list = "[" + values.map(quoted).joined(separator: ", ") + "]"
    for (number, field) in fields(kind).enumerated() {
      text += "  seen_\(number): { \(quoted(field)): "
      text +=
        field.hasSuffix("|endswith")
        ? "[" + values.map { quoted("." + $0) }.joined(separator: ", ") + "] }\n" : "\(list) }\n"
    }
    return text + "  condition: 1 of seen_*\n"
  }

  private static func word(_ kind: Indicator.Kind) -> String {
    switch kind {
    case .address: "address"
    case .network: "network"
    case .domain: "domain"
    case .hash: "file hash"
    }
  }

  private static func fields(_ kind: Indicator.Kind) -> [String] {
    switch kind {
    case .address: ["source.ip", "destination.ip"]
    case .network: ["source.ip|cidr", "destination.ip|cidr"]
    case .domain:
      ["dns.question.name", "destination.domain", "url.domain", "source.domain"]
        .flatMap { [$0, $0 + "|endswith"] }
    case .hash:
      [
        "file.hash.sha256", "file.hash.sha1", "file.hash.md5", "process.hash.sha256",
        "process.hash.sha1", "process.hash.md5", "sha256", "sha1", "md5", "Hashes|contains",
      ]
    }
  }

  /// The id that a rule of such a name always has.
  private static func identifier(_ name: String) -> String {
    let hex = Array(Digest.of("indicators of \(name)").hex.prefix(32))
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return parts.map { String(hex[$0]) }.joined(separator: "-")
  }

  private static func quoted(_ text: String) -> String {
    var json = JSONWriter()
    json.string(text)
    return json.text
  }
}
