// YAML text to trees with positions.
//
// A text in the plain part of YAML is read by `PlainReader`, every other by Yams, and this is the
// one file that knows Yams. Its node API is used, not `load_all`, which builds `Any`
// values, and with the basic resolver, because the default one runs regular expressions over every
// key. Two kinds of text must not reach it: one whose keys are built of aliases, because keys are
// hashed and a few hundred bytes of nested aliases hash for hours; and one nested so deep that
// reading it recursively overflows the stack, which libyaml's own limit of 1,000 levels prevents.
// Aliases elsewhere share their storage in Yams' tree; it is our tree that would grow, so it has a
// budget of nodes.

import VedetteEvent
import Yams

/// Reads YAML.
public struct DocumentReader: Sendable {
  /// The most nodes that the documents of one text may have.
  public var nodesMax: Int

  /// Creates a reader that takes as many nodes as ``Limits`` allow.
  public init() { nodesMax = Limits.documentNodesMax }

  /// Creates a reader.
  ///
  /// - Parameter nodesMax: The most nodes of one text.
  public init(nodesMax: Int) { self.nodesMax = nodesMax }

  /// Reads every document of a text.
  ///
  /// - Parameter bytes: The text, UTF-8.
  /// - Returns: The documents' roots, in order; an empty document is a null scalar.
  /// - Throws: ``DocumentError`` for the first thing that is wrong.
  public func read(_ bytes: [UInt8]) throws(DocumentError) -> [Node] {
    guard bytes.count <= Limits.ruleBytesMax else {
      throw DocumentError(
        .tooLarge(bytes: bytes.count, bytesMax: Limits.ruleBytesMax),
        at: .start
      )
    }
    if let roots = PlainReader.read(bytes, nodesMax: nodesMax) { return roots }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DocumentError(.notUTF8, at: .start)
    }
    return try readAny(text)
  }

  /// Reads every document of a text.
  ///
  /// - Parameter text: The text.
  /// - Returns: The documents' roots, in order; an empty document is a null scalar.
  /// - Throws: ``DocumentError`` for the first thing that is wrong.
  public func read(_ text: String) throws(DocumentError) -> [Node] {
    if let roots = PlainReader.read(Array(text.utf8), nodesMax: nodesMax) { return roots }
    return try readAny(text)
  }

  /// Reads every document of a text with the general reader.
  func readAny(_ text: String) throws(DocumentError) -> [Node] {
    if let line = AliasedKey.line(in: text) {
      throw DocumentError(.keyNotText, at: Position(line: line, column: 1))
    }
    var converter = Converter(nodesLeft: nodesMax, nodesMax: nodesMax)
    var roots: [Node] = []
    do {
      // Told the encoding, libyaml takes a byte order mark for a part of the first key.
      let mark: Unicode.Scalar = "\u{feff}"
      let hasMark = text.unicodeScalars.first == mark
      let body = hasMark ? String(text.unicodeScalars.dropFirst()) : text
      let parser = try Parser(yaml: body, resolver: .basic, encoding: .utf8)
      while let root = try parser.nextRoot() {
        roots.append(try converter.node(root, depth: 0))
      }
    } catch let error as DocumentError {
      throw error
    } catch let error as YamlError {
      throw DocumentError(error, in: text)
    } catch {
      throw DocumentError(.syntax(detail: "\(error)"), at: .start)
    }
    return roots
  }
}

/// Turns Yams' tree into ours, within a budget.
private struct Converter {
  var nodesLeft: Int
  let nodesMax: Int

  mutating func node(_ node: Yams.Node, depth: Int) throws(DocumentError) -> Node {
    let position = Position(node.mark)
    guard depth <= Limits.documentDepthMax else {
      throw DocumentError(.tooDeep(depthMax: Limits.documentDepthMax), at: position)
    }
    nodesLeft -= 1
    guard nodesLeft >= 0 else {
      throw DocumentError(.tooManyNodes(nodesMax: nodesMax), at: position)
    }
    switch node {
    case .scalar(let scalar):
      return Node(position: position, content: .scalar(Scalar(scalar)))
    case .sequence(let sequence):
      var nodes: [Node] = []
      nodes.reserveCapacity(min(sequence.count, nodesLeft))
      for element in sequence { nodes.append(try self.node(element, depth: depth + 1)) }
      return Node(position: position, content: .sequence(nodes))
    case .mapping(let mapping):
      return Node(
        position: position,
        content: .mapping(try self.mapping(mapping, depth: depth))
      )
    case .alias:
      throw DocumentError(.syntax(detail: "an alias stands for nothing"), at: position)
    }
  }

  private mutating func mapping(
    _ mapping: Yams.Node.Mapping,
    depth: Int
  ) throws(DocumentError) -> Mapping {
    var entries: [Mapping.Entry] = []
    var merged: [Mapping.Entry] = []
    entries.reserveCapacity(min(mapping.count, nodesLeft))
    for (key, value) in mapping {
      let keyPosition = Position(key.mark)
      guard case .scalar(let scalar) = key else {
        throw DocumentError(.keyNotText, at: keyPosition)
      }
      let converted = try node(value, depth: depth + 1)
      if scalar.string == "<<", scalar.style == .plain {
        merged.append(contentsOf: mergedEntries(converted))
      } else {
        entries.append(
          Mapping.Entry(key: scalar.string, keyPosition: keyPosition, value: converted)
        )
      }
    }
    // A key of the mapping itself goes before a merged one, an earlier merged one before a later.
    var known = Set(merged.isEmpty ? [] : entries.map(\.key))
    for entry in merged where known.insert(entry.key).inserted { entries.append(entry) }
    return Mapping(entries: entries)
  }

  /// The entries that a merge key brings: of a mapping, or of each mapping of a list.
  private func mergedEntries(_ node: Node) -> [Mapping.Entry] {
    switch node.content {
    case .mapping(let mapping): mapping.entries
    case .sequence(let nodes): nodes.flatMap { $0.mapping?.entries ?? [] }
    case .scalar: []
    }
  }
}

extension Scalar {
  fileprivate init(_ scalar: Yams.Node.Scalar) {
    // `!!str 5` has a tag of its own and is a text too.
    let hasTag = scalar.tag.description != Yams.Tag.Name.implicit.rawValue
    self.init(text: scalar.string, isPlain: scalar.style == .plain && !hasTag)
  }
}

extension Position {
  fileprivate init(_ mark: Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}

extension DocumentError {
  fileprivate init(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let detail = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
      self.init(.syntax(detail: detail), at: Position(line: mark.line, column: mark.column))
    case .duplicatedKeysInMapping(let keys, let context):
      let start = Position(line: context.mark.line, column: context.mark.column)
      let key = keys.first ?? ""
      let again = RepeatedKey.position(of: key, in: text, from: start)
      self.init(.duplicateKey(key), at: again ?? start)
    case .reader(let problem, _, _, _):
      self.init(.syntax(detail: problem), at: .start)
    default:
      self.init(.syntax(detail: "\(error)"), at: .start)
    }
  }
}
