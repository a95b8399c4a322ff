import VedetteEvent

/// The lines of a log, added in any order and written in the order of their times.
struct LogTimeline {
  private var lines: [(time: EventTime, text: String, label: String?)] = []
  /// What the lines that are added from now on belong to; `nil` for what is ordinary.
  var label: String?

  /// Adds a line.
  mutating func add(_ text: String, at time: EventTime) {
    lines.append((time, text, label))
  }

  /// The lines in order; of two at the same time, the one added first comes first.
  var sorted: [(time: EventTime, text: String, label: String?)] {
    lines.enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }

  /// The log's bytes, a newline after each line.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for line in sorted {
      bytes.append(contentsOf: line.text.utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
