// JSON objects of no known product.
//
// Names that are ECS, OpenTelemetry or ours are taken as they are, nested or with dots, and below
// `attributes` too. Names that many writers use for the same thing (`src_ip`, `client_ip`) keep
// their own column, and the normalized field is a copy of the first of them that the record has:
// were they one column, a rule for `src_ip` would match on what stands in `client_ip`.

import VedetteColumns
import VedetteEvent

/// Finds the common fields of JSON lines by the names that writers use.
struct GenericJSONShape: JSONShape {
  private enum Capture {
    static let product = 0
    static let category = 1
    static let service = 2
    static let eventID = 3
    static let channel = 4
    static let eventSource = 5
    static let eventName = 6
    static let eventVersion = 7
    static let firstTime = 8
    static var firstField: Int { firstTime + GenericMapping.times.count }
  }

  /// One normalized field and the captures of the names it is copied from, the best first.
  private struct Copy {
    var field: DerivedField
    /// The capture of the field's own name: then there is nothing to copy.
    var own: Int
    var sources: Range<Int>
    var isOrigin: Bool
    var isStatus: Bool
  }

  private let context: ReadContext
  private var copies: [Copy] = []
  private var source = OriginFields(side: "source")
  private var destination = OriginFields(side: "destination")
  private let model: Int
  private var logSources = LogSourceCache()
  private var contentFields: ContentFields

  init(context: ReadContext) {
    self.context = context
    contentFields = ContentFields(context: context)
    var number = Capture.firstField
    var model = 0
    for entry in GenericMapping.copies {
      if entry.field == "gen_ai.request.model" { model = number }
      copies.append(
        Copy(
          field: DerivedField(entry.field),
          own: number,
          sources: number + 1..<number + 1 + entry.names.count,
          isOrigin: entry.field == "source.ip" || entry.field == "destination.ip",
          isStatus: entry.field == GenericMapping.statusField
        )
      )
      number += 1 + entry.names.count
    }
    self.model = model
  }

  static func plan(keepsContent: Bool) -> JSONPlan {
    var plan = JSONPlan()
    plan.foldsCase = true
    plan.ownName = { GenericMapping.ownName($0) }
    plan.capture([
      ("_product", Capture.product),
      ("_category", Capture.category),
      ("_service", Capture.service),
      ("eventid", Capture.eventID),
      ("channel", Capture.channel),
      ("eventsource", Capture.eventSource),
      ("eventname", Capture.eventName),
      ("eventversion", Capture.eventVersion),
    ])
    for (index, name) in GenericMapping.times.enumerated() {
      plan.capture([(name, Capture.firstTime + index)])
    }
    var number = Capture.firstField
    for entry in GenericMapping.copies {
      plan.capture([(entry.field, number)])
      for (index, name) in entry.names.enumerated() { plan.capture([(name, number + 1 + index)]) }
      number += 1 + entry.names.count
    }
    plan.regions = GenericMapping.content
    return plan
  }

  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    for index in copies.indices { copy(index, values, to: builder) }
    contentFields.append(content, to: builder)
    return .event(time: time(values), isYearless: false, logSource: logSource(values))
  }

  private mutating func copy(
    _ index: Int,
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    if values.hasValue(copies[index].own) { return }
    for number in copies[index].sources where values.hasValue(number) {
      if copies[index].isStatus, !(100...599).contains(values.integer(number) ?? 0) { continue }
      guard copies[index].isOrigin else {
        return copies[index].field.append(number, of: values, to: builder)
      }
      let isSource = index == GenericMapping.sourceAddressIndex
      return values.withText(number) { text in
        if isSource {
          source.append(text, to: builder)
        } else {
          destination.append(text, to: builder)
        }
      }
    }
  }

  /// The first of the usual names that holds a time.
  private func time(_ values: borrowing CapturedValues) -> EventTime? {
    for index in GenericMapping.times.indices {
      let number = Capture.firstTime + index
      guard values.hasValue(number) else { continue }
      if let time = values.withText(number, { context.time($0) }) { return time }
    }
    return nil
  }

  private mutating func logSource(_ values: borrowing CapturedValues) -> LogSource {
    if values.hasValue(Capture.product) || values.hasValue(Capture.category)
      || values.hasValue(Capture.service)
    {
      return LogSource(
        product: values.text(Capture.product),
        category: values.text(Capture.category),
        service: values.text(Capture.service)
      )
    }
    // A flat Windows event or a CloudTrail record among other lines is known by its own names.
    if values.hasValue(Capture.eventID), values.hasValue(Capture.channel) {
      return logSources.windows(values, channel: Capture.channel, eventID: Capture.eventID)
    }
    if values.hasValue(Capture.eventSource), values.hasValue(Capture.eventName),
      values.hasValue(Capture.eventVersion)
    {
      return LogSource(product: "aws", service: "cloudtrail")
    }
    if values.hasValue(model) { return LogSource(category: "model_access") }
    return LogSource()
  }
}
