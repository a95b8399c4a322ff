import VedetteEvent

/// The names that writers of JSON lines use for what has a normalized field.
///
/// All in lower case: they are looked up without regard to it.
enum GenericMapping {
  private static let table = FormatMappings.of(.json)

  /// Names of the event's time, the best first.
  static let times = table.times

  /// Fields and the names that they are copied from, the best first.
  static let copies = table.copies.map { (field: $0.field, names: $0.names) }

  static let sourceAddressIndex = 0
  static let statusField = "http.response.status_code"

  /// Where OpenTelemetry and ECS put what people and models said: as one key with dots, as nested
  /// objects, and below an OpenTelemetry record's attributes.
  static let content: [(place: String, role: ContentRole)] = contentNames.flatMap { name, role in
    [
      (name, role), ("attributes/" + name, role),
      (name.split(separator: ".").joined(separator: "/"), role),
    ]
  }

  /// The older spelling of the same: `gen_ai.prompt.0.content` as one key.
  static let contentPrefixes: [(prefix: String, role: ContentRole)] = [
    ("gen_ai.prompt.", .prompt), ("gen_ai.completion.", .output),
    ("attributes.gen_ai.prompt.", .prompt), ("attributes.gen_ai.completion.", .output),
  ]

  private static let contentNames: [(String, ContentRole)] = [
    ("prompt", .prompt),
    ("completion", .output),
    ("gen_ai.input.messages", .prompt),
    ("gen_ai.output.messages", .output),
    ("gen_ai.system_instructions", .prompt),
    ("gen_ai.prompt", .prompt),
    ("gen_ai.completion", .output),
    ("gen_ai.tool.call.arguments", .other),
    ("gen_ai.tool.call.result", .other),
  ]

  /// A path without the envelope of an OpenTelemetry log record.
  static func ownName(_ path: String) -> String {
    guard path.hasPrefix("attributes.") else { return path }
    let name = String(path.dropFirst(11))
    return name.hasPrefix("gen_ai.") || FieldCatalog.contains(name) ? name : path
  }
}
