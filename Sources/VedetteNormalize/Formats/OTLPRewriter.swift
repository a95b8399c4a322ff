// OpenTelemetry's log records as OTLP writes them: an envelope of resources, scopes and records, in
// which every value says its type.
//
//   {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"x"}}]},
//     "scopeLogs":[{"logRecords":[{"timeUnixNano":"..","attributes":[..],"body":{..}}]}]}]}
//
// Each log record becomes a plain object: attributes by their names, values without their types.

import VedetteEvent

/// Takes OTLP's envelope off.
struct OTLPRewriter: RecordRewriter, RecordSplitter {
  private let check = JSONCheck()
  /// The attributes of the resources of the parts, in order, and which part comes next.
  private var resources: [[UInt8]] = []
  private var next = 0

  mutating func split(_ record: Span<UInt8>) -> [Range<Int>] {
    resources = []
    next = 0
    let whole = record.content
    guard record.hasPrefix("{", whole), record.first("\"resourceLogs\"", whole) != nil,
      check.isDocument(record)
    else { return [] }
    guard let logs = JSONTokens.value(record, whole, "resourceLogs") else { return [] }
    var parts: [Range<Int>] = []
    for log in JSONTokens.elements(record, logs) {
      let resource = JSONTokens.value(record, log, "resource")
        .flatMap { JSONTokens.value(record, $0, "attributes") }
      var plain = RecordRewrite()
      if let resource { writeAttributes(record, resource, to: &plain, depth: 1) }
      let scopes =
        JSONTokens.value(record, log, "scopeLogs")
        ?? JSONTokens.value(record, log, "instrumentationLibraryLogs")
      guard let scopes else { continue }
      for scope in JSONTokens.elements(record, scopes) {
        guard let records = JSONTokens.value(record, scope, "logRecords") else { continue }
        for part in JSONTokens.elements(record, records) {
          parts.append(part)
          resources.append(plain.bytes)
        }
      }
    }
    return parts
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    let isPart = next < resources.count
    guard isPart || isTyped(record) else { return .asItIs }
    guard isPart || check.isDocument(record) else { return .asItIs }
    rewrite.open()
    if isPart {
      if !resources[next].isEmpty {
        rewrite.name("resource")
        rewrite.insert(resources[next], for: 0..<0)
      }
      next += 1
    }
    for member in JSONTokens.members(record, record.content) {
      rewrite.member(record, member.key)
      if record.equals("attributes", member.key), record.hasPrefix("[", member.value) {
        writeAttributes(record, member.value, to: &rewrite, depth: 1)
      } else if record.equals("body", member.key) {
        write(record, member.value, to: &rewrite, depth: 1)
      } else {
        rewrite.copy(record, member.value)
      }
    }
    rewrite.close()
    return .written
  }

  /// Whether a record by itself has attributes as pairs.
  private func isTyped(_ record: Span<UInt8>) -> Bool {
    record.first("\"stringValue\"", record.all) != nil
  }

  private func writeAttributes(
    _ record: Span<UInt8>,
    _ list: Range<Int>,
    to rewrite: inout RecordRewrite,
    depth: Int
  ) {
    rewrite.open()
    for pair in JSONTokens.elements(record, list) {
      guard let key = JSONTokens.value(record, pair, "key"),
        let value = JSONTokens.value(record, pair, "value"), record.hasPrefix("\"", key)
      else { continue }
      // The key is JSON already: it is copied with its escapes.
      rewrite.member(record, key.lowerBound + 1..<key.upperBound - 1)
      write(record, value, to: &rewrite, depth: depth + 1)
    }
    rewrite.close()
  }

  /// Writes a value without the object that says its type.
  private func write(
    _ record: Span<UInt8>,
    _ value: Range<Int>,
    to rewrite: inout RecordRewrite,
    depth: Int
  ) {
    guard record.hasPrefix("{", value), depth < Limits.nestingDepthMax else {
      return rewrite.copy(record, value)
    }
    let members = JSONTokens.members(record, value)
    guard members.count == 1, let only = members.first else {
      return rewrite.copy(record, value)
    }
    if record.equals("kvlistValue", only.key),
      let list = JSONTokens.value(record, only.value, "values")
    {
      writeAttributes(record, list, to: &rewrite, depth: depth + 1)
    } else if record.equals("arrayValue", only.key),
      let list = JSONTokens.value(record, only.value, "values")
    {
      rewrite.raw("[")
      for (index, element) in JSONTokens.elements(record, list).enumerated() {
        if index > 0 { rewrite.raw(",") }
        write(record, element, to: &rewrite, depth: depth + 1)
      }
      rewrite.raw("]")
    } else if record.hasSuffix("Value", only.key) {
      rewrite.copy(record, only.value)
    } else {
      rewrite.copy(record, value)
    }
  }
}
