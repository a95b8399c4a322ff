public import VedetteEvent

/// A record that could not be read: kept, counted, and shown with its reason.
public struct DeadLetter: Sendable, Hashable {
  /// Where it was read.
  public let origin: RecordOrigin
  /// Why it could not be read, in a few words.
  public let reason: String
  /// The format it was read as.
  public let format: LogFormat
  /// Its bytes, at most ``Limits/evidenceBytesMax`` of them.
  ///
  /// Of a format that carries prompts only the shape is here: where a broken record's content lies
  /// can't be known, so that all but JSON's punctuation is a `*`.
  public let raw: [UInt8]

  /// Creates a dead letter.
  ///
  /// - Parameters:
  ///   - origin: Where it was read.
  ///   - reason: Why it could not be read.
  ///   - format: The format it was read as.
  ///   - raw: Its bytes or their shape.
  public init(origin: RecordOrigin, reason: String, format: LogFormat, raw: [UInt8]) {
    self.origin = origin
    self.reason = reason
    self.format = format
    self.raw = raw
  }

  /// The shape of a record: its first bytes with all but JSON's punctuation blanked.
  static func shape(of bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.prefix(Limits.deadLetterShapeBytesMax).map { byte in
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
        UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "\""):
        byte
      default: UInt8(ascii: "*")
      }
    }
  }
}

/// Tells whether a record that could not be read may hold a prompt or an answer.
enum ContentMarks {
  /// Keys and names that stand before content, whatever wrote it.
  private static let marks: [[UInt8]] = [
    "gen_ai.", "prompt", "completion", "messages", "inputText", "tool_calls", "requestBody",
    "responseBody", "arguments", "choices", "Generated response", "Generated streaming",
  ].map { Array($0.utf8) }

  /// Whether one of them occurs; in a file of text only JSON may be of a model's call.
  static func occur(in bytes: ArraySlice<UInt8>, isText: Bool) -> Bool {
    if isText, bytes.first != UInt8(ascii: "{"), bytes.first != UInt8(ascii: "[") { return false }
    let starts = Set(marks.compactMap(\.first))
    for index in bytes.indices where starts.contains(bytes[index]) {
      if marks.contains(where: { bytes[index...].starts(with: $0) }) { return true }
    }
    return false
  }
}
