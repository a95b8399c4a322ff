// Which file is which, after the files of one log were renamed, copied, cut short or replaced?
//
// Names lie after a rotation, inodes are given out again, and two logs may begin alike. So a file
// is known by its inode only if it still holds what was read from it, and otherwise by what it
// holds. The decisions are made here, on values; looking into files is the caller's.

/// One file of a log, as a folder shows it.
struct SeenFile: Sendable {
  let path: SourcePath
  let rotation: RotationName
  let status: FileStatus
  let isLink: Bool
  /// Whether it was found beside a followed file, and not asked for by itself.
  let isSibling: Bool

  /// Whether a rotation may have made it as a copy of the live file or of another part.
  var mayBeCopy: Bool { rotation.isRotated || rotation.isNamedCompressed }
}

/// What became of the files of one log since they were last looked at.
struct FamilyMatch: Sendable, Equatable {
  /// What a file is. Numbers are places in the list of known files.
  enum Verdict: Sendable, Equatable {
    /// The known file itself.
    case same(Int)
    /// The known file's content, now in another file: reading goes on here.
    case moved(Int)
    /// A copy of a known file's content that went on a little before it was cut short: all of the
    /// copy was read.
    case readCopy(Int)
    /// A copy of a known file that is still there: left alone.
    case copy(Int)
    /// A file never read.
    case new
    /// A part without content, which a copy is probably about to fill.
    case waiting
  }

  /// Why a known file's content is not where it was.
  struct Displaced: Sendable, Equatable {
    let known: Int
    /// Whether the file is now shorter than what was read of it.
    let isShorter: Bool
  }

  /// A verdict for each file that is seen.
  var verdicts: [Verdict] = []
  /// Known files whose inode holds something else now, and whose content is nowhere.
  var displaced: [Displaced] = []
  /// Known files that are not seen under any name.
  var unlisted: [Int] = []

  /// Decides what each file is.
  ///
  /// - Parameters:
  ///   - seen: The files of one log, oldest part first.
  ///   - known: What is known of this log's files.
  ///   - holding: Looks into a file for what is known.
  ///   - isBeginning: Compares a file with the beginning of another one.
  init(
    seen: [SeenFile],
    known: [KnownFile],
    holding: (SeenFile, KnownFile) -> Holding,
    isBeginning: (SeenFile, SeenFile) -> Bool
  ) {
    var isTaken = [Bool](repeating: false, count: known.count)
    var displacedBy: [Int: Int] = [:]
    verdicts = seen.map { _ in .new }
    for (index, file) in seen.enumerated() {
      for place in known.indices where known[place].identity == file.status.identity {
        guard verdicts[index] == .new, !isTaken[place] else { continue }
        let isGiven = holding(file, known[place])
        if isGiven == .all || isGiven == .unreadable {
          verdicts[index] = .same(place)
          isTaken[place] = true
        } else {
          displacedBy[place] = index
        }
      }
    }
    for (index, file) in seen.enumerated() where verdicts[index] == .new {
      let orphan = known.indices.first { place in
        !isTaken[place] && Self.mayMove(known[place], to: file)
          && holding(file, known[place]) == .all
      }
      if let orphan {
        verdicts[index] = .moved(orphan)
        isTaken[orphan] = true
      }
    }
    for place in displacedBy.keys.sorted() where !isTaken[place] {
      let copy = seen.indices.last { index in
        verdicts[index] == .new && seen[index].mayBeCopy
          && holding(seen[index], known[place]) == .beginning
      }
      guard let copy else { continue }
      verdicts[copy] = .readCopy(place)
      isTaken[place] = true
    }
    findCopies(seen, known, holding, isBeginning)
    for place in known.indices where !isTaken[place] {
      guard let index = displacedBy[place] else {
        unlisted.append(place)
        continue
      }
      // After a crash a copy may already be known by its own inode; then nothing was lost.
      let hasCopy = seen.contains {
        $0.mayBeCopy && $0.status.identity != known[place].identity
          && holding($0, known[place]) == .all
      }
      guard !hasCopy else { continue }
      let readBytes = max(known[place].position.offset, Int64(known[place].fingerprint.length))
      let isShorter = seen[index].status.size < readBytes
      displaced.append(Displaced(known: place, isShorter: isShorter))
    }
  }

  /// Tells copies of files that are still there, finished or being made, from files never read.
  private mutating func findCopies(
    _ seen: [SeenFile],
    _ known: [KnownFile],
    _ holding: (SeenFile, KnownFile) -> Holding,
    _ isBeginning: (SeenFile, SeenFile) -> Bool
  ) {
    for (index, file) in seen.enumerated() where verdicts[index] == .new && file.mayBeCopy {
      guard file.status.size > 0 else {
        verdicts[index] = .waiting
        continue
      }
      for (other, original) in seen.enumerated() {
        guard case .same(let place) = verdicts[other], known[place].fingerprint.length > 0 else {
          continue
        }
        guard holding(file, known[place]) == .all || isBeginning(file, original) else { continue }
        verdicts[index] = .copy(place)
        break
      }
    }
  }

  /// Whether content may be taken to have moved.
  ///
  /// A part of a rotation is expected to be a copy. A live file that begins like the last one is
  /// more likely a new log with the same heading, unless much more than a heading is the same.
  private static func mayMove(_ known: KnownFile, to file: SeenFile) -> Bool {
    guard known.fingerprint.length > 0 else { return false }
    return file.mayBeCopy || known.fingerprint.length == ContentMark.bytesMax
  }
}
