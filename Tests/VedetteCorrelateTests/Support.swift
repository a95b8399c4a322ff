import VedetteColumns
import VedetteCorrelate
import VedetteEvent
import VedetteFindings

/// One event of a test: a second and its fields.
struct TestEvent: Sendable {
  var second: Int
  var rule: Int
  var fields: [String: String]

  init(_ second: Int, rule: Int = 0, _ fields: [String: String]) {
    self.second = second
    self.rule = rule
    self.fields = fields
  }
}

enum Sample {
  static let identifier = FindingIdentifier { bytes in
    (StableHash.of(bytes: bytes), StableHash.of(bytes: bytes.reversed()))
  }

  static func descriptor(
    _ name: String,
    level: Severity = .high,
    isSilent: Bool = false
  ) -> RuleDescriptor {
    RuleDescriptor(
      reference: RuleReference(id: name, title: name, level: level, path: "\(name).yml"),
      techniques: ["T1110"],
      tactics: ["credential-access"],
      isSilent: isSilent
    )
  }

  /// A batch of the events in the order given; each row's bytes are its own text.
  static func batch(_ events: [TestEvent], source: String = "auth.log") -> EventBatch {
    let builder = EventBatchBuilder()
    var raw: [UInt8] = []
    for (line, event) in events.enumerated() {
      let fields = event.fields.sorted { $0.key < $1.key }
      let text = "\(event.second) \(event.rule) \(fields)"
      builder.beginRow(
        RecordChunk.Record(
          start: raw.count,
          length: text.utf8.count,
          line: line + 1,
          offset: Int64(raw.count)
        )
      )
      raw.append(contentsOf: text.utf8)
      for (name, value) in fields {
        if let slot = builder.slot(name, type: FieldCatalog.type(of: name)) {
          builder.append(value, to: slot)
        }
      }
      builder.endRow(time: time(event.second), logSource: LogSource(product: "linux"))
    }
    return builder.finish(source: SourceID(source), path: source, raw: raw)
  }

  static func time(_ second: Int) -> EventTime {
    EventTime(nanosecondsSinceEpoch: (1_772_000_000 + Int64(second)) * 1_000_000_000)
  }

  static func seconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000_000 }
}

extension RuleCorrelator {
  /// Feeds events in batches of a size and returns the findings as they are in the end.
  mutating func run(
    _ events: [TestEvent],
    batchSize: Int = .max,
    source: String = "auth.log",
    lateness: Int = 300
  ) -> [Finding] {
    var published: [FindingID: Finding] = [:]
    var start = 0
    while start < events.count {
      let end = min(events.count, start + min(batchSize, events.count))
      let part = Array(events[start..<end])
      let changes = observe(
        Sample.batch(part, source: source),
        matches: part.indices.map { RuleMatch(row: $0, rule: part[$0].rule) },
        firstOrdinal: Int64(start),
        latenessNanoseconds: Sample.seconds(lateness)
      )
      for change in changes {
        switch change {
        case .upsert(let finding): published[finding.id] = finding
        case .merged(let old, _): published[old] = nil
        }
      }
      start = end
    }
    return published.values.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
  }
}

extension [Finding] {
  /// The findings without where their evidence was read, which batches of a test don't agree on.
  var withoutOrigins: [Finding] {
    map { finding in
      var bare = finding
      for index in bare.evidence.indices {
        bare.evidence[index].origin = RecordOrigin(path: "", line: 0, offset: 0, length: 0)
      }
      return bare
    }
  }
}
