/// A value of a YAML document and where it stands.
///
/// Aliases are already replaced by what they stand for. A node is for reading: there is no way back
/// to text.
public struct Node: Sendable, Hashable {
  /// What a node holds.
  public enum Content: Sendable, Hashable {
    /// A single value.
    case scalar(Scalar)
    /// A list.
    case sequence([Node])
    /// Keys with values.
    case mapping(Mapping)
  }

  /// Where it starts.
  public var position: Position
  /// What it holds.
  public var content: Content

  /// Creates a node.
  ///
  /// - Parameters:
  ///   - position: Where it starts.
  ///   - content: What it holds.
  public init(position: Position, content: Content) {
    self.position = position
    self.content = content
  }

  /// The scalar, or `nil` if the node is a list or a mapping.
  public var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The elements, or `nil` if the node is no list.
  public var sequence: [Node]? {
    if case .sequence(let nodes) = content { nodes } else { nil }
  }

  /// The mapping, or `nil` if the node is none.
  public var mapping: Mapping? {
    if case .mapping(let mapping) = content { mapping } else { nil }
  }

  /// What the node is, in a word that fits an error message.
  public var kind: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar):
      switch scalar.value {
      case .null: "null"
      case .boolean: "a truth value"
      case .integer, .number: "a number"
      case .text: "a text"
      }
    }
  }
}

/// Keys with values, in the order of the text; no key occurs twice.
public struct Mapping: Sendable, Hashable {
  /// One key with its value.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// Where the key starts.
    public var keyPosition: Position
    /// The value.
    public var value: Node

    /// Creates an entry.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - keyPosition: Where the key starts.
    ///   - value: The value.
    public init(key: String, keyPosition: Position, value: Node) {
      self.key = key
      self.keyPosition = keyPosition
      self.value = value
    }
  }

  /// The entries, in the order of the text.
  public var entries: [Entry]

  /// Creates a mapping.
  ///
  /// - Parameter entries: The entries; keys are not compared.
  public init(entries: [Entry]) { self.entries = entries }

  /// Returns the entry of a key, or `nil` if there is none.
  ///
  /// - Parameter key: The key.
  /// - Returns: The entry, or `nil` if there is none.
  public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

  /// Returns the value of a key, or `nil` if there is none.
  ///
  /// - Parameter key: The key.
  public subscript(key: String) -> Node? { entry(key)?.value }
}
