import FoundationEssentials
import VedetteDocuments
import VedetteEvent
import VedetteNotify

/// Where messages go.
extension ConfigurationLoader {
  private static let kinds = ["webhook", "command", "file"]
  private static let keys = kinds + ["secret_file", "min_severity", "name"]
  private static let secretBytesMin = 16

  func notifiers(_ node: Node) throws(ConfigurationError) -> [Notifier] {
    guard let items = node.sequence else {
      throw failure(node, "'notify' is a list of a webhook, command or file each, not \(node.kind)")
    }
    var notifiers: [Notifier] = []
    for item in items {
      let notifier = try notifier(item)
      guard !notifiers.contains(where: { $0.name == notifier.name }) else {
        throw failure(item, "another target is called '\(notifier.name)' too; give each a 'name'")
      }
      notifiers.append(notifier)
    }
    return notifiers
  }

  private func notifier(_ node: Node) throws(ConfigurationError) -> Notifier {
    let fields = try mapping(node)
    for entry in fields.entries where !Self.keys.contains(entry.key) {
      throw unknown(entry, of: Self.keys)
    }
    let named = Self.kinds.filter { fields[$0] != nil }
    guard named.count == 1, let value = fields[named[0]] else {
      throw failure(node, "a target is one of webhook, command and file")
    }
    if named[0] != "webhook", let secret = fields["secret_file"] {
      throw failure(secret, "only a webhook has a 'secret_file'")
    }
    let kind: Notifier.Kind
    var name: String
    switch named[0] {
    case "webhook":
      let text = try text(value)
      guard let url = WebAddress(text) else {
        throw failure(value, "'\(text)' is no address; write one as https://hooks.example/vedette")
      }
      kind = .webhook(url: url, secret: try secret(fields["secret_file"]))
      name = url.host
    case "command":
      let words = try texts(value)
      guard let program = words.first, !program.isEmpty, words.allSatisfy({ !$0.utf8.contains(0) })
      else { throw failure(value, "'command' is a list of a program and its arguments") }
      if words.count == 1, program.contains(" ") {
        throw failure(value, "'command' is a list, as [/usr/bin/page, --high]: there is no shell")
      }
      kind = .command(words)
      name = program.split(separator: "/").last.map(String.init) ?? program
    default:
      let path = try text(value)
      kind = .file(path)
      name = path.split(separator: "/").last.map(String.init) ?? path
    }
    if let given = fields["name"] { name = try text(given) }
    return Notifier(name: name, kind: kind, minSeverity: try severity(fields["min_severity"]))
  }

  private func severity(_ node: Node?) throws(ConfigurationError) -> Severity {
    guard let node else { return .medium }
    let name = try text(node)
    guard let severity = Severity(name: name) else {
      let names = Severity.allCases.map(\.name)
      throw failure(node, "unknown severity '\(name)'\(suggestion(name, names))")
    }
    return severity
  }

  private func secret(_ node: Node?) throws(ConfigurationError) -> [UInt8] {
    guard let node else { return [] }
    let path = try text(node)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw failure(node, "'\(path)' can't be read; check path and permission")
    }
    let bytes = Array(data)
    let end = bytes.lastIndex { $0 > UInt8(ascii: " ") } ?? -1
    guard end + 1 >= Self.secretBytesMin else {
      throw failure(
        node,
        "'\(path)' holds \(end + 1) bytes, a secret needs \(Self.secretBytesMin); "
          + "'openssl rand -hex 32' makes one"
      )
    }
    return Array(bytes[...end])
  }
}
