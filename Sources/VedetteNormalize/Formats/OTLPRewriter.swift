// OpenTelemetry's log records and spans as OTLP writes them: an envelope of resources, scopes and
// records, in which every value says its type.
//
//   {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"x"}}]},
//     "scopeLogs":[{"logRecords":[{"timeUnixNano":"..","attributes":[..],"body":{..}}]}]}]}
//   {"resourceSpans":[{"resource":{..},"scopeSpans":[{"spans":[{"name":"chat gpt-4o",
//     "startTimeUnixNano":"..","endTimeUnixNano":"..","attributes":[..],"events":[..]}]}]}]}
//
// Each log record and each span becomes a plain object: attributes by their names, values without
// their types. Some writers spell the keys `resource_spans` and `string_value`.

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
    guard record.hasPrefix("{", whole), isEnvelope(record, whole), check.isDocument(record) else {
      return []
    }
    var parts: [Range<Int>] = []
    for member in JSONTokens.members(record, whole) where isEnvelopeKey(record, member.key) {
      for group in JSONTokens.elements(record, member.value) {
        takeGroup(record, group, &parts)
      }
    }
    return parts
  }

  /// Whether one of the keys of an envelope occurs, as a key or not.
  private func isEnvelope(_ record: Span<UInt8>, _ whole: Range<Int>) -> Bool {
    guard let place = record.first("\"resource", whole) else { return false }
    let rest = place..<whole.upperBound
    return ["Logs\"", "Spans\"", "_logs\"", "_spans\""].contains { (end: StaticString) in
      record.first(end, rest) != nil
    }
  }

  private func isEnvelopeKey(_ record: Span<UInt8>, _ key: Range<Int>) -> Bool {
    record.equals("resourceLogs", key) || record.equals("resourceSpans", key)
      || record.equals("resource_logs", key) || record.equals("resource_spans", key)
  }

  /// Takes the records of one resource.
  private mutating func takeGroup(
    _ record: Span<UInt8>,
    _ group: Range<Int>,
    _ parts: inout [Range<Int>]
  ) {
    let resource = JSONTokens.value(record, group, "resource")
      .flatMap { JSONTokens.value(record, $0, "attributes") }
    var plain = RecordRewrite()
    if let resource { writeAttributes(record, resource, to: &plain, depth: 1) }
    for member in JSONTokens.members(record, group) {
      let isScopes =
        record.hasPrefix("scope", member.key)
        || record.hasPrefix("instrumentationLibrary", member.key)
      guard isScopes, record.hasPrefix("[", member.value) else { continue }
      for scope in JSONTokens.elements(record, member.value) {
        for list in JSONTokens.members(record, scope)
        where record.equals("logRecords", list.key) || record.equals("spans", list.key)
          || record.equals("log_records", list.key)
        {
          for part in JSONTokens.elements(record, list.value) {
            parts.append(part)
            resources.append(plain.bytes)
          }
        }
      }
    }
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    let isPart = next < resources.count
    if !isPart, isEnvelope(record, record.content), check.isDocument(record),
      JSONTokens.members(record, record.content)
        .contains(where: { isEnvelopeKey(record, $0.key) })
    {
      // It was taken apart before, and nothing was in it.
      return isEmpty(record) ? .noEvent : .deadLetter(reason: "no record in an OTLP envelope")
    }
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
      } else if record.equals("events", member.key) || record.equals("links", member.key),
        record.hasPrefix("[", member.value)
      {
        writeEvents(record, member.value, to: &rewrite)
      } else {
        rewrite.copy(record, member.value)
      }
    }
    writeDuration(record, to: &rewrite)
    rewrite.close()
    return .written
  }

  /// Whether a record by itself has attributes as pairs.
  private func isTyped(_ record: Span<UInt8>) -> Bool {
    record.first("\"stringValue\"", record.all) != nil
      || record.first("\"string_value\"", record.all) != nil
  }

  /// Whether an envelope has nothing in it.
  private func isEmpty(_ record: Span<UInt8>) -> Bool {
    JSONTokens.members(record, record.content).allSatisfy { member in
      !isEnvelopeKey(record, member.key) || JSONTokens.elements(record, member.value).isEmpty
    }
  }

  /// Writes what happened during a span: each has attributes of its own.
  private func writeEvents(
    _ record: Span<UInt8>,
    _ list: Range<Int>,
    to rewrite: inout RecordRewrite
  ) {
    rewrite.raw("[")
    for (index, element) in JSONTokens.elements(record, list).enumerated() {
      if index > 0 { rewrite.raw(",") }
      guard record.hasPrefix("{", element) else {
        rewrite.copy(record, element)
        continue
      }
      rewrite.open()
      for member in JSONTokens.members(record, element) {
        rewrite.member(record, member.key)
        if record.equals("attributes", member.key), record.hasPrefix("[", member.value) {
          writeAttributes(record, member.value, to: &rewrite, depth: 2)
        } else {
          rewrite.copy(record, member.value)
        }
      }
      rewrite.close()
    }
    rewrite.raw("]")
  }

  /// Writes how long a span took, in nanoseconds.
  private func writeDuration(_ record: Span<UInt8>, to rewrite: inout RecordRewrite) {
    func time(_ name: StaticString, _ other: StaticString) -> Int64? {
      let value =
        JSONTokens.value(record, record.content, name)
        ?? JSONTokens.value(record, record.content, other)
      guard var value else { return nil }
      if record.skip("\"", &value) { _ = record.drop("\"", &value) }
      return record.extracting(value).integer
    }
    guard let start = time("startTimeUnixNano", "start_time_unix_nano"),
      let end = time("endTimeUnixNano", "end_time_unix_nano"), start > 0, end >= start
    else { return }
    rewrite.name("durationNanos")
    rewrite.insert(Array("\(end - start)".utf8), for: 0..<0)
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
    if record.equals("kvlistValue", only.key) || record.equals("kvlist_value", only.key),
      let list = JSONTokens.value(record, only.value, "values")
    {
      writeAttributes(record, list, to: &rewrite, depth: depth + 1)
    } else if record.equals("arrayValue", only.key) || record.equals("array_value", only.key),
      let list = JSONTokens.value(record, only.value, "values")
    {
      rewrite.raw("[")
      for (index, element) in JSONTokens.elements(record, list).enumerated() {
        if index > 0 { rewrite.raw(",") }
        write(record, element, to: &rewrite, depth: depth + 1)
      }
      rewrite.raw("]")
    } else if record.hasSuffix("Value", only.key) || record.hasSuffix("_value", only.key) {
      rewrite.copy(record, only.value)
    } else {
      rewrite.copy(record, value)
    }
  }
}
