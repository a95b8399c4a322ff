import VedetteEvent

/// The files that arguments stand for, in the order in which to read them.
///
/// An argument is a file, a pattern, a folder or `-` for standard input. Folders are read with all
/// below them in the order of names. The parts of one rotated log are read oldest first, as one
/// source, at the place of the first of them. A file that several arguments or names lead to is
/// read once. What is not read is named, with its reason: nothing is passed over silently.
public struct SourcePlan: Sendable {
  /// What the files are wanted for.
  public enum Purpose: Sendable {
    /// To be read to their end, once.
    case replay
    /// To be followed while they grow: named pipes are fine then.
    case follow
  }

  /// A file that was found and is not read.
  public struct PassedOver: Sendable, Equatable {
    /// Why a file is not read.
    public enum Reason: Sendable, Equatable {
      /// Its name says that it holds no records: a readme, a label file, a configuration.
      case name
      /// It is the same file as another one.
      case sameFile(as: String)
      /// It is a compressed copy of another part of the same log.
      case copy(of: String)
      /// It is no file of records; the text says what it is.
      case kind(String)
    }

    /// The file's path.
    public let path: String
    /// Why it is not read.
    public let reason: Reason
  }

  /// The files of several plans: what one of them reads, those after it leave out.
  public struct Taken {
    fileprivate var paths: [FileIdentity: SourcePath] = [:]

    /// Creates the files of no plan.
    public init() {}
  }

  /// A file that was found, with what the system says about it.
  struct Entry: Sendable {
    let file: SourceFile
    let rotation: RotationName
    let status: FileStatus
    let isLink: Bool
  }

  /// The files, in the order in which to read them.
  public var files: [SourceFile] { entries.map(\.file) }
  /// What was found in folders and is not read.
  public private(set) var passedOver: [PassedOver] = []
  /// What can't be read, one error a path; the other files are planned all the same.
  public private(set) var problems: [IngestError] = []

  private(set) var entries: [Entry] = []
  /// The folders that were listed.
  private(set) var folders: [SourcePath] = []
  private let purpose: Purpose

  /// Finds the files that arguments stand for.
  ///
  /// - Parameters:
  ///   - arguments: Files, patterns, folders, or `-`.
  ///   - purpose: What the files are wanted for.
  public init(expanding arguments: [String], for purpose: Purpose) {
    self.init(expanding: arguments.map { SourcePath($0) }, for: purpose)
  }

  /// Finds the files that paths stand for; a path need not be UTF-8.
  ///
  /// - Parameters:
  ///   - paths: Files, patterns, folders, or `-`.
  ///   - purpose: What the files are wanted for.
  public init(expanding paths: [SourcePath], for purpose: Purpose) {
    self.purpose = purpose
    for path in paths { expand(path) }
    dropRepeated()
    joinRotated()
    if purpose == .replay { dropPackedCopies() }
  }

  /// Leaves out the files that other plans read already, and says so.
  ///
  /// - Parameter taken: The files of the plans before; those of this one are added.
  public mutating func leaveOut(_ taken: inout Taken) {
    let found = entries
    entries = []
    for entry in found {
      if !entry.isStandardInput, let original = taken.paths[entry.status.identity] {
        passOver(entry, as: original)
        continue
      }
      if !entry.isStandardInput { taken.paths[entry.status.identity] = entry.file.path }
      entries.append(entry)
    }
  }

  private mutating func passOver(_ entry: Entry, as original: SourcePath) {
    let reason = PassedOver.Reason.sameFile(as: original.description)
    passedOver.append(PassedOver(path: entry.file.path.description, reason: reason))
  }

  private mutating func expand(_ argument: SourcePath) {
    if argument == .standardInput || argument == SourcePath("/dev/stdin") {
      return add(.standardInput, FileStatus(), isLink: false)
    }
    do throws(PosixError) {
      try expand(argument, FileSystem.status(of: argument))
    } catch .notFound where argument.isPattern {
      let matches = FileSystem.paths(matching: argument)
      if matches.isEmpty { fail(argument, .noMatch) }
      for match in matches { expandMatch(match) }
    } catch {
      problems.append(IngestError(error, path: argument, action: .find))
    }
  }

  private mutating func expandMatch(_ path: SourcePath) {
    do throws(PosixError) {
      try expand(path, FileSystem.status(of: path))
    } catch {
      problems.append(IngestError(error, path: path, action: .find))
    }
  }

  /// Takes what an argument names outright: here a wrong kind is an error.
  private mutating func expand(_ path: SourcePath, _ status: FileStatus) throws(PosixError) {
    switch status.kind {
    case .folder:
      var visited: Set<FileIdentity> = []
      list(path, status.identity, depth: 0, &visited)
    case .regular where path.isPseudoFile:
      fail(path, .wrongKind("file of the kernel"))
    case .regular:
      add(path, status, isLink: FileSystem.isLink(path))
    case .pipe where purpose == .follow:
      add(path, status, isLink: FileSystem.isLink(path))
    case .pipe, .device, .socket, .other:
      fail(path, .wrongKind(status.kind.name))
    }
  }

