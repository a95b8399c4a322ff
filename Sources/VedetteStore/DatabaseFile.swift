/// Where a database is, and whether it may be opened there.
///
/// A database holds raw log lines, so nobody else may read it; and a process that runs as root
/// must not be led to another file. So its folder and file are looked at without following
/// symbolic links, and both are made for their owner only.
struct DatabaseFile {
  /// The path as it was given.
  let path: String

  /// The path in a form that SQLite does not read as a URI or as `:memory:`.
  var sqlitePath: String { path.hasPrefix("/") ? path : "./" + path }

  /// The file whose lock says that a pipeline runs.
  var lockPath: String { path + ".lock" }

  /// The folder it is in.
  var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the folder and the file where they are not there yet.
  func make() throws(StoreError) {
    try perform { () throws(PrivateFiles.Failure) in
      for parent in try missingFolders() { try PrivateFiles.makeFolder(parent) }
    }
    try check(forWriting: true)
    try perform { () throws(PrivateFiles.Failure) in
      PrivateFiles.closeFile(try PrivateFiles.openFile(path))
    }
  }

  /// Checks that the file is there and may be opened.
  func checkExists(forWriting: Bool) throws(StoreError) {
    try check(forWriting: forWriting)
    guard let facts = try facts(path), facts.byteCount > 0 else { throw error(.missing) }
  }

  /// Says what is not safe about the folder and the file, but no reason not to open it.
  func warnings() throws(StoreError) -> [String] {
    var warnings: [String] = []
    for (name, path, mode) in [("folder", folder, "700"), ("database", path, "600")] {
      guard let facts = try facts(path), facts.mode & 0o077 != 0 else { continue }
      // A folder that many use, as the temporary one, is not to be closed: the file is to be moved.
      let isShared = facts.mode & 0o1000 != 0
      warnings.append(
        "\(name) '\(path)' is open to other users (mode 0\(String(facts.mode, radix: 8))); "
          + (isShared ? "name a folder of your own" : "'chmod \(mode) \(path)' closes it")
      )
    }
    return warnings
  }

  private func check(forWriting: Bool) throws(StoreError) {
    if let facts = try facts(folder) {
      guard facts.kind != .symbolicLink else { throw error(.symbolicLink(folder)) }
      guard facts.kind == .folder else { throw error(.missing) }
    }
    for beside in [path + "-wal", path + "-shm", lockPath] {
      guard try facts(beside)?.kind != .symbolicLink else { throw error(.symbolicLink(beside)) }
    }
    guard let facts = try facts(path) else { return }
    guard facts.kind != .symbolicLink else { throw error(.symbolicLink(path)) }
    guard facts.kind == .file else { throw error(.notAFile) }
    guard forWriting else { return }
    // SQLite names the log beside the file after the file, so two names mean two logs.
    guard facts.linkCount == 1 else { throw error(.hardLinked) }
    guard facts.owner == PrivateFiles.user || PrivateFiles.user == 0 else {
      throw error(.foreignOwner(facts.owner))
    }
  }

  /// The folder and those above it that are not there, the highest first.
  private func missingFolders() throws(PrivateFiles.Failure) -> [String] {
    var missing: [String] = []
    var next = folder
    while next != ".", next != "/", try PrivateFiles.facts(next) == nil {
      missing.append(next)
      next = DatabaseFile(path: next).folder
    }
    return missing.reversed()
  }

  private func facts(_ path: String) throws(StoreError) -> FileFacts? {
    try perform { () throws(PrivateFiles.Failure) in try PrivateFiles.facts(path) }
  }

  private func perform<Value>(
    _ body: () throws(PrivateFiles.Failure) -> Value
  ) throws(StoreError) -> Value {
    do {
      return try body()
    } catch {
      throw self.error(.notPermitted(error.message))
    }
  }

  private func error(_ problem: StoreError.Problem) -> StoreError {
    StoreError(problem, path: path)
  }
}
