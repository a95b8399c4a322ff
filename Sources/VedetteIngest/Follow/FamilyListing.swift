import VedetteEvent

/// The files of every log that is followed, as the folders show them at one moment.
struct FamilyListing {
  /// The files of one log, oldest part first.
  struct Family {
    let source: SourceID
    let logicalPath: SourcePath
    var seen: [SeenFile] = []
  }

  /// The logs, in the order in which they were asked for, then those asked for no longer.
  private(set) var families: [Family] = []
  private(set) var streams: [SourcePath] = []
  private(set) var problems: [IngestError]
  /// What to watch to hear of changes in time.
  private(set) var watched: [SourcePath] = []
  /// The logs that the arguments name or lead to now.
  private(set) var wanted: Set<SourceID> = []
  private var places: [SourceID: Int] = [:]

  /// Lists the files that paths stand for, and beside them the rotated parts of the same logs.
  ///
  /// - Parameters:
  ///   - paths: Files, patterns and folders.
  ///   - followed: The logs that are followed already.
  init(_ paths: [SourcePath], followed: [(source: SourceID, logicalPath: SourcePath)]) {
    let plan = SourcePlan(expanding: paths, for: .follow)
    problems = plan.problems
    for entry in plan.entries {
      if entry.isStandardInput || entry.status.kind == .pipe {
        streams.append(entry.file.path)
        continue
      }
      let place = family(entry.file.source, entry.file.path.logicalPath)
      families[place].seen.append(SeenFile(entry))
    }
    // A named file may be missing for the moment between its renaming and its creation.
    for path in paths where !path.isPattern && path != .standardInput && isNoFolder(path) {
      guard !streams.contains(path) else { continue }
      _ = family(SourceFile(path).source, path.logicalPath)
    }
    wanted = Set(families.map(\.source))
    for (source, logicalPath) in followed { _ = family(source, logicalPath) }
    addSiblings()
    collectWatched(paths, plan.folders)
  }

  private func isNoFolder(_ path: SourcePath) -> Bool {
    do throws(PosixError) {
      return try FileSystem.status(of: path).kind == .regular
    } catch {
      return true
    }
  }

  private mutating func family(_ source: SourceID, _ logicalPath: SourcePath) -> Int {
    if let place = places[source] { return place }
    places[source] = families.count
    families.append(Family(source: source, logicalPath: logicalPath))
    return families.count - 1
  }

  /// Finds the rotated parts that no argument names.
  private mutating func addSiblings() {
    var identities = Set(families.flatMap { $0.seen.map(\.status.identity) })
    var namesInFolder: [SourcePath: [[UInt8]]] = [:]
    for place in families.indices {
      let logicalPath = families[place].logicalPath
      let folder = logicalPath.parent
      let names = namesInFolder[folder] ?? Self.rotatedNames(in: folder)
      namesInFolder[folder] = names
      for name in names where RotationName(name).logicalName[...] == logicalPath.name {
        let path = logicalPath.replacingName(name)
        guard let seen = SeenFile(sibling: path), seen.status.kind == .regular else { continue }
        guard identities.insert(seen.status.identity).inserted else { continue }
        families[place].seen.append(seen)
      }
      families[place].seen.sort {
        ($0.rotation.age, $0.path) < ($1.rotation.age, $1.path)
      }
    }
  }

  /// Returns the names of rotated or compressed files in a folder.
  static func rotatedNames(in folder: SourcePath) -> [[UInt8]] {
    do throws(PosixError) {
      return try FileSystem.names(in: folder).filter {
        let rotation = RotationName($0)
        return rotation.isRotated || rotation.isNamedCompressed
      }
    } catch {
      return []
    }
  }

  private mutating func collectWatched(_ paths: [SourcePath], _ folders: [SourcePath]) {
    var wanted = folders
    for family in families {
      wanted.append(family.logicalPath.parent)
      // A link's target lies in a folder that nobody named.
      wanted += family.seen.filter(\.isLink).map(\.path)
    }
    wanted += paths.filter { $0 != .standardInput }.map(\.parent)
    var isListed: Set<SourcePath> = []
    for path in wanted {
      guard let existing = Self.nearestExisting(path) else { continue }
      if isListed.insert(existing).inserted { watched.append(existing) }
    }
  }

  /// Returns the path, or the folder above it that is there: what is made in it may lead to the path.
  private static func nearestExisting(_ path: SourcePath) -> SourcePath? {
    var path = path
    for _ in 0..<Limits.directoryDepthMax {
      if !path.isPattern, FileSystem.exists(path) { return path }
      let parent = path.parent
      if parent == path { return nil }
      path = parent
    }
    return nil
  }
}

extension SeenFile {
  init(_ entry: SourcePlan.Entry) {
    path = entry.file.path
    rotation = entry.rotation
    status = entry.status
    isLink = entry.isLink
    isSibling = false
  }

  init?(sibling path: SourcePath) {
    do throws(PosixError) {
      status = try FileSystem.status(of: path)
    } catch {
      return nil
    }
    self.path = path
    rotation = RotationName(path.name)
    isLink = FileSystem.isLink(path)
    isSibling = true
  }
}
