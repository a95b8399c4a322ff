/// The tactics and techniques of ATT&CK and ATLAS at one release of each: a pinned list, so that the
/// same rules have the same coverage everywhere and a mistyped id is told.
///
/// ```swift
/// let catalog = TechniqueCatalog(bytes)
/// catalog?.standing(of: "T1562.001")  // .revoked(successor: "T1685")
/// ```
public struct TechniqueCatalog: Sendable {
  /// A knowledge base of techniques.
  public enum Framework: String, Sendable, Hashable, CaseIterable {
    /// MITRE ATT&CK, Enterprise.
    case attack
    /// MITRE ATLAS: attacks on systems that use models.
    case atlas

    /// The name as its makers write it.
    public var name: String {
      switch self {
      case .attack: "ATT&CK"
      case .atlas: "ATLAS"
      }
    }
  }

  /// A column of a matrix.
  public struct Tactic: Sendable, Hashable {
    /// Which matrix.
    public var framework: Framework
    /// The id, as `TA0006`.
    public var id: String
    /// The name as tags write it, as `credential-access`.
    public var shortName: String
    /// The name, as `Credential Access`.
    public var name: String
  }

  /// A technique or, with a number after a dot, a sub-technique.
  public struct Technique: Sendable, Hashable {
    /// The id, as `T1110.001` or `AML.T0024.002`.
    public var id: String
    /// The short names of its tactics, in the order of the matrix.
    public var tactics: [String]
    /// The name; of a sub-technique without its technique's.
    public var name: String

    /// Which matrix it is of.
    public var framework: Framework { id.hasPrefix("AML.") ? .atlas : .attack }

    /// The id of the technique that it is a part of, or `nil` if it is none.
    public var parent: String? { TechniqueCatalog.parent(of: id) }
  }

  /// What the list knows of an id.
  public enum Standing: Sendable, Hashable {
    /// It is in the list.
    case known
    /// It was taken back in favour of another.
    case revoked(successor: String)
    /// It was taken back without a successor.
    case deprecated
    /// The list does not have it.
    case unknown
  }

  /// The release of each framework.
  public private(set) var releases: [Framework: String] = [:]
  /// The tactics, in the order of the matrices.
  public private(set) var tactics: [Tactic] = []
  /// The techniques, in the order of ids, those of ATT&CK first.
  public private(set) var techniques: [Technique] = []
  /// For tactics of earlier releases what is written now, by framework.
  private var renamedTactics: [Framework: [String: [String]]] = [:]
  private var standings: [String: Standing] = [:]
  private var indices: [String: Int] = [:]

  /// Reads a list; `nil` if a line is not of its form.
  ///
  /// Each line is a kind and its values, parted by tabs; a line that begins with `#` is a comment.
  ///
  /// - Parameter bytes: The list, in UTF-8.
  public init?(_ bytes: [UInt8]) {
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("#") { continue }
      guard read(line.split(separator: "\t").map(String.init)) else { return nil }
    }
  }

  private mutating func read(_ parts: [String]) -> Bool {
    switch (parts.first, parts.count) {
    case ("release", 3):
      guard let framework = Framework(rawValue: parts[1]) else { return false }
      releases[framework] = parts[2]
    case ("tactic", 5):
      guard let framework = Framework(rawValue: parts[1]) else { return false }
      tactics.append(
        Tactic(framework: framework, id: parts[2], shortName: parts[3], name: parts[4])
      )
    case ("renamed", 4):
      guard let framework = Framework(rawValue: parts[1]) else { return false }
      renamedTactics[framework, default: [:]][parts[2]] = Self.list(parts[3])
    case ("technique", 4):
      indices[parts[1]] = techniques.count
      standings[parts[1]] = .known
      techniques.append(
        Technique(id: parts[1], tactics: Self.list(parts[2]), name: parts[3])
      )
    case ("revoked", 4): standings[parts[1]] = .revoked(successor: parts[2])
    case ("deprecated", 4): standings[parts[1]] = .deprecated
    default: return false
    }
    return true
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map(String.init)
  }

  /// Returns what the list knows of an id.
  ///
  /// - Parameter id: A technique's id, in upper case.
  /// - Returns: Whether it is known, taken back or unknown.
  public func standing(of id: String) -> Standing { standings[id] ?? .unknown }

  /// Returns a technique, or `nil` if the list does not have it.
  ///
  /// - Parameter id: Its id, in upper case.
  /// - Returns: The technique.
  public func technique(_ id: String) -> Technique? { indices[id].map { techniques[$0] } }

  /// Returns a tactic, or `nil` if the list does not have it.
  ///
  /// - Parameters:
  ///   - shortName: Its name as tags write it.
  ///   - framework: Which matrix.
  /// - Returns: The tactic.
  public func tactic(_ shortName: String, of framework: Framework) -> Tactic? {
    tactics.first { $0.framework == framework && $0.shortName == shortName }
  }

  /// Returns what is written now for a tactic of an earlier release; nothing if it is none.
  ///
  /// - Parameters:
  ///   - shortName: Its name as tags write it.
  ///   - framework: Which matrix.
  /// - Returns: The short names of the tactics that took its place.
  public func successors(ofTactic shortName: String, of framework: Framework) -> [String] {
    renamedTactics[framework]?[shortName] ?? []
  }

  /// Returns the id of the technique that a sub-technique is of, or `nil` for a technique.
  ///
  /// - Parameter id: An id.
  /// - Returns: The technique's id.
  public static func parent(of id: String) -> String? {
    let start = id.hasPrefix("AML.") ? id.index(id.startIndex, offsetBy: 4) : id.startIndex
    return id[start...].firstIndex(of: ".").map { String(id[..<$0]) }
  }
}
