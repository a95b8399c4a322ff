// Pages of audit APIs: an object that holds many records and what is needed to ask for more.
//
//   {"object":"list","data":[{..},{..}],"has_more":true,"last_id":"x"}     OpenAI, Anthropic
//   {"kind":"EventList","items":[{..}],"metadata":{}}                      Kubernetes, Google
//   {"@odata.context":"..","value":[{..}],"@odata.nextLink":".."}          Microsoft
//   {"entries":[{..}],"nextPageToken":".."}                                Google Cloud
//
// An event may have a list of objects too. So every other member must be one that pages have, and
// the list one of the names that pages give it: what was said to a model is no page, whatever holds
// it.

import VedetteEvent

/// Tells pages of records from events.
enum JSONPage {
  /// What the list of a page is called, or ends with; in lower case.
  private static let lists = [
    "data", "items", "entries", "value", "values", "records", "events", "results", "result", "rows",
    "logs", "activities", "alerts", "findings", "incidents", "elements", "sessions", "detections",
  ]

  /// The other members of pages, in lower case.
  private static let others: Set<String> = [
    "kind", "object", "apiversion", "metadata", "meta", "_meta", "etag", "self", "selflink", "href",
    "nextpagetoken", "next_page_token", "nextlink", "next_link", "next", "next_page", "nextpage",
    "next_page_url", "nexttoken", "next_token", "next_cursor", "nextcursor", "previous", "prev",
    "previous_page", "cursor", "cursors", "pagination", "paging", "page", "pages", "page_number",
    "page_size", "per_page", "pagesize", "perpage", "has_more", "hasmore", "has_next", "more",
    "first_id", "last_id", "first", "last", "count", "total", "total_count", "totalcount",
    "total_pages", "totalpages", "total_items", "totalitems", "totalresults", "total_results",
    "limit", "offset", "start", "start_index", "startindex", "size", "length", "links", "_links",
    "success", "errors", "warnings", "status", "result_info", "response_metadata", "took",
    "timed_out", "request_id", "requestid", "truncated", "istruncated",
  ]

  /// Returns the list of a page, or `nil` of what is none.
  ///
  /// - Parameters:
  ///   - record: The record, which need not be well-formed.
  ///   - whole: The record without the blanks around it.
  /// - Returns: The list: an array whose first element is an object.
  static func list(_ record: Span<UInt8>, _ whole: Range<Int>) -> Range<Int>? {
    guard record.hasPrefix("{", whole) else { return nil }
    var found: Range<Int>?
    for member in JSONTokens.members(record, whole) {
      let isArray = record.hasPrefix("[", member.value)
      if isArray, startsWithObject(record, member.value) {
        guard found == nil, isList(record, member.key) else { return nil }
        found = member.value
      } else {
        guard isOther(record, member.key) else { return nil }
      }
    }
    return found
  }

  /// Returns the first record of a page, or `nil` of what is none.
  static func first(_ record: Span<UInt8>, _ whole: Range<Int>) -> Range<Int>? {
    list(record, whole).map { list in
      let start = JSONTokens.skip(record, list.lowerBound + 1)
      return start..<JSONTokens.end(ofValueAt: start, record)
    }
  }

  /// Returns the records of a page; none of what is no page or not well-formed.
  static func records(_ record: Span<UInt8>, _ check: JSONCheck) -> [Range<Int>] {
    guard let list = list(record, record.content), check.isDocument(record) else { return [] }
    let elements = JSONTokens.elements(record, list)
    return elements.allSatisfy { record.hasPrefix("{", $0) } ? elements : []
  }

  private static func startsWithObject(_ record: Span<UInt8>, _ array: Range<Int>) -> Bool {
    let start = JSONTokens.skip(record, array.lowerBound + 1)
    return start < array.upperBound && record[start] == UInt8(ascii: "{")
  }

  private static func isList(_ record: Span<UInt8>, _ key: Range<Int>) -> Bool {
    guard key.count <= 64 else { return false }
    let name = String(record.extracting(key)).lowercased()
    // OTLP's envelopes are taken apart by their own reader.
    guard !name.hasPrefix("resource") else { return false }
    return lists.contains { name.hasSuffix($0) }
  }

  private static func isOther(_ record: Span<UInt8>, _ key: Range<Int>) -> Bool {
    guard key.count <= 64 else { return false }
    if record.hasPrefix("@odata.", key) { return true }
    return others.contains(String(record.extracting(key)).lowercased())
  }
}
