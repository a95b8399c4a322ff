import VedetteColumns
import VedetteEvent

/// What makes JSON objects records of one format: which paths mean what.
protocol JSONShape {
  /// Derives fields from those that were read and says when and where the event happened.
  ///
  /// - Parameters:
  ///   - values: What the plan captured.
  ///   - content: What the record holds of content.
  ///   - builder: Where the row is.
  /// - Returns: What became of the record: one that lacks what marks the format is a dead letter.
  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome

  /// Parts of the last record that are hidden beside its content: secrets.
  var secretSpans: [Range<Int>] { get }
}

extension JSONShape {
  var secretSpans: [Range<Int>] { [] }
}

/// A shape that is code: what it knows is the same for every record.
protocol CodedShape: JSONShape {
  /// The paths that the format knows.
  ///
  /// - Parameter keepsContent: Whether content is kept.
  /// - Returns: The plan.
  static func plan(keepsContent: Bool) -> JSONPlan

  /// Creates a shape for one builder.
  ///
  /// - Parameter context: What must be known beside the bytes.
  init(context: ReadContext)
}

/// Reads records that are JSON objects, by the shape of their format.
final class JSONReader<Shape: JSONShape>: FormatReader {
  private var scanner: JSONScanner
  private var shape: Shape

  init(plan: JSONPlan, shape: Shape, builder: EventBatchBuilder, context: ReadContext) {
    var plan = plan
    plan.keepsContent = context.keepsContent
    scanner = JSONScanner(plan: plan, builder: builder)
    self.shape = shape
  }

  @unsafe
  func read(
    _ record: UnsafeBufferPointer<UInt8>,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    let fault = unsafe scanner.scan(record)
    guard fault == .none else { return .deadLetter(reason: fault.reason) }
    return shape.finish(scanner.values, content: scanner.content, into: builder)
  }

  var contentSpans: [Range<Int>] {
    let secrets = shape.secretSpans
    return secrets.isEmpty ? scanner.content.spans : scanner.content.spans + secrets
  }
}

extension JSONReader where Shape: CodedShape {
  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - builder: Where the rows go.
  ///   - context: What must be known beside the bytes.
  convenience init(builder: EventBatchBuilder, context: ReadContext) {
    self.init(
      plan: Shape.plan(keepsContent: context.keepsContent),
      shape: Shape(context: context),
      builder: builder,
      context: context
    )
  }
}

extension JSONReader: DroppingReader {
  func takeDropped() -> DroppedValues { scanner.takeDropped() }
}

extension JSONScanner {
  /// Returns the counts since the last call.
  mutating func takeDropped() -> DroppedValues {
    defer {
      droppedCount = 0
      droppedOfRowCount = 0
      duplicateKeyCount = 0
      table.refusedCount = 0
    }
    return DroppedValues(
      fields: droppedCount &+ droppedOfRowCount,
      duplicateKeys: duplicateKeyCount,
      isFull: table.refusedCount > 0 || droppedCount > 0
    )
  }
}

/// A reader that counts what it leaves out of records that it reads.
protocol DroppingReader {
  /// Returns the counts since the last call.
  func takeDropped() -> DroppedValues
}

/// What a reader left out.
struct DroppedValues {
  /// Values that found no column.
  var fields = 0
  /// Keys that came twice in one object.
  var duplicateKeys = 0
  /// Whether a limit on names was met.
  var isFull = false
}
