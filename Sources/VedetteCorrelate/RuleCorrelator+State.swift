import VedetteEvent
public import VedetteFindings

extension RuleCorrelator {
  /// What the state rows of a rule correlator are saved under.
  public static let stateName = "correlation"

  private static let version = 1
  private static let clocksKey = ""

  /// Returns the state that changed since the last call, in a stable order.
  public mutating func changes() -> [StateRow] {
    guard !changed.isEmpty else { return [] }
    var rows = changed.map { address in
      row(
        key: key(address),
        bytes: bytes(of: address)
      )
    }
    changed.removeAll(keepingCapacity: true)
    rows.sort { $0.key < $1.key }
    rows.append(row(key: Self.clocksKey, bytes: clocks()))
    return rows
  }

  private func bytes(of address: GroupAddress) -> [UInt8]? {
    var writer = StateWriter()
    writer.write(Self.version)
    if let state = groups[address.plan][address.key] {
      state.write(to: &writer)
    } else if let state = deferred[address.plan][address.key] {
      state.write(to: &writer)
    } else {
      return nil
    }
    return writer.bytes
  }

  /// Takes up saved state.
  ///
  /// - Parameter rows: All rows that ``changes()`` ever gave, each as it was last.
  /// - Throws: ``StateError`` if a row is damaged or of another version; the correlator is then
  ///   unchanged or partly restored and must be made anew.
  public mutating func restore(_ rows: [StateRow]) throws(StateError) {
    var addresses: [String: GroupAddress] = [:]
    for index in plans.indices { addresses[prefix(index)] = GroupAddress(plan: index, key: "") }
    for row in rows {
      guard let bytes = row.bytes else { continue }
      var reader = StateReader(bytes)
      let version = try reader.integer()
      guard version == Self.version else { throw .version(version) }
      guard row.key != Self.clocksKey else {
        try restoreClocks(&reader)
        continue
      }
      let parts = row.key.split(separator: "\u{1e}", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let plan = addresses[String(parts[0])]?.plan else { continue }
      guard !plans[plan].isDeferred else {
        deferred[plan][String(parts[1])] = try DeferredGroup(from: &reader, plan: plans[plan])
        continue
      }
      groups[plan][String(parts[1])] = try GroupState(from: &reader, plan: plans[plan])
    }
  }

  private func prefix(_ plan: Int) -> String {
    "\(plans[plan].detector.rawValue) \(descriptors[plans[plan].rule].reference.id)"
  }

  private func key(_ address: GroupAddress) -> String {
    "\(prefix(address.plan))\u{1e}\(address.key)"
  }

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
