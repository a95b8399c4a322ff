import GRDB
import VedetteEvent

/// Writes how far the input was read.
struct ProgressWriter {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func write(_ batch: CommitBatch) throws {
    for source in batch.checkpoints.keys.sorted() {
      try replace(source, by: batch.checkpoints[source] ?? [])
    }
    for status in batch.sourceStatus { try write(status) }
    for letter in batch.deadLetters { try write(letter) }
    for metric in batch.metrics {
      try db.run("INSERT OR REPLACE INTO metric VALUES (?, ?)", [metric.name, metric.value])
    }
  }

  private func replace(_ source: SourceID, by checkpoints: [Checkpoint]) throws {
    try db.run("DELETE FROM checkpoint WHERE source = ?", [source.name.stored])
    for (part, checkpoint) in checkpoints.enumerated() {
      try db.run(
        "INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
          source.name.stored, part, checkpoint.device.stored, checkpoint.inode.stored,
          checkpoint.path.stored, checkpoint.fingerprintLength, checkpoint.fingerprint.stored,
          checkpoint.offset, checkpoint.line, checkpoint.markerLength, checkpoint.marker.stored,
          checkpoint.isFinished,
        ]
      )
    }
  }

  private func write(_ status: SourceStatus) throws {
    let source = status.source.name.stored
    try db.run(
      "INSERT OR REPLACE INTO source_status VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        source, status.format.stored, status.formatReason.stored, status.problem?.stored,
        status.records, status.events, status.bytes, status.lateEvents,
        status.firstEvent?.stored, status.lastEvent?.stored, status.watermark?.stored,
        status.lastRead?.stored,
      ]
    )
    for one in status.deadLetters {
      try db.run(
        "INSERT OR REPLACE INTO dead_letter_count VALUES (?, ?, ?)",
        [source, one.reason.stored, one.count]
      )
    }
  }

  private func write(_ letter: KeptDeadLetter) throws {
    let source = letter.source.name.stored
    let insert = """
      INSERT INTO dead_letter (source, reason, file, line, offset, length, raw)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """
    try db.run(
      insert,
      [
        source, letter.reason.stored, letter.origin.path.stored, letter.origin.line,
        letter.origin.offset, letter.origin.length,
        Array(letter.raw.prefix(Limits.evidenceBytesMax)).stored,
      ]
    )
    let trim = """
      DELETE FROM dead_letter WHERE source = ?1 AND dead_letter_key <= (
        SELECT dead_letter_key FROM dead_letter WHERE source = ?1
        ORDER BY dead_letter_key DESC LIMIT 1 OFFSET \(Limits.deadLettersKeptMax)
      )
      """
    try db.run(trim, [source])
  }
}
