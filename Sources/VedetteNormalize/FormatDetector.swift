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
    var counts: [RecordForm: Int] = [:]
    var looked = 0
    var header: RecordForm?
    for record in records.prefix(Limits.detectionRecordsMax) where !record.isEmpty {
      looked += 1
      if let form = RecordForm(record.span) { counts[form, default: 0] += 1 }
      // A table's rows have no form of their own.
      if looked == 1, counts[.zeek] != nil { header = .zeek }
    }
    if let header { return decide(header, looked: looked) }
    if let table = table(records) { return table }
    let best = counts.max { left, right in
      (left.value, right.key.rank) < (right.value, left.key.rank)
    }?.key
    guard let best else { return decide(path: path, looked: looked) }
    let count = counts[best] ?? 0
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

  private static func decide(_ header: RecordForm, looked: Int) -> FormatDecision {
    FormatDecision(format: header.format, reason: "the first line \(header.singularClause)")
  }

  /// Whether records are rows of comma-separated values below a header.
  private static func table(_ records: [ArraySlice<UInt8>]) -> FormatDecision? {
    let lines = records.prefix(Limits.detectionRecordsMax).filter { !$0.isEmpty }
    guard lines.count >= 2, let first = lines.first, RecordForm(first.span) == nil,
      CSVRewriter.isHeader(first.span)
    else { return nil }
    var rewriter = CSVRewriter()
    rewriter.begin(header: Array(first))
    var rewrite = RecordRewrite()
    var count = 0
    for line in lines.dropFirst() {
      rewrite.reset()
      if case .written = rewriter.rewrite(line.span, into: &rewrite), rewriter.isFull { count += 1 }
    }
    guard count * 10 >= (lines.count - 1) * 9 else { return nil }
    return FormatDecision(
      format: .csv,
      reason: "the first line is a header that \(count) of \(lines.count - 1) lines fit"
    )
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
    ("cloudtrail", .cloudtrail), ("audit.log", .auditd), (".csv", .csv),
    (".cef", .cef), (".leef", .leef), ("journal", .journald), ("ollama", .ollama),
    ("vllm", .vllm), ("triton", .triton), ("zeek", .zeek), ("litellm", .litellm),
    ("bedrock", .bedrock),
    (".json", .json), (".ndjson", .json), (".jsonl", .json), ("access", .access),
    ("error", .webError), ("auth", .syslog), ("syslog", .syslog), ("secure", .syslog),
    ("messages", .syslog), ("cron", .syslog), ("kern", .syslog),
  ]
}
