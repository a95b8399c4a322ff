public import VedetteFindings
import VedetteEvent

extension LogIntegrity {
  private static let sourcePrefix = "source "
  private static let hostPrefix = "host "

  /// Returns the state that changed since the last call.
  ///
  /// - Returns: A row a source and a row a host.
  public mutating func changes() -> [StateRow] {
    var rows: [StateRow] = []
    for id in changed.sorted() {
      rows.append(
        row(Self.sourcePrefix + id.name) { writer in sources[id]?.write(to: &writer) }
      )
    }
    for host in changedHosts.sorted() {
      guard let one = tampered[host] else {
        rows.append(
          StateRow(detector: Self.stateName, shard: 0, key: Self.hostPrefix + host, bytes: nil)
        )
        continue
      }
      rows.append(row(Self.hostPrefix + host) { writer in one.write(to: &writer) })
    }
    forgetChanges()
    return rows
  }

  /// Lets go of what ``changes()`` would return.
  public mutating func forgetChanges() {
    changed = []
    changedHosts = []
  }

  private func row(_ key: String, _ body: (inout StateWriter) -> Void) -> StateRow {
    var writer = StateWriter()
    writer.write(Self.version)
    body(&writer)
    return StateRow(detector: Self.stateName, shard: 0, key: key, bytes: writer.bytes)
  }

  /// Takes up saved state.
  ///
  /// - Parameter rows: The saved rows.
  /// - Throws: ``StateError`` if one is damaged or of another version.
  public mutating func restore(_ rows: [StateRow]) throws(StateError) {
    for row in rows {
      guard let bytes = row.bytes else { continue }
      var reader = StateReader(bytes)
      let version = try reader.integer()
      guard version == Self.version else { throw .version(version) }
      if row.key.hasPrefix(Self.sourcePrefix) {
        let id = SourceID(String(row.key.dropFirst(Self.sourcePrefix.count)))
        sources[id] = try WatchedSource(id, from: &reader)
      } else if row.key.hasPrefix(Self.hostPrefix) {
        let host = String(row.key.dropFirst(Self.hostPrefix.count))
        tampered[host] = try TamperedHost(from: &reader)
      } else {
        throw .malformed
      }
    }
  }
}
