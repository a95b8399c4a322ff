// Windows events as JSON: evtx_dump and its like (`Event.System`, `Event.EventData`, members by
// name or as a list of `Data` with a name and a text), winlogbeat, NXLog, Wazuh, and flat.
//
// Whatever the form, a member is reached by Sigma's plain name: `EventID`, `Channel`, `Image`. The
// account of `user.name` is the one that acted: `User` of Sysmon and `SubjectUserName` of Security
// without the domain, but of logons `TargetUserName`, which is the account that was logged in.

import VedetteColumns
import VedetteEvent

/// Derives what Windows says in fields that differ from event to event.
struct WindowsShape: CodedShape {
  private enum Capture {
    static let channel = 0
    static let eventID = 1
    static let provider = 2
    static let utcTime = 3
    static let systemTime = 4
    static let timestamp = 5
    static let eventTime = 6
    static let computer = 7
    static let user = 8
    static let subjectUser = 9
    static let targetUser = 10
    static let sourceAddress = 11
    static let destinationAddress = 12
    static let product = 13
    static let category = 14
    static let service = 15
    static let hostName = 16
    static let failureStatus = 17
    /// The heads by their other names, in the order of the mapping.
    static let firstHead = 18
  }

  private let context: ReadContext
  private var logSources = LogSourceCache()
  private var heads: [DerivedField]
  private var hostName = DerivedField("host.name")
  private var userName = DerivedField("user.name")
  private var targetName = DerivedField("user.target.name")
  private var sourceAddress = DerivedField("source.ip")
  private var destinationAddress = DerivedField("destination.ip")
  private var outcome = DerivedField("event.outcome")
  private var category = DerivedField("event.category")

  init(context: ReadContext) {
    self.context = context
    let fields = Dictionary(
      uniqueKeysWithValues: FormatMappings.of(.windows).fields.map { ($0.raw, $0.field) }
    )
    heads = WindowsMapping.headNames.map { entry in
      DerivedField(fields[entry.head] ?? entry.head, ownName: entry.head)
    }
  }

