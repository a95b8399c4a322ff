import VedetteColumns
import VedetteEvent

/// A column that a shape fills beside those that the scanner fills.
///
/// The column is made with its first value: a batch has none of fields that no event has.
struct DerivedField {
  private let name: String
  private let ownName: String?
  private var slot: Int?
  private var isRefused = false

  /// Creates a column.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - ownName: The source's own name for it, if it has one.
  init(_ name: String, ownName: String? = nil) {
    self.name = name
    self.ownName = ownName
  }

  /// The column, or `nil` if the batch has no room for it.
  @inline(__always)
  mutating func slot(in builder: EventBatchBuilder) -> Int? {
    if let slot { return slot }
    return isRefused ? nil : makeSlot(in: builder)
  }

  private mutating func makeSlot(in builder: EventBatchBuilder) -> Int? {
    slot = builder.slot(name, type: FieldCatalog.type(of: name))
    isRefused = slot == nil && !builder.isRowFull
    if let slot, let ownName { builder.link(ownName, to: slot) }
    return slot
  }

  mutating func append(_ text: StaticString, to builder: EventBatchBuilder) {
    guard let slot = slot(in: builder) else { return }
    builder.append(text, to: slot)
  }

  mutating func append(_ text: String, to builder: EventBatchBuilder) {
    guard let slot = slot(in: builder) else { return }
    builder.append(text, to: slot)
  }

  mutating func append(_ bytes: Span<UInt8>, to builder: EventBatchBuilder) {
    guard let slot = slot(in: builder) else { return }
    bytes.append(to: slot, of: builder)
  }

  mutating func append(_ integer: Int64, to builder: EventBatchBuilder) {
    guard let slot = slot(in: builder) else { return }
    builder.append(integer, to: slot)
  }

  mutating func append(_ truth: Bool, to builder: EventBatchBuilder) {
    append(truth ? "true" as StaticString : "false", to: builder)
  }

  /// Copies the first value of a capture, if the record has one.
  mutating func append(
    _ capture: Int,
    of values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    guard values.hasValue(capture), let slot = slot(in: builder) else { return }
    values.append(capture, to: slot, of: builder)
  }
}

/// The two columns that say where something came from: an address or, where there is none, a name.
struct OriginFields {
  private var address: DerivedField
  private var domain: DerivedField
  /// The network where the address is masked.
  var network: DerivedField

  /// Creates the columns of a side.
  ///
  /// - Parameter side: `source` or `destination`.
  init(side: String) {
    address = DerivedField(side + ".ip")
    domain = DerivedField(side + ".domain")
    network = DerivedField(side + ".network")
  }

  /// Writes an address in its one form, anything else as a name; nothing for an empty text or `-`.
  mutating func append(_ bytes: Span<UInt8>, to builder: EventBatchBuilder) {
    if AddressText.isIPv4(bytes) {
      address.append(bytes, to: builder)
    } else if let text = AddressText.ipv6(bytes) {
      address.append(text, to: builder)
    } else if bytes.count > 0, !bytes.equals("-") {
      domain.append(bytes, to: builder)
    }
  }
}

extension ReadContext {
  /// Returns the time that a text writes, in UTC, or `nil` if it writes none.
  func time(_ bytes: Span<UInt8>) -> EventTime? {
    guard let read = JSONTime(bytes) else { return namedTime(bytes) }
    guard read.lacksZone else { return read.time }
    let offset = Int64(zone(read.time))
    let (nanoseconds, overflow) = offset.multipliedReportingOverflow(by: -1_000_000_000)
    return overflow ? nil : read.time.advanced(byNanoseconds: nanoseconds)
  }

  /// `Mar 02 2026 10:14:07`, as appliances write it.
  private func namedTime(_ bytes: Span<UInt8>) -> EventTime? {
    guard bytes.count > 0, bytes[0].isLetter,
      let read = TimestampScanner(zone: zone).scanNamed(bytes, at: 0), !read.isYearless
    else { return nil }
    return read.time
  }
}
