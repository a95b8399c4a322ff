/// A field that a text format can fill.
enum TextField: Int, CaseIterable {
  case action
  case outcome
  case category
  case code
  case count
  case duration
  case message
  case level
  case logger
  case hostName
  case processName
  case processID
  case commandLine
  case workingDirectory
  case terminal
  case userName
  case targetUser
  case userInvalid
  case userUnverified
  case groupName
  case sshMethod
  case sourceIP
  case sourcePort
  case sourceDomain
  case forwardedFor
  case requestMethod
  case referrer
  case status
  case bodyBytes
  case httpVersion
  case urlOriginal
  case urlPath
  case urlQuery
  case urlDomain
  case userAgent
  case artifactName
  case artifactKind
  case artifactShard
  case artifactShards
  case modelProvider
  case modelOperation
  case model
  case gateway

  /// The normalized name.
  var name: String {
    switch self {
    case .action: "event.action"
    case .outcome: "event.outcome"
    case .category: "event.category"
    case .code: "event.code"
    case .count: "event.count"
    case .duration: "event.duration"
    case .message: "message"
    case .level: "log.level"
    case .logger: "log.logger"
    case .hostName: "host.name"
    case .processName: "process.name"
    case .processID: "process.pid"
    case .commandLine: "process.command_line"
    case .workingDirectory: "process.working_directory"
    case .terminal: "process.tty"
    case .userName: "user.name"
    case .targetUser: "user.target.name"
    case .userInvalid: "user.invalid"
    case .userUnverified: "user.unverified"
    case .groupName: "group.name"
    case .sshMethod: "ssh.method"
    case .sourceIP: "source.ip"
    case .sourcePort: "source.port"
    case .sourceDomain: "source.domain"
    case .forwardedFor: "http.request.forwarded_for"
    case .requestMethod: "http.request.method"
    case .referrer: "http.request.referrer"
    case .status: "http.response.status_code"
    case .bodyBytes: "http.response.body.bytes"
    case .httpVersion: "http.version"
    case .urlOriginal: "url.original"
    case .urlPath: "url.path"
    case .urlQuery: "url.query"
    case .urlDomain: "url.domain"
    case .userAgent: "user_agent.original"
    case .artifactName: "ai.artifact.name"
    case .artifactKind: "ai.artifact.kind"
    case .artifactShard: "ai.artifact.shard"
    case .artifactShards: "ai.artifact.shards"
    case .modelProvider: "gen_ai.provider.name"
    case .modelOperation: "gen_ai.operation.name"
    case .model: "gen_ai.request.model"
    case .gateway: "ai.gateway.name"
    }
  }

  /// The normalized names of all.
  static let names = Set(allCases.map(\.name))

  /// The names that public rules use for it.
  var rawNames: [String] {
    switch self {
    case .hostName: ["hostname"]
    case .processName: ["program"]
    case .commandLine: ["COMMAND"]
    case .workingDirectory: ["PWD"]
    case .terminal: ["TTY"]
    case .targetUser: ["USER"]
    case .sourceIP: ["c-ip"]
    case .userName: ["user", "cs-username"]
    case .requestMethod: ["cs-method"]
    case .referrer: ["cs-referer", "cs-referrer"]
    case .status: ["sc-status"]
    case .bodyBytes: ["sc-bytes"]
    case .httpVersion: ["cs-version"]
    // In public rules `cs-uri-query` holds paths too (`/vpns/cfg/smb.conf`), so it is the target.
    case .urlOriginal: ["c-uri", "cs-uri", "cs-uri-query"]
    case .urlPath: ["cs-uri-stem"]
    case .urlQuery: ["c-uri-query"]
    case .urlDomain: ["cs-host"]
    case .userAgent: ["cs-user-agent", "c-useragent"]
    case .forwardedFor: ["http_x_forwarded_for"]
    case .action, .outcome, .category, .code, .count, .duration, .message, .level, .logger,
      .processID, .userInvalid, .userUnverified, .groupName, .sshMethod, .sourcePort, .sourceDomain,
      .artifactName,
      .artifactKind, .artifactShard, .artifactShards, .modelProvider, .modelOperation, .model,
      .gateway:
      []
    }
  }
}
