import FoundationEssentials
import VedetteDocuments
import VedetteEvent

/// Finds and reads rule files.
///
/// A folder is searched for `*.yml` and `*.yaml` at any depth, in the order of names. What begins
/// with a dot and `*.test.yml`, which holds samples, is passed over.
public enum RuleFolder {
  /// Reads the rule files below paths.
  ///
  /// - Parameter paths: Files and folders, in the order in which they take precedence.
  /// - Returns: The files, and what could not be read.
  public static func files(_ paths: [String]) -> (files: [RuleFile], errors: [RuleError]) {
    collect(paths) { name in isYAML(name) && !isTest(name) }
  }

  /// Reads the test files below paths: `*.test.yml` and `*.test.yaml`.
  ///
  /// - Parameter paths: Files and folders.
  /// - Returns: The files, and what could not be read.
  public static func testFiles(_ paths: [String]) -> (files: [RuleFile], errors: [RuleError]) {
    collect(paths) { name in isYAML(name) && isTest(name) }
  }

  /// Reads one file that is no rule, as a mapping.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its bytes, or why it can't be read.
  public static func file(_ path: String) -> (bytes: [UInt8]?, reason: String) {
    var files: [RuleFile] = []
    var errors: [RuleError] = []
    guard !isFolder(path) else { return (nil, "is a folder; name a file") }
    read(path, relativePath: path, &files, &errors)
    return (files.first?.bytes, errors.first.map { "\($0.problem)" } ?? "can't be read")
  }

  private static func isYAML(_ name: String) -> Bool {
    name.hasSuffix(".yml") || name.hasSuffix(".yaml")
  }

  private static func isTest(_ name: String) -> Bool {
    name.hasSuffix(".test.yml") || name.hasSuffix(".test.yaml")
  }

  private static func collect(
    _ paths: [String],
    where isWanted: (String) -> Bool
  ) -> (files: [RuleFile], errors: [RuleError]) {
    var files: [RuleFile] = []
    var errors: [RuleError] = []
    for path in paths {
      guard isFolder(path) else {
        // A file that was named is read whatever its name, unless it is of the other kind.
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if isYAML(name), !isWanted(name) { continue }
        read(path, relativePath: name, &files, &errors)
        continue
      }
      var root = path
      while root.count > 1, root.hasSuffix("/") { root.removeLast() }
      var walked: Set<String> = []
      walk(root, relativePath: "", depth: 0, isWanted, &walked, &files, &errors)
    }
    return (files, errors)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  private static func walk(
    _ path: String,
    relativePath: String,
    depth: Int,
    _ isWanted: (String) -> Bool,
    _ walked: inout Set<String>,
    _ files: inout [RuleFile],
    _ errors: inout [RuleError]
  ) {
    // Links may lead in a circle, and to a folder by many ways: each is read once.
    guard walked.insert(URL(filePath: path).resolvingSymlinksInPath().path).inserted else { return }
    guard depth <= Limits.ruleFolderDepthMax else {
      errors.append(error(path, "folders are nested too deep; is a link circular?"))
      return
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      errors.append(error(path, "the folder can't be listed; check its permissions"))
      return
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let below = relativePath.isEmpty ? name : relativePath + "/" + name
      let full = path == "/" ? "/" + name : path + "/" + name
      if isYAML(name) {
        guard isWanted(name) else { continue }
        if files.count >= Limits.rulesMax {
          errors.append(error(full, "there are more than \(Limits.rulesMax) files; name fewer"))
          return
        }
        read(full, relativePath: below, &files, &errors)
      } else if isFolder(full) {
        walk(full, relativePath: below, depth: depth + 1, isWanted, &walked, &files, &errors)
      }
    }
  }

  private static func read(
    _ path: String,
    relativePath: String,
    _ files: inout [RuleFile],
    _ errors: inout [RuleError]
  ) {
    do {
      let data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
      guard data.count <= Limits.ruleBytesMax else {
        let problem = DocumentError.Problem.tooLarge(
          bytes: data.count,
          bytesMax: Limits.ruleBytesMax
        )
        let location = SourceLocation(path: path, position: .start)
        errors.append(RuleError(.document(problem), at: location))
        return
      }
      files.append(RuleFile(path: path, relativePath: relativePath, bytes: Array(data)))
    } catch {
      let reason =
        FileManager.default.fileExists(atPath: path)
        ? "check its permissions" : "there is no such file"
      errors.append(self.error(path, reason))
    }
  }

  private static func error(_ path: String, _ reason: String) -> RuleError {
    RuleError(
      .unreadable(reason: reason),
      at: SourceLocation(path: path, position: .start)
    )
  }
}
