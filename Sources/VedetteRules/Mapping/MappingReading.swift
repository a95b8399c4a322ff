import VedetteDocuments
import VedetteEvent

/// What the readers of tables and mappings share: whatever is not understood is an error at its
/// place.
struct MappingReading: Sendable {
  /// The file's path, as errors name it.
  let path: String

  func error(_ problem: String, _ position: Position) -> MappingError {
    MappingError(problem, at: SourceLocation(path: path, position: position))
  }

  /// An error about a key that is none of those that are known.
  func unknown(_ entry: Mapping.Entry, of known: [String]) -> MappingError {
    let hint = NearestName.of(entry.key, in: known).map { "; did you mean '\($0)'?" }
    return error(
      "unknown key '\(entry.key)'" + (hint ?? "; known are \(known.joined(separator: ", "))"),
      entry.keyPosition
    )
  }

  /// Reads the documents of a file, of which there is one.
  func root(_ bytes: [UInt8]) throws(MappingError) -> Node {
    let documents: [Node]
    do throws(DocumentError) {
      documents = try DocumentReader().read(bytes)
    } catch {
      throw self.error("\(error.problem)", error.position)
    }
    guard let root = documents.first else {
      throw error("the file is empty", .start)
    }
    guard documents.count == 1 else {
      throw error("a mapping is one document; write another file", documents[1].position)
    }
    return root
  }

  func mapping(_ node: Node, _ what: String) throws(MappingError) -> Mapping {
    guard let mapping = node.mapping else {
      throw error("\(what) is a mapping, not \(node.kind)", node.position)
    }
    return mapping
  }

  func list(_ node: Node, _ what: String) throws(MappingError) -> [Node] {
    guard let nodes = node.sequence else {
      throw error("\(what) is a list, not \(node.kind)", node.position)
    }
    return nodes
  }

  func text(_ node: Node, _ what: String) throws(MappingError) -> String {
    guard let scalar = node.scalar, !scalar.text.isEmpty else {
      throw error("\(what) is a text, not \(node.kind)", node.position)
    }
    return scalar.text
  }

  /// A text, or a list of texts.
  func texts(_ node: Node, _ what: String) throws(MappingError) -> [String] {
    var texts: [String] = []
    for element in node.sequence ?? [node] { texts.append(try text(element, what)) }
    guard !texts.isEmpty else { throw error("\(what) is empty", node.position) }
    return texts
  }

  func flag(_ node: Node, _ what: String) throws(MappingError) -> Bool {
    guard case .boolean(let flag) = node.scalar?.value else {
      throw error("\(what) is true or false, not \(node.kind)", node.position)
    }
    return flag
  }
}