  private mutating func list(
    _ folder: SourcePath,
    _ identity: FileIdentity,
    depth: Int,
    _ visited: inout Set<FileIdentity>
  ) {
    // A link back to a folder above would go round for ever.
    guard visited.insert(identity).inserted else { return }
    guard depth < Limits.directoryDepthMax else { return fail(folder, .tooDeep) }
    folders.append(folder)
    do throws(PosixError) {
      for name in try FileSystem.names(in: folder) {
        let path = folder.appending(name)
        guard !Self.isPassedOver(name) else {
          passedOver.append(PassedOver(path: path.description, reason: .name))
          continue
        }
        take(path, depth: depth, &visited)
      }
    } catch {
      problems.append(IngestError(error, path: folder, action: .list))
    }
  }

  /// Takes what a folder holds: here a wrong kind is only named.
  private mutating func take(
    _ path: SourcePath,
    depth: Int,
    _ visited: inout Set<FileIdentity>
  ) {
    do throws(PosixError) {
      let status = try FileSystem.status(of: path)
      switch status.kind {
      case .folder: list(path, status.identity, depth: depth + 1, &visited)
      case .regular: add(path, status, isLink: FileSystem.isLink(path))
      case .pipe, .device, .socket, .other:
        passedOver.append(PassedOver(path: path.description, reason: .kind(status.kind.name)))
      }
    } catch {
      problems.append(IngestError(error, path: path, action: .find))
    }
  }

  private mutating func add(_ path: SourcePath, _ status: FileStatus, isLink: Bool) {
    entries.append(
      Entry(
        file: SourceFile(path),
        rotation: RotationName(path.name),
        status: status,
        isLink: isLink
      )
    )
  }

  private mutating func fail(_ path: SourcePath, _ problem: IngestError.Problem) {
    problems.append(IngestError(path: path.description, action: .find, problem: problem))
  }

  /// Keeps one name for each file: its own rather than a link's, else the first.
  private mutating func dropRepeated() {
    var owners: [FileIdentity: Int] = [:]
    for (index, entry) in entries.enumerated() where !entry.isStandardInput {
      if let owner = owners[entry.status.identity],
        !entries[owner].isLink || entry.isLink
      {
        continue
      }
      owners[entry.status.identity] = index
    }
    var kept: [Entry] = []
    var hasStandardInput = false
    for (index, entry) in entries.enumerated() {
      if entry.isStandardInput {
        if !hasStandardInput { kept.append(entry) }
        hasStandardInput = true
      } else if let owner = owners[entry.status.identity], owner != index {
        let original = entries[owner].file.path
        if original != entry.file.path { passOver(entry, as: original) }
      } else {
        kept.append(entry)
      }
    }
    entries = kept
  }

  /// Brings the parts of each rotated log together, oldest first.
  private mutating func joinRotated() {
    var firstIndex: [SourceID: Int] = [:]
    for (index, entry) in entries.enumerated() where firstIndex[entry.file.source] == nil {
      firstIndex[entry.file.source] = index
    }
    let place = { (entry: Entry) in firstIndex[entry.file.source] ?? 0 }
    entries.sort { lhs, rhs in
      if place(lhs) != place(rhs) { return place(lhs) < place(rhs) }
      if lhs.rotation.age != rhs.rotation.age { return lhs.rotation.age < rhs.rotation.age }
      return lhs.file.path < rhs.file.path
    }
  }

  /// Leaves out what a compression that is still running, or broke off, left beside its original.
  private mutating func dropPackedCopies() {
    let plain = Set(entries.filter { !$0.rotation.isNamedCompressed }.map(\.file.path))
    entries.removeAll { entry in
      guard entry.rotation.isNamedCompressed else { return false }
      let original = SourcePath(bytes: entry.file.path.bytes.dropLast(3))
      guard plain.contains(original), ContentProbe.isBeginning(entry.file.path, of: original) else {
        return false
      }
      let reason = PassedOver.Reason.copy(of: original.description)
      passedOver.append(PassedOver(path: entry.file.path.description, reason: reason))
      return true
    }
  }

  /// Whether a name stands for no records: dotfiles, readmes, documents, configuration, labels.
  private static func isPassedOver(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return text.hasPrefix(".") || text.hasPrefix("README") || text.hasSuffix(".md")
      || text.hasSuffix(".yml") || text.hasSuffix(".yaml")
      || (text.hasPrefix("labels") && text.hasSuffix(".ndjson"))
  }
}

extension SourcePlan.Entry {
  var isStandardInput: Bool { file.path == .standardInput }
}

extension SourcePath {
  /// Whether the path has a character that makes it a pattern.
  var isPattern: Bool { bytes.contains { [0x2a, 0x3f, 0x5b, 0x7b].contains($0) } }

  /// Whether the file is made up by the kernel when it is read.
  fileprivate var isPseudoFile: Bool {
    guard let resolved = FileSystem.resolved(self) else { return false }
    return ["/proc/", "/sys/"].contains { resolved.bytes.starts(with: $0.utf8) }
  }
}
