import VedetteDigest
import VedetteIncidents
public import VedetteStore

/// The canonical form of a database's incidents: what follows from input, rules and configuration.
public enum CanonicalExport {
  /// Gives the canonical form line by line, so that it is never held whole.
  ///
  /// - Parameters:
  ///   - store: The database.
  ///   - emit: Takes a line, with its line end.
  /// - Throws: ``StoreError`` if the database can't be read.
  public static func write(_ store: IncidentStore, emit: (String) -> Void) throws(StoreError) {
    try store.forEachIncident { emit(CanonicalForm.line($0)) }
  }

  /// Returns the SHA-256 of the canonical form, as hex digits.
  ///
  /// - Throws: ``StoreError`` if the database can't be read.
  public static func digest(_ store: IncidentStore) throws(StoreError) -> String {
    var builder = DigestBuilder()
    try write(store) { builder.update($0) }
    return builder.digest.hex
  }
}
