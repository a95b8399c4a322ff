import VedetteEvent
public import VedetteFindings

extension RuleCorrelator {
  /// What the state rows of a rule correlator are saved under.
  public static let stateName = "correlation"

  private static let version = 4
  private static let clocksKey = ""
  private static let sharedMark = "shared\u{1d}"

  /// Returns the state that changed since the last call, in a stable order.
  ///
  /// Findings that were not taken with ``takeFindings()`` are not part of the state.
  public mutating func changes() -> [StateRow] {
    var rows: [StateRow] = []
    for plan in tables.indices {
      for key in tables[plan].removedKeys where tables[plan].places[key] == nil {
        rows.append(row(key: self.key(plan, key), bytes: nil))
      }
    }
    for address in changed {
      let state = tables[address.plan].states[address.place]
      guard state.isUsed, state.isChanged else { continue }
      tables[address.plan].update(address.place) { $0.isChanged = false }
      var writer = StateWriter()
      writer.write(Self.version)
      state.write(to: &writer)
      let key = tables[address.plan].keys[address.place]
      rows.append(row(key: self.key(address.plan, key), bytes: writer.bytes))
    }
    for address in changedDeferred {
      var writer = StateWriter()
      writer.write(Self.version)
      let state = deferred[address.plan][address.key]
      state?.write(to: &writer)
      rows.append(
        row(key: key(address.plan, address.key), bytes: state == nil ? nil : writer.bytes)
      )
    }
    for place in sharing.changed {
      var writer = StateWriter()
      writer.write(Self.version)
      sharing.write(place, to: &writer)
      let key = Self.sharedMark + "\(place.source.name) \(place.entity)"
      rows.append(row(key: key, bytes: writer.bytes))
    }
    forgetChanges()
    guard !rows.isEmpty else { return [] }
    rows.sort { $0.key < $1.key }
    rows.append(row(key: Self.clocksKey, bytes: clocks()))
    return rows
  }

  /// Lets go of what ``changes()`` would return, where state is not saved.
  public mutating func forgetChanges() {
    for address in changed {
      tables[address.plan].update(address.place) { $0.isChanged = false }
    }
    changed.removeAll(keepingCapacity: true)
    changedDeferred.removeAll(keepingCapacity: true)
    sharing.forgetChanges()
    for plan in tables.indices { tables[plan].removedKeys.removeAll() }
  }

  /// Takes up saved state.
  ///
  /// - Parameter rows: All rows that ``changes()`` ever gave, each as it was last.
  /// - Throws: ``StateError`` if a row is damaged or of another version; the correlator is then
  ///   unchanged or partly restored and must be made anew.
  public mutating func restore(_ rows: [StateRow]) throws(StateError) {
    var indices: [String: Int] = [:]
    for index in plans.indices { indices[prefix(index)] = index }
    for row in rows {
      guard let bytes = row.bytes else { continue }
      var reader = StateReader(bytes)
      let version = try reader.integer()
      guard version == Self.version else { throw .version(version) }
      guard row.key != Self.clocksKey else {
        try restoreClocks(&reader)
        continue
      }
      guard !row.key.hasPrefix(Self.sharedMark) else {
        try sharing.restore(from: &reader)
        continue
      }
      let parts = row.key.split(separator: "\u{1e}", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let plan = indices[String(parts[0])] else { continue }
      guard !plans[plan].isDeferred else {
        deferred[plan][String(parts[1])] = try DeferredGroup(from: &reader, plan: plans[plan])
        continue
      }
      var state = GroupState(plan: plans[plan])
      try state.restore(from: &reader, plan: plans[plan])
      state.isUsed = true
      let key = String(parts[1])
      let place = tables[plan].places[key] ?? tables[plan].insert(key)
      tables[plan].update(place) { $0 = state }
    }
    windowEventEstimate = windowEventCount
  }

  private func prefix(_ plan: Int) -> String {
    "\(plans[plan].detector.rawValue) \(descriptors[plans[plan].rule].reference.id)"
  }

  private func key(_ plan: Int, _ group: String) -> String { "\(prefix(plan))\u{1e}\(group)" }

  private func row(key: String, bytes: [UInt8]?) -> StateRow {
    StateRow(
      detector: Self.stateName,
      shard: Int(StableHash.of(key) % 64),
      key: key,
      bytes: bytes
    )
  }

  private func clocks() -> [UInt8] {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(newestTimes.keys.sorted()) { writer, source in
      writer.write(source.name)
      writer.write(newestTimes[source] ?? .min)
      writer.write(latenesses[source] ?? 0)
    }
    writer.write(plans.indices.filter { !planSources[$0].isEmpty }) { writer, index in
      writer.write(prefix(index))
      writer.write(sealTimes[index])
      writer.write(planSources[index].sorted()) { $0.write($1.name) }
    }
    writer.write(lateCount)
    writer.write(evictedGroupCount)
    return writer.bytes
  }

  private mutating func restoreClocks(_ reader: inout StateReader) throws(StateError) {
    let sources = try reader.list { reader throws(StateError) in
      (SourceID(try reader.text()), try reader.signed(), try reader.signed())
    }
    for (source, newest, lateness) in sources {
      newestTimes[source] = newest
      latenesses[source] = lateness
    }
    let saved = try reader.list { reader throws(StateError) in
      (
        try reader.text(), try reader.signed(),
        try reader.list { reader throws(StateError) in SourceID(try reader.text()) }
      )
    }
    for (name, sealTime, sources) in saved {
      guard let index = plans.indices.first(where: { prefix($0) == name }) else { continue }
      sealTimes[index] = sealTime
      planSources[index] = Set(sources)
    }
    lateCount = try reader.integer()
    evictedGroupCount = try reader.integer()
  }
}
