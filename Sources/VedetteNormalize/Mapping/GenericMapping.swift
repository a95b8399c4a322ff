import VedetteEvent

/// The names that writers of JSON lines use for what has a normalized field.
///
/// All in lower case: they are looked up without regard to it.
enum GenericMapping {
  /// Names of the event's time, the best first.
  static let times = [
    "@timestamp", "timestamp", "time", "ts", "eventtime", "date", "event_time", "datetime",
    "timecreated", "systemtime", "utctime", "created_at", "asctime", "t",
  ]

  /// Fields and the names that they are copied from, the best first.
  static let copies: [(field: String, names: [String])] = [
    (
      "source.ip",
      [
        "src_ip", "srcip", "client_ip", "clientip", "client.address", "client.ip", "remote_addr",
        "remote_ip", "source_ip", "sourceipaddress", "id.orig_h", "ip_address", "ip", "src",
      ]
    ),
    ("destination.ip", ["dst_ip", "dstip", "dest_ip", "destination_ip", "id.resp_h", "dst"]),
    ("source.port", ["src_port", "srcport", "id.orig_p", "source_port"]),
    ("destination.port", ["dst_port", "dstport", "dest_port", "id.resp_p", "destination_port"]),
    ("user.name", ["user", "username", "user_name", "enduser.id"]),
    ("user.id", ["user_id", "userid"]),
    ("user.email", ["email", "user_email"]),
    ("host.name", ["hostname", "host", "computer", "computername"]),
    ("message", ["msg", "log", "body"]),
    ("log.level", ["level", "severity", "loglevel"]),
    ("event.action", ["action", "eventname", "event_type"]),
    ("event.outcome", ["outcome"]),
    ("event.code", ["eventid", "event_id"]),
    ("process.name", ["process", "app", "program"]),
    ("process.pid", ["pid"]),
    ("process.executable", ["image", "exe"]),
    ("process.command_line", ["commandline", "cmdline", "command_line"]),
    ("process.parent.executable", ["parentimage"]),
    ("process.parent.command_line", ["parentcommandline"]),
    ("http.request.method", ["method", "http.method", "http_method", "request_method"]),
    ("http.response.status_code", ["status", "status_code", "http.status_code"]),
    ("http.response.body.bytes", ["bytes_sent", "body_bytes_sent", "response_bytes"]),
    ("url.path", ["uri", "route", "request_path"]),
    ("user_agent.original", ["user_agent", "useragent", "http_user_agent"]),
    ("gen_ai.request.model", ["gen_ai.request.model.id"]),
    ("gen_ai.provider.name", ["gen_ai.system"]),
    ("gen_ai.usage.input_tokens", ["gen_ai.usage.prompt_tokens"]),
    ("gen_ai.usage.output_tokens", ["gen_ai.usage.completion_tokens"]),
    ("ai.guardrail.id", ["gen_ai.guardrail_id"]),
  ]

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
