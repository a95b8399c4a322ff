import Testing
import VedetteEvent

@testable import VedetteIngest

/// The decisions of the follower, without a file system.
@Suite("Which file is which")
struct FamilyMatchTests {
  /// A file with its content; what is known of a file is the content that was read.
  struct File: Sendable {
    let name: String
    let inode: UInt64
    let content: String
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let known: [File]
    let seen: [File]
    let verdicts: [FamilyMatch.Verdict]
    var displaced: [FamilyMatch.Displaced] = []
    var unlisted: [Int] = []
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a file that grew is the same",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [File(name: "a", inode: 1, content: "123")],
      verdicts: [.same(0)]
    ),
    Case(
      name: "case 1: renamed, and a new one in its place",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [File(name: "a.1", inode: 1, content: "123"), File(name: "a", inode: 2, content: "4")],
      verdicts: [.same(0), .new]
    ),
    Case(
      name: "case 2: renamed twice, with a part in between that was never seen",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [
        File(name: "a.2", inode: 1, content: "12"), File(name: "a.1", inode: 2, content: "3"),
        File(name: "a", inode: 3, content: "4"),
      ],
      verdicts: [.same(0), .new, .new]
    ),
    Case(
      name: "case 4: copied and cut short",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [File(name: "a.1", inode: 2, content: "123"), File(name: "a", inode: 1, content: "4")],
      verdicts: [.moved(0), .new]
    ),
    Case(
      name: "case 4: copied, read a little further, and cut short",
      known: [File(name: "a", inode: 1, content: "1234")],
      seen: [File(name: "a.1", inode: 2, content: "123"), File(name: "a", inode: 1, content: "5")],
      verdicts: [.readCopy(0), .new]
    ),
    Case(
      name: "case 4: copied and not yet cut short",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [File(name: "a.1", inode: 2, content: "1"), File(name: "a", inode: 1, content: "123")],
      verdicts: [.copy, .same(0)]
    ),
    Case(
      name: "case 4: a copy that is about to be filled",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [File(name: "a.1", inode: 2, content: ""), File(name: "a", inode: 1, content: "12")],
      verdicts: [.waiting, .same(0)]
    ),
    Case(
      name: "case 6: cut short and grown past the old place",
      known: [File(name: "a", inode: 1, content: "12")],
      seen: [File(name: "a", inode: 1, content: "456")],
      verdicts: [.new],
      displaced: [FamilyMatch.Displaced(known: 0, isShorter: false)]
    ),
    Case(
      name: "case 7: an inode given to a part of the log while its old file is compressed",
      known: [File(name: "a.1", inode: 1, content: "12"), File(name: "a", inode: 2, content: "")],
      seen: [
        File(name: "a.1.gz", inode: 2, content: "12"), File(name: "a", inode: 1, content: "3"),
      ],
      verdicts: [.moved(0), .new],
      unlisted: [1]
    ),
    Case(
      name: "case 10: deleted and made anew with the same beginning",
      known: [File(name: "a", inode: 1, content: "1")],
      seen: [File(name: "a", inode: 2, content: "12")],
      verdicts: [.new],
      unlisted: [0]
    ),
    Case(
      name: "case 23: compressed, while the original is there and when it is gone",
      known: [
        File(name: "a.1", inode: 1, content: "12"), File(name: "a.2", inode: 2, content: "0"),
      ],
      seen: [
        File(name: "a.2.gz", inode: 4, content: "0"), File(name: "a.1", inode: 1, content: "12"),
        File(name: "a.1.gz", inode: 3, content: "12"),
      ],
      verdicts: [.moved(1), .same(0), .copy]
    ),
    Case(
      name: "a file never read and its copy",
      known: [],
      seen: [File(name: "a.1", inode: 2, content: "12"), File(name: "a", inode: 1, content: "12")],
      verdicts: [.copy, .new]
    ),
    Case(
      name: "a file that was empty is known by its inode",
      known: [File(name: "a", inode: 1, content: "")],
      seen: [File(name: "a.1", inode: 1, content: "12"), File(name: "a", inode: 2, content: "3")],
      verdicts: [.same(0), .new]
    ),
  ]

  @Test("decides as the table says", arguments: cases)
  func table(_ example: Case) {
    let contents = Dictionary(uniqueKeysWithValues: example.seen.map { ($0.name, $0.content) })
    let match = FamilyMatch(
      seen: example.seen.map(seen),
      known: example.known.map(known),
      holding: { seen, known in
        let content = Array((contents[seen.path.description] ?? "").utf8)
        guard known.isRead || content.isEmpty else { return .all }
        if content.starts(with: known.head) { return .all }
        return known.head.starts(with: content) && !content.isEmpty ? .beginning : .nothing
      },
      isBeginning: { copy, original in
        let content = contents[copy.path.description] ?? ""
        return contents[original.path.description]?.hasPrefix(content) ?? false
      }
    )
    #expect(match.verdicts == example.verdicts)
    #expect(match.displaced == example.displaced)
    #expect(match.unlisted == example.unlisted)
  }

  private func known(_ file: File) -> KnownFile {
    let identity = FileIdentity(device: 1, inode: file.inode)
    var known = KnownFile(source: SourceID("a"), path: SourcePath(file.name), identity: identity)
    known.head = Array(file.content.utf8)
    known.fingerprint = ContentMark(known.head)
    known.position.offset = Int64(known.head.count)
    known.marker = known.fingerprint
    return known
  }

  private func seen(_ file: File) -> SeenFile {
    var status = FileStatus()
    status.device = 1
    status.inode = file.inode
    status.size = Int64(file.content.utf8.count)
    return SeenFile(
      path: SourcePath(file.name),
      rotation: RotationName(file.name.utf8),
      status: status,
      isLink: false,
      isSibling: false
    )
  }
}
