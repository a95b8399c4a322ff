// JSON objects of no known product.
//
// Names that are ECS, OpenTelemetry or ours are taken as they are, nested or with dots, and below
// `attributes` too. Names that many writers use for the same thing (`src_ip`, `client_ip`) keep
// their own column, and the normalized field is a copy of the first of them that the record has:
// were they one column, a rule for `src_ip` would match on what stands in `client_ip`.

import VedetteColumns
import VedetteEvent

/// Finds the common fields of JSON lines by the names that writers use.
struct GenericJSONShape: CodedShape {
  private enum Capture {
    static let product = number("_product")
    static let category = number("_category")
    static let service = number("_service")
    static let eventID = number("eventid")
    static let channel = number("channel")
    static let eventSource = number("eventsource")
    static let eventName = number("eventname")
    static let eventVersion = number("eventversion")
    static let model = number("gen_ai.request.model")
    static let times = GenericMapping.times.map { number($0) }

    /// Every name that is looked at, once each.
    static let names: [String] = {
      var names = [
        "_product", "_category", "_service", "eventid", "channel", "eventsource", "eventname",
        "eventversion",
      ]
      names += GenericMapping.times
      for entry in GenericMapping.copies { names += [entry.field] + entry.names }
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }
    }()

    private static let numbers = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) }
    )

    static func number(_ name: String) -> Int { numbers[name] ?? 0 }
  }

  /// One normalized field and the captures of the names it is copied from, the best first.
  private struct Copy {
    var field: DerivedField
    /// The capture of the field's own name: then there is nothing to copy.
    var own: Int
    var sources: [Int]
    var isOrigin: Bool
    var isStatus: Bool
  }

  private let context: ReadContext
  private var copies: [Copy] = []
  private var source = OriginFields(side: "source")
  private var destination = OriginFields(side: "destination")
  private var logSources = LogSourceCache()
  private var contentFields: ContentFields

  init(context: ReadContext) {
    self.context = context
    contentFields = ContentFields(context: context)
    for entry in GenericMapping.copies {
      copies.append(
        Copy(
          field: DerivedField(entry.field),
          own: Capture.number(entry.field),
          sources: entry.names.map { Capture.number($0) },
          isOrigin: entry.field == "source.ip" || entry.field == "destination.ip",
          isStatus: entry.field == GenericMapping.statusField
        )
      )
    }
  }

  static func plan(keepsContent: Bool) -> JSONPlan {
    var plan = JSONPlan()
    plan.foldsCase = true
    plan.ownName = { GenericMapping.ownName($0) }
    plan.capture(Capture.names.enumerated().map { ($0.element, $0.offset) })
    plan.regions = GenericMapping.content
    plan.contentPrefixes = GenericMapping.contentPrefixes
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
    for number in Capture.times where values.hasValue(number) {
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
    if values.hasValue(Capture.model) { return LogSource(category: "model_access") }
    return LogSource()
  }
}
