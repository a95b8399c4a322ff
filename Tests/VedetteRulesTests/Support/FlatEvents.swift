import Foundation
import VedetteColumns
import VedetteEvent

/// Reads JSON objects, one a line, into batches, as simply as it can be done.
///
/// Nested members are joined with dots. `_product`, `_category` and `_service` are the log source;
/// an event with a channel and without these is one of Windows.
struct FlatEvents {
  enum JSON: Decodable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode(Int64.self) {
        self = .integer(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(Bool.self) {
        self = .boolean(value)
      } else if let value = try? container.decode([JSON].self) {
        self = .array(value)
      } else {
        self = .object(try container.decode([String: JSON].self))
      }
    }
  }

  private let builder = EventBatchBuilder()
  private var time: EventTime?

  /// Reads lines into batches of at most a number of rows.
  static func batches(
    _ lines: [String],
    logSource: LogSource? = nil,
    rowsMax: Int = 4_096
  ) throws -> [EventBatch] {
    batches(try lines.map(members), logSource: logSource, rowsMax: rowsMax)
  }

  /// Reads one line.
  static func members(_ line: String) throws -> [String: JSON] {
    try JSONDecoder().decode([String: JSON].self, from: Data(line.utf8))
  }

  /// Puts events that were read into batches of at most a number of rows.
  static func batches(
    _ events: [[String: JSON]],
    logSource: LogSource? = nil,
    rowsMax: Int
  ) -> [EventBatch] {
    var reader = FlatEvents()
    var batches: [EventBatch] = []
    for (index, members) in events.enumerated() {
      reader.read(members, number: index + 1, logSource)
      if reader.builder.rowCount == rowsMax { batches.append(reader.finish()) }
    }
    if reader.builder.rowCount > 0 { batches.append(reader.finish()) }
    return batches
  }

  private func finish() -> EventBatch {
    builder.finish(source: SourceID("test"), path: "test", raw: [])
  }

  private mutating func read(_ members: [String: JSON], number: Int, _ asserted: LogSource?) {
    builder.beginRow(
      RecordChunk.Record(start: 0, length: 0, line: number, offset: Int64(number))
    )
    for (name, value) in members.sorted(by: { $0.key < $1.key }) { append(value, name) }
    func word(_ name: String) -> String? {
      if case .text(let word) = members[name] { word } else { nil }
    }
    var source = LogSource(
      product: word("_product"),
      category: word("_category"),
      service: word("_service")
    )
    if source == LogSource(), members["Channel"] != nil { source.product = "windows" }
    let time = word("@timestamp").flatMap { ISO8601DateFormatter().date(from: $0) }.map {
      EventTime(nanosecondsSinceEpoch: Int64($0.timeIntervalSince1970) * 1_000_000_000)
    }
    builder.endRow(time: time, logSource: asserted ?? source)
  }

  private func append(_ value: JSON, _ name: String) {
    if case .object(let members) = value {
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        append(value, name + "." + key)
      }
      return
    }
    let isInteger = name == "EventID" || name.hasSuffix("_n")
    guard let slot = builder.slot(name, type: isInteger ? .integer : .text) else { return }
    switch value {
    case .null: builder.appendNull(to: slot)
    case .boolean(let flag): builder.append(flag ? "true" as String : "false", to: slot)
    case .integer(let number): builder.append(number, to: slot)
    case .number(let number): builder.append(number, to: slot)
    case .text(let text): builder.append(text, to: slot)
    case .array(let elements): for element in elements { append(element, name) }
    case .object: break
    }
  }
}
