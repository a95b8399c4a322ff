/// A log format, by the name that `--format` takes.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
  /// JSON objects, one a line or in one array, of no known product.
  case json
  /// RFC 3164 and RFC 5424, with the messages of sshd, sudo, su, cron and PAM read.
  case syslog
  /// systemd's journal, as `journalctl -o json` writes it.
  case journald
  /// Linux' audit log; the records of one serial are one event.
  case auditd
  /// nginx and Apache access logs, common and combined.
  case access
  /// nginx and Apache error logs.
  case webError = "web-error"
  /// AWS CloudTrail records.
  case cloudtrail
  /// Azure Monitor's activity, sign-in, audit and diagnostic logs.
  case azure
  /// Google Cloud's audit log.
  case gcp
  /// The audit log of Kubernetes' API server.
  case kubernetes = "k8s-audit"
  /// Docker's json-file driver; what containers write is read as what it is.
  case docker
  /// Windows and Sysmon events as JSON, nested or flat.
  case windows
  /// ArcSight's Common Event Format.
  case cef
  /// QRadar's Log Event Extended Format, 1.0 and 2.0.
  case leef
  /// Zeek's logs, JSON and TSV.
  case zeek
  /// Lines of `key=value` pairs.
  case kv
  /// Comma-separated values with a header.
  case csv
  /// Amazon Bedrock model invocation logs.
  case bedrock
  /// Azure OpenAI's diagnostic logs.
  case azureOpenAI = "azure-openai"
  /// Azure API Management's gateway logs in front of models.
  case apim
  /// Google Cloud's audit log of Vertex AI.
  case vertex
  /// The audit log of an OpenAI organization.
  case openaiAudit = "openai-audit"
  /// The activity feed of an Anthropic organization.
  case anthropicAudit = "anthropic-audit"
  /// LiteLLM proxy logging payloads.
  case litellm
  /// The JSON access log of a model gateway of one's own.
  case gateway
  /// OpenTelemetry's GenAI log records, also as OTLP.
  case otel
  /// Access lines of vLLM and of others on uvicorn.
  case vllm
  /// Access lines of Ollama.
  case ollama
  /// Request lines of Triton.
  case triton
  /// Lines of text of no known format that start with a time.
  case text
}

extension LogFormat {
  /// The data file that a format's table is in.
  enum Family { case hosts, network, cloud, models }

  /// The data file that the format's table is in.
  var family: Family {
    switch self {
    case .json, .syslog, .journald, .auditd, .docker, .windows, .kv, .csv, .text: .hosts
    case .access, .webError, .cef, .leef, .zeek: .network
    case .cloudtrail, .azure, .gcp, .kubernetes: .cloud
    case .bedrock, .azureOpenAI, .apim, .vertex, .openaiAudit, .anthropicAudit, .litellm, .gateway,
      .otel, .vllm, .ollama, .triton:
      .models
    }
  }

  /// Whether records carry prompts, completions or tool arguments.
  var carriesContent: Bool {
    switch self {
    case .bedrock, .litellm, .azureOpenAI, .apim, .vertex, .gateway, .otel: true
    default: false
    }
  }

  /// Whether the program that writes it also logs prompts, in lines that are no record of the format.
  var besideContent: Bool {
    switch self {
    case .vllm, .ollama, .triton: true
    default: false
    }
  }

  /// Whether a record that lost its end can still be read.
  var isText: Bool {
    switch self {
    case .syslog, .access, .webError, .text, .vllm, .ollama, .triton, .kv: true
    default: false
    }
  }

  /// Whether a record may be several events.
  var splitsRecords: Bool { self == .auditd || self == .otel }

  /// Whether records can't be read without the file's header.
  package var needsHeader: Bool { self == .csv || self == .zeek }
}