  static func plan(keepsContent: Bool) -> JSONPlan {
    var plan = JSONPlan()
    plan.map(FormatMappings.of(.windows).fields)
    plan.ownName = { WindowsMapping.ownName($0) }
    plan.pairLists = [
      "Event.EventData.Data", "EventData.Data", "winlog.event_data.Data", "event_data.Data",
    ]
    plan.capture([
      ("Channel", Capture.channel),
      ("EventID", Capture.eventID),
      ("Provider_Name", Capture.provider),
      ("UtcTime", Capture.utcTime),
      ("SystemTime", Capture.systemTime),
      ("@timestamp", Capture.timestamp),
      ("EventTime", Capture.eventTime),
      ("TimeCreated", Capture.eventTime),
      ("Computer", Capture.computer),
      ("User", Capture.user),
      ("SubjectUserName", Capture.subjectUser),
      ("TargetUserName", Capture.targetUser),
      ("IpAddress", Capture.sourceAddress),
      ("SourceIp", Capture.sourceAddress),
      ("SourceAddress", Capture.sourceAddress),
      ("DestinationIp", Capture.destinationAddress),
      ("DestAddress", Capture.destinationAddress),
      ("_product", Capture.product),
      ("_category", Capture.category),
      ("_service", Capture.service),
      ("host.name", Capture.hostName),
      ("Status", Capture.failureStatus),
    ])
    for (index, entry) in WindowsMapping.headNames.enumerated() {
      plan.capture(entry.names.map { ($0, Capture.firstHead + index) })
    }
    return plan
  }

  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    let eventIDNumber = head(Capture.eventID, "EventID", values, to: builder)
    let channel = head(Capture.channel, "Channel", values, to: builder)
    let provider = head(Capture.provider, "Provider_Name", values, to: builder)
    let computer = head(Capture.computer, "Computer", values, to: builder)
    guard values.hasValue(eventIDNumber), values.hasValue(channel) || values.hasValue(provider)
    else { return .deadLetter(reason: "not a Windows event") }
    if !values.hasValue(Capture.hostName) { hostName.append(computer, of: values, to: builder) }
    appendAddress(Capture.sourceAddress, of: values, to: &sourceAddress, in: builder)
    appendAddress(Capture.destinationAddress, of: values, to: &destinationAddress, in: builder)
    let logSource = logSource(
      values,
      channel: values.hasValue(channel) ? channel : provider,
      eventID: eventIDNumber
    )
    let isSecurity = logSource.service == "security"
    let eventID = isSecurity ? values.integer(eventIDNumber) ?? -1 : -1
    appendUsers(eventID, values, to: builder)
    if isSecurity { appendOutcome(eventID, values, to: builder) }
    return .event(time: time(values), isYearless: false, logSource: logSource)
  }

  private func time(_ values: borrowing CapturedValues) -> EventTime? {
    // These two are UTC though they do not say so.
    for number in [Capture.utcTime, Capture.systemTime] {
      if let read = values.withText(number, { JSONTime($0) }) { return read.time }
    }
    for number in [Capture.timestamp, Capture.eventTime] {
      if let read = values.withText(number, { context.time($0) }) { return read }
    }
    return nil
  }

  /// The capture of a part of the head, copied to its plain name if it has only another.
  private mutating func head(
    _ number: Int,
    _ name: StaticString,
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) -> Int {
    guard !values.hasValue(number),
      let index = WindowsMapping.headNames.firstIndex(where: { $0.head == "\(name)" })
    else { return number }
    let other = Capture.firstHead + index
    heads[index].append(other, of: values, to: builder)
    return values.hasValue(other) ? other : number
  }

  private mutating func logSource(
    _ values: borrowing CapturedValues,
    channel: Int,
    eventID: Int
  ) -> LogSource {
    if values.hasValue(Capture.product) {
      return LogSource(
        product: values.text(Capture.product),
        category: values.text(Capture.category),
        service: values.text(Capture.service)
      )
    }
    return logSources.windows(values, channel: channel, eventID: eventID)
  }

  private func appendAddress(
    _ number: Int,
    of values: borrowing CapturedValues,
    to field: inout DerivedField,
    in builder: EventBatchBuilder
  ) {
    guard values.hasValue(number) else { return }
    values.withText(number) { text in
      if AddressText.isIPv4(text) {
        field.append(text, to: builder)
      } else if let address = AddressText.ipv6(text) {
        field.append(address, to: builder)
      }
    }
  }

  /// Events whose `TargetUserName` is the account that was logged in or tried.
  private static func isLogon(_ eventID: Int64) -> Bool {
    switch eventID {
    case 4624, 4625, 4634, 4647, 4768...4773, 4776...4779: true
    default: false
    }
  }

  /// Events in which one account acts on another.
  private static func actsOnAccount(_ eventID: Int64) -> Bool {
    switch eventID {
    case 4648, 4720...4767, 4780, 4781, 4794, 4798, 4799: true
    default: false
    }
  }

  private mutating func appendUsers(
    _ eventID: Int64,
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    if Self.isLogon(eventID) {
      return userName.append(Capture.targetUser, of: values, to: builder)
    }
    if values.hasValue(Capture.subjectUser) {
      userName.append(Capture.subjectUser, of: values, to: builder)
    } else if values.hasValue(Capture.user) {
      values.withText(Capture.user) { text in
        let bare = text.extracting(text.offset(afterLast: UInt8(ascii: "\\"))..<text.count)
        userName.append(bare, to: builder)
      }
    }
    if Self.actsOnAccount(eventID) {
      targetName.append(Capture.targetUser, of: values, to: builder)
    }
  }

  private mutating func appendOutcome(
    _ eventID: Int64,
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    switch eventID {
    case 4624: outcome.append("success" as StaticString, to: builder)
    case 4625, 4771: outcome.append("failure" as StaticString, to: builder)
    case 4768, 4769, 4776:
      let succeeded =
        values.equals(Capture.failureStatus, "0x0") || values.equals(Capture.failureStatus, "0")
      outcome.append(succeeded ? "success" as StaticString : "failure", to: builder)
    default: return
    }
    category.append("authentication" as StaticString, to: builder)
  }
}
