package import VedetteEvent

/// The format of a file, and why.
package struct FormatDecision: Sendable, Hashable {
  /// The format.
  package var format: LogFormat
  /// Why, in a sentence without a full stop: `98 of 100 lines start like RFC 3164 syslog`.
  package var reason: String

  /// Creates a decision.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - reason: Why, in a sentence.
  package init(format: LogFormat, reason: String) {
    self.format = format
    self.reason = reason
  }
}

/// Tells formats apart by how their records start, and JSON products by their keys.
package enum FormatDetector {
  /// Chooses the format of a file by what most of its first records are.
  ///
  /// Of forms that are equally frequent the one that is listed first wins. Where no record has a
  /// form, the file's name decides, and where that says nothing the file is text.
  ///
  /// - Parameters:
  ///   - records: The first records; those past ``VedetteEvent/Limits/detectionRecordsMax`` are
  ///     not looked at.
  ///   - path: The file's name.
  /// - Returns: The format and why.
  package static func detect(records: [ArraySlice<UInt8>], path: String) -> FormatDecision {
    var counts = [Int](repeating: 0, count: RecordForm.allCases.count)
    var looked = 0
    for record in records.prefix(Limits.detectionRecordsMax) where !record.isEmpty {
      looked += 1
      if let form = RecordForm(record.span) { counts[form.rawValue] += 1 }
    }
    var best: RecordForm?
    for form in RecordForm.allCases where counts[form.rawValue] > 0 {
      if counts[form.rawValue] > best.map({ counts[$0.rawValue] }) ?? 0 { best = form }
    }
    guard let best else { return decide(path: path, looked: looked) }
    let count = counts[best.rawValue]
    let noun = best.isJSON ? "record" : "line"
    let share =
      looked == 1 ? "the only \(noun)" : "\(count) of \(looked) \(noun)s"
    let isOne = count == 1
    return FormatDecision(
      format: best.format,
      reason: "\(share) \(isOne ? best.singularClause : best.pluralClause)"
    )
  }

  /// Chooses the format of a file by the records of its first chunk.
  ///
  /// - Parameter chunk: The first records.
  /// - Returns: The format and why.
  package static func detect(chunk: RecordChunk) -> FormatDecision {
    let records = chunk.records.prefix(Limits.detectionRecordsMax).map { record in
      chunk.bytes[record.start..<record.start + record.length]
    }
    return detect(records: records, path: chunk.path)
  }

  /// Tells the format of one record, or returns `nil` if it has no form that is known.
  ///
  /// - Parameter record: The record's bytes.
  /// - Returns: The format.
  package static func detectOne(_ record: Span<UInt8>) -> LogFormat? {
    RecordForm(record)?.format
  }

  private static func decide(path: String, looked: Int) -> FormatDecision {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let known = looked == 0 ? "the file is empty" : "none of \(looked) lines has a known form"
    for (word, format) in nameHints where name.contains(word) {
      return FormatDecision(format: format, reason: "\(known), and its name has '\(word)'")
    }
    let reason = looked == 0 ? known : "\(known), so only those that start with a time are read"
    return FormatDecision(format: .text, reason: reason)
  }

  private static let nameHints: [(String, LogFormat)] = [
    ("cloudtrail", .cloudtrail), ("litellm", .litellm), ("bedrock", .bedrock),
    (".json", .json), (".ndjson", .json), (".jsonl", .json), ("access", .access),
    ("error", .webError), ("auth", .syslog), ("syslog", .syslog), ("secure", .syslog),
    ("messages", .syslog), ("cron", .syslog), ("kern", .syslog),
  ]
}
