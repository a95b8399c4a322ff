/// Writes the lines of one log, a few at a time, without an end.
protocol LineSource {
  /// Writes the next lines, each with its line feed.
  ///
  /// - Parameter out: Where they go.
  mutating func write(to out: inout LineWriter)
}

/// The logs that are measured.
enum InputKind: String, CaseIterable {
  case sshd, cloudtrail, nginx

  /// The file's name: what the product would meet.
  var fileName: String {
    switch self {
    case .sshd: "auth.log"
    case .cloudtrail: "cloudtrail.jsonl"
    case .nginx: "access.log"
    }
  }

  var isJSON: Bool { self == .cloudtrail }

  /// The lines of the log, always the same.
  func makeSource() -> any LineSource {
    switch self {
    case .sshd: AuthLines()
    case .cloudtrail: CloudTrailLines()
    case .nginx: AccessLines()
    }
  }
}
