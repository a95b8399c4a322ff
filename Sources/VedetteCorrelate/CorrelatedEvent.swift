import VedetteEvent
import VedetteFindings

/// An event that rules matched, with what correlations need of it after its batch is gone.
///
/// One for all rules that matched it. A day of an attack is held in windows, so what it carries lies
/// packed in one buffer: its bytes, who took part, and the fields that its rules' correlations ask
/// for.
final class CorrelatedEvent: EvidenceSource {
  /// When it happened, in nanoseconds since 1970.
  let time: Int64
  /// The event's number in its logical source.
  let ordinal: Int64
  /// A number of the event's own, whichever rule matched it.
  let fingerprint: UInt64
  private let packed: PackedEvent
  private let file: EventFile
  private let offset: Int64
  private let line: UInt32
  private let length: UInt32
  /// How often it happened.
  let weight: Int32
  /// Whether its time could be read; else it is the newest time of its source.
  let isTimed: Bool

  /// Creates an event.
  ///
  /// - Parameters:
  ///   - time: When it happened, in nanoseconds since 1970.
  ///   - isTimed: Whether its time could be read.
  ///   - file: Where it was read.
  ///   - ordinal: Its number in its logical source.
  ///   - weight: How often it happened.
  ///   - origin: The place in the file.
  ///   - packed: What it carries.
  init(
    time: Int64,
    isTimed: Bool,
    file: EventFile,
    ordinal: Int64,
    weight: Int,
    origin: RecordOrigin,
    packed: PackedEvent
  ) {
    self.time = time
    self.isTimed = isTimed
    self.file = file
    self.ordinal = ordinal
    self.weight = Int32(clamping: weight)
    offset = origin.offset
    line = UInt32(clamping: origin.line)
    length = UInt32(clamping: origin.length)
    self.packed = packed
    var hash = StableHash()
    hash.combine(file.source.name)
    hash.combine(UInt64(bitPattern: ordinal))
    fingerprint = hash.value
  }

  /// The logical source.
  var source: SourceID { file.source }

  /// Where it was read.
  var origin: RecordOrigin {
    RecordOrigin(path: file.path, line: Int(line), offset: offset, length: Int(length))
  }

  /// Its bytes.
  var raw: ArraySlice<UInt8> { packed.raw }

  /// Who took part.
  var entities: PackedEvent.Entities { packed.entities }

  /// Returns the value of a field, or `nil` if it has none or it does not outlive its batch.
  ///
  /// - Parameter number: The field's place among all that correlations ask for.
  /// - Returns: Its value.
  func field(_ number: Int) -> String? { packed.field(number) }

  /// What is shown of it.
  var evidence: Evidence {
    Evidence(
      time: isTimed ? EventTime(nanosecondsSinceEpoch: time) : nil,
      origin: origin,
      raw: Array(raw)
    )
  }

  func write(to writer: inout StateWriter) {
    writer.write(time)
    writer.write(isTimed)
    writer.write(source.name)
    writer.write(ordinal)
    writer.write(Int(weight))
    writer.write(origin)
    packed.write(to: &writer)
  }

  static func read(from reader: inout StateReader) throws(StateError) -> CorrelatedEvent {
    let time = try reader.signed()
    let isTimed = try reader.bool()
    let source = SourceID(try reader.text())
    let ordinal = try reader.signed()
    let weight = try reader.integer()
    let origin = try reader.origin()
    return CorrelatedEvent(
      time: time,
      isTimed: isTimed,
      file: EventFile(source: source, path: origin.path),
      ordinal: ordinal,
      weight: weight,
      origin: origin,
      packed: try PackedEvent(from: &reader)
    )
  }
}

/// Where many events were read.
final class EventFile: Sendable {
  /// The logical source.
  let source: SourceID
  /// The path as it was given.
  let path: String

  init(source: SourceID, path: String) {
    self.source = source
    self.path = path
  }
}

/// An event as one input of one correlation.
struct CorrelationItem {
  let event: CorrelatedEvent
  /// The rule that matched it.
  let rule: Int32
  /// Which of the correlation's inputs it came through.
  let input: Int32

  init(event: CorrelatedEvent, rule: Int, input: Int) {
    self.event = event
    self.rule = Int32(rule)
    self.input = Int32(input)
  }

  /// The same event as an input of another correlation.
  func through(_ input: Int) -> CorrelationItem {
    CorrelationItem(event: event, rule: Int(rule), input: input)
  }

  /// The total order of a group's events: time, logical source, position in it.
  static func precedes(_ left: CorrelationItem, _ right: CorrelationItem) -> Bool {
    if left.event.time != right.event.time { return left.event.time < right.event.time }
    if left.event.source != right.event.source { return left.event.source < right.event.source }
    if left.event.ordinal != right.event.ordinal {
      return left.event.ordinal < right.event.ordinal
    }
    return left.input < right.input
  }

  func write(to writer: inout StateWriter) {
    event.write(to: &writer)
    writer.write(Int(rule))
    writer.write(Int(input))
  }

  static func read(from reader: inout StateReader) throws(StateError) -> CorrelationItem {
    let event = try CorrelatedEvent.read(from: &reader)
    guard let rule = Int32(exactly: try reader.integer()),
      let input = Int32(exactly: try reader.integer())
    else { throw .malformed }
    return CorrelationItem(event: event, rule: Int(rule), input: Int(input))
  }
}
