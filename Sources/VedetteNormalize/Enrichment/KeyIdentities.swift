/// Whose keys are, and which hosts hold them, as a table that people keep.
///
/// A CSV file with a header: `key,principal,host`. A key is an access key's id, a key's name at a
/// gateway or its hash as logged. A key that several hosts hold has a line for each; the first one
/// counts where one is asked for.
public struct KeyIdentities: Sendable, Equatable {
  /// Who has a key, and where.
  public struct Identity: Sendable, Equatable {
    /// Whose it is; empty if the table does not say.
    public var principal: String
    /// The host that holds it; empty if the table does not say.
    public var host: String
  }

  private static let rowsMax = 1_000_000
  private static let header = ["key", "principal", "host"]

  private let identities: [String: Identity]

  /// Reads a table.
  ///
  /// - Parameter text: The CSV.
  /// - Throws: ``PriceTable/Problem`` at the first line that is none.
  public init(csv text: String) throws(PriceTable.Problem) {
    var identities: [String: Identity] = [:]
    try EnrichmentLines.forEach(text, header: Self.header) {
      (line, cells) throws(PriceTable.Problem) in
      guard cells.count == 3, !cells[0].isEmpty else {
        throw PriceTable.Problem(line: line, reason: "a line is key,principal,host")
      }
      guard identities.count < Self.rowsMax else {
        throw PriceTable.Problem(line: line, reason: "more than \(Self.rowsMax) keys")
      }
      if identities[cells[0]] == nil {
        identities[cells[0]] = Identity(principal: cells[1], host: cells[2])
      }
    }
    self.identities = identities
  }

  /// Looks a key up.
  ///
  /// - Parameter key: Its id, name or hash.
  /// - Returns: Who has it and where, or `nil` if the table does not say.
  public subscript(key: String) -> Identity? { identities[key] }
}
