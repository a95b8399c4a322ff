import VedetteFindings

/// Changes of findings over a while: of each finding only its newest state, in the order in which
/// the findings first changed.
struct FindingChanges {
  private var changes: [FindingChange?] = []
  private var places: [FindingID: Int] = [:]

  /// What is left of the changes that were taken.
  var all: [FindingChange] { changes.compactMap { $0 } }

  mutating func take(_ more: [FindingChange]) {
    for change in more {
      switch change {
      case .upsert(let finding):
        if let place = places[finding.id] {
          changes[place] = change
        } else {
          places[finding.id] = changes.count
          changes.append(change)
        }
      case .merged(let old, _):
        // What became part of another need not be told of; that it did, must: it may be known.
        if let place = places.removeValue(forKey: old) { changes[place] = nil }
        changes.append(change)
      }
    }
  }
}
