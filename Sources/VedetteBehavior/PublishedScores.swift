import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// What was last published under an id, where more than one source can say the same of an entity.
///
/// An id holds what happened and not where it was read, so two sources that see the same entity in
/// the same window share it. The stronger statement stays, whichever comes first.
struct PublishedScores: Sendable, Equatable {
  private struct Rank: Sendable, Equatable {
    var score: Int
    var count: Int
    var source: String
    var end: Int64
  }

  private var ranks: [FindingID: Rank] = [:]
  private(set) var hasChanged = false

  /// Whether a statement stands above what was published under its id; if so it is noted.
  mutating func admit(_ statement: Statement) -> Bool {
    let finding = statement.finding
    let source = finding.sources.first?.name ?? ""
    let rank = Rank(
      score: finding.score,
      count: finding.count,
      source: source,
      end: statement.end
    )
    if let old = ranks[finding.id],
      (rank.score, rank.count, rank.source) < (old.score, old.count, old.source)
    {
      return false
    }
    ranks[finding.id] = rank
    hasChanged = true
    return true
  }

  /// Lets go of what no source can speak about any more, and of the oldest past the limit.
  ///
  /// - Parameter watermark: The event time before which every source is done.
  mutating func prune(before watermark: Int64) {
    guard ranks.count > Limits.publishedScoresMax else { return }
    ranks = ranks.filter { $0.value.end > watermark }
    if ranks.count > Limits.publishedScoresMax {
      let kept = ranks.sorted { ($0.value.end, $0.key) > ($1.value.end, $1.key) }
      ranks = Dictionary(
        uniqueKeysWithValues: kept.prefix(Limits.publishedScoresMax / 2).map { ($0, $1) }
      )
    }
  }

  mutating func takeChanges() -> Bool {
    defer { hasChanged = false }
    return hasChanged
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: ranks.count)
    for (id, rank) in ranks.sorted(by: { $0.key < $1.key }) {
      writer.write(id.high)
      writer.write(id.low)
      writer.write(count: rank.score)
      writer.write(count: rank.count)
      writer.write(rank.source)
      writer.write(rank.end)
    }
  }

  init() {}

  init?(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 27) {
      let id = FindingID(high: reader.uint64(), low: reader.uint64())
      ranks[id] = Rank(
        score: Int(clamping: reader.variable()),
        count: Int(clamping: reader.variable()),
        source: reader.text(),
        end: reader.int64()
      )
    }
    guard !reader.hasFailed else { return nil }
  }
}
