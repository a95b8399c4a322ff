import Vedette
import VedetteColumns
import VedetteIncidents
import VedetteNormalize

// What was not understood, by its shape: `--failures`.
extension ExplainCommand {
  private static let shapesShown = 40

  /// Shows the shapes of records that could not be read, and of messages of which no reader knows
  /// the form, for each program with their counts.
  func showShapes(_ outcomes: [SampleRunner.Outcome]) {
    var failed: [String: Int] = [:]
    var unknown: [String: [String: Int]] = [:]
    for outcome in outcomes {
      for (shape, count) in outcome.shapes { failed[shape, default: 0] += count }
      count(outcome.batch, into: &unknown)
    }
    show("shapes that could not be read", failed)
    for program in unknown.keys.sorted() {
      show("messages of \(program) of no known form", unknown[program] ?? [:])
    }
  }

  /// Counts the messages whose action is only that there was one: `sshd_other`.
  private func count(_ batch: EventBatch, into unknown: inout [String: [String: Int]]) {
    guard let action = batch.schema.index(of: "event.action"),
      let message = batch.schema.index(of: "message")
    else { return }
    let program = batch.schema.index(of: "process.name")
    for row in 0..<batch.rowCount {
      guard let did = batch.columns[action].texts(row).first, did.hasSuffix("_other"),
        let text = batch.columns[message].texts(row).first
      else { continue }
      let name = program.flatMap { batch.columns[$0].texts(row).first } ?? "no program"
      unknown[name, default: [:]][RecordShape.of(text.utf8), default: 0] += 1
    }
  }

  private func show(_ title: String, _ shapes: [String: Int]) {
    guard !shapes.isEmpty else { return }
    Output.shownLine("\(title): \(shapes.values.reduce(0, +))")
    let sorted = shapes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (shape, count) in sorted.prefix(Self.shapesShown) {
      let text = TerminalText.truncated(TerminalText.visible(shape), to: 120)
      Output.shownLine("  \(TerminalText.padded(String(count), to: 7)) \(text)")
    }
    if sorted.count > Self.shapesShown {
      Output.shownLine("  \(sorted.count - Self.shapesShown) more shapes")
    }
  }
}
