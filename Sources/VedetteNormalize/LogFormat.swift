/// A log format, by the name that `--format` takes.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
  /// JSON objects, one a line or in one array, of no known product.
  case json
  /// RFC 3164 and RFC 5424, with the messages of sshd, sudo, su, cron and PAM read.
  case syslog
  /// nginx and Apache access logs, common and combined.
  case access
  /// nginx and Apache error logs.
  case webError = "web-error"
  /// AWS CloudTrail records.
  case cloudtrail
  /// Windows and Sysmon events as JSON, nested or flat.
  case windows
  /// Amazon Bedrock model invocation logs.
  case bedrock
  /// LiteLLM proxy logging payloads.
  case litellm
  /// Lines of text of no known format that start with a time.
  case text
}
