import VedetteEvent
import VedetteFindings

/// When things happened, in a strip of characters: `#` where there is evidence, `-` where a finding
/// lasts of which not every event is kept, `.` where nothing is known.
struct TimeStrip {
  let text: String

  init(_ detail: IncidentDetail, bucketCount: Int) {
    let start = detail.incident.firstSeen
    let span = max(1, detail.incident.lastSeen.nanoseconds(since: start))
    func bucket(_ time: EventTime) -> Int {
      let share = Double(time.nanoseconds(since: start)) / Double(span)
      return min(bucketCount - 1, max(0, Int(share * Double(bucketCount))))
    }
    var strip = [Character](repeating: ".", count: bucketCount)
    for finding in detail.findings where finding.count > finding.evidence.count {
      let first = bucket(finding.time)
      for index in first...max(first, bucket(finding.lastTime)) { strip[index] = "-" }
    }
    for finding in detail.findings {
      strip[bucket(finding.time)] = "#"
      strip[bucket(finding.lastTime)] = "#"
      for time in finding.evidence.compactMap(\.time) { strip[bucket(time)] = "#" }
    }
    text = String(strip)
  }
}
