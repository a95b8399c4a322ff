public import VedetteFindings

/// A reason why the database can't be used as asked: what, where, why and what to do about it.
///
/// Whatever was committed before is still there: a commit happens as a whole or not at all.
public struct StoreError: Error, Sendable, Equatable {
  /// What is wrong.
  public let problem: Problem
  /// The database's path as it was given.
  public let path: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - problem: What is wrong.
  ///   - path: The database's path.
  public init(_ problem: Problem, path: String) {
    self.problem = problem
    self.path = path
  }

  /// What can be wrong.
  public enum Problem: Sendable, Equatable {
    /// There is no database, or nothing was ever written to it.
    case missing
    /// The path or its folder is a symbolic link.
    case symbolicLink(String)
    /// The path is a folder, a device or the like.
    case notAFile
    /// The file has a second name, under which another process could corrupt it.
    case hardLinked
    /// The file belongs to another user.
    case foreignOwner(Int)
    /// The file is not a SQLite database, or another program's.
    case notOurs
    /// A newer version wrote the file.
    case newerSchema(found: Int, known: Int, writtenBy: String)
    /// An older version wrote the file, and it can't be brought up to date read-only.
    case olderSchema(found: Int, known: Int)
    /// The file is damaged.
    case corrupt(String)
    /// Another process runs on the database.
    case running(process: Int?)
    /// Another process is writing and did not finish in time.
    case busy
    /// The disk is full.
    case full
    /// The file, its folder or the disk can't be written to.
    case readOnly
    /// The file, its folder or a file beside it can't be opened or made.
    case notPermitted(String)
    /// The disk or file system reports an error.
    case inputOutput(String)
    /// It was closed already.
    case closed
    /// No incident or finding has such an id.
    case unknownID(String)
    /// Several have: the first of them, as they are shown.
    case ambiguousID(String, candidates: [String])
    /// The decision can't be carried out.
    case refused(TriageError)
    /// What was read contradicts itself: somebody else wrote to the database.
    case inconsistent(String)
    /// SQLite reports something else.
    case other(code: Int, message: String)
  }
}

extension StoreError: CustomStringConvertible {
  /// What is wrong, where, and what to do, in a line.
  public var description: String {
    switch problem {
    case .unknownID, .ambiguousID, .refused: "\(problem.cause); \(remedy)"
    default: "'\(path)': \(problem.cause); \(remedy)"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch problem {
    case .missing:
      "'vedette run' or 'vedette replay --db' makes one, or name another with --db"
    case .symbolicLink: "name the place it points to"
    case .notAFile, .notOurs: "name another with --db"
    case .hardLinked: "remove the other name, or copy the file"
    case .foreignOwner: "run as its owner, or name another with --db"
    case .newerSchema(_, _, let writtenBy): "use \(writtenBy) or later, or name another with --db"
    case .olderSchema: "open it once with 'vedette run', which brings it up to date"
    case .corrupt:
      "keep a copy, then restore a backup or recover with \"sqlite3 '\(path)' .recover\""
    case .running: "stop that one, or name another with --db"
    case .busy: "try again, or end what holds it ('fuser \(path)')"
    case .full: "free some space; the last commit is intact"
    case .readOnly: "check the mode of the file and its folder, and how the disk is mounted"
    case .notPermitted:
      "check owner and mode of the file and its folder, and how the disk is mounted"
    case .inputOutput: "check the disk ('dmesg'); the last commit is intact"
    case .closed: "open it again"
    case .unknownID: "'vedette incidents list' shows what there is"
    case .ambiguousID: "give more digits"
    case .refused: "nothing was changed"
    case .inconsistent: "restore a backup, and write to it only through vedette"
    case .other: "'vedette doctor' looks closer"
    }
  }
}

extension StoreError.Problem {
  /// What is wrong, in a few words.
  var cause: String {
    switch self {
    case .missing: "no database here"
    case .symbolicLink(let path): "'\(path)' is a symbolic link"
    case .notAFile: "not a regular file"
    case .hardLinked: "the file has a second name (hard link)"
    case .foreignOwner(let owner): "belongs to user \(owner)"
    case .notOurs: "not a database of Vedette"
    case .newerSchema(let found, let known, let writtenBy):
      "schema \(found), written by \(writtenBy), is newer than schema \(known), the latest known here"
    case .olderSchema(let found, let known): "schema \(found) is older than schema \(known)"
    case .corrupt(let message): "damaged: \(message)"
    case .running(let process?): "in use by another 'vedette run' (process \(process))"
    case .running(nil): "in use by another 'vedette run'"
    case .busy: "another process is writing to it"
    case .full: "the disk is full"
    case .readOnly: "can't be written to"
    case .notPermitted(let message): message
    case .inputOutput(let message): "input/output error: \(message)"
    case .closed: "closed"
    case .unknownID(let id): "no incident or finding '\(id)'"
    case .ambiguousID(let id, let candidates):
      "'\(id)' could be \(candidates.joined(separator: ", "))"
    case .refused(let reason): reason.description
    case .inconsistent(let message): "contradicts itself: \(message)"
    case .other(let code, let message): "SQLite error \(code): \(message)"
    }
  }
}
