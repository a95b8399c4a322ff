import VedetteDocuments

/// The comments of a file that tell checks to leave a place alone.
///
///     # vedette:ignore CHECK-ID[, CHECK-ID] [reason]          the next line
///     level: low # vedette:ignore CHECK-ID [reason]           this line
///     # vedette:ignore-file CHECK-ID[, CHECK-ID] [reason]     the whole file
struct LintSuppressions: Sendable {
  /// One id of one comment.
  struct Entry: Sendable {
    var check: String
    /// The line that is left alone, or `nil` for all.
    var line: Int?
    /// Where the id stands.
    var position: Position
    var isUsed = false
    /// Whether what it is to hide is an error.
    var isRefused = false
  }

  private(set) var entries: [Entry] = []
  /// The places in ``entries`` of each check.
  private var places: [String: [Int]] = [:]

  init(_ source: LintSource) {
    let marker = Array("# vedette:ignore".utf8)
    let blanks: [UInt8] = [0x20, 0x09]
    var comments: [(rest: String, isAlone: Bool, position: Position)] = []
    for number in 1...source.lineCount {
      guard let range = source.lineRange(number), range.count >= marker.count else { continue }
      let line = source.bytes[range]
      guard let start = Self.find(marker, in: line) else { continue }
      let before = line[range.lowerBound..<start]
      // What follows no blank is part of a value, not a comment.
      guard before.last.map(blanks.contains) ?? true else { continue }
      let column = String(decoding: before, as: UTF8.self).unicodeScalars.count + marker.count + 1
      comments.append(
        (
          rest: String(decoding: line[(start + marker.count)...], as: UTF8.self),
          isAlone: before.allSatisfy(blanks.contains),
          position: Position(line: number, column: column)
        )
      )
    }
    guard !comments.isEmpty else { return }
    let next = Self.nextLines(source)
    for comment in comments {
      let line = comment.position.line
      add(comment.rest, comment.isAlone ? next[line] : line, comment.position)
    }
    for (index, entry) in entries.enumerated() { places[entry.check, default: []].append(index) }
  }

  /// Whether there are none, which is nearly always so.
  var isEmpty: Bool { entries.isEmpty }

  /// Whether a finding is to be left out; remembers what was of use.
  mutating func covers(check: String, line: Int) -> Bool {
    var isCovered = false
    for index in places[check] ?? [] where (entries[index].line ?? line) == line {
      entries[index].isUsed = true
      isCovered = true
    }
    return isCovered
  }

  /// Notes that a finding is an error and stays: a rule that can't be used is never silent.
  mutating func refuse(check: String, line: Int) {
    for index in places[check] ?? [] where (entries[index].line ?? line) == line {
      entries[index].isRefused = true
    }
  }

  private mutating func add(_ rest: String, _ target: Int, _ position: Position) {
    var text = rest[...]
    var line: Int? = target
    var position = position
    if text.hasPrefix("-file") {
      text = text.dropFirst(5)
      position.column += 5
      line = nil
    }
    guard text.first.map({ $0 == " " || $0.isNewline }) ?? true else { return }
    // Ids are joined by commas; the first word without one is the last id.
    while true {
      let blanks = text.prefix { $0 == " " }.count
      text = text.dropFirst(blanks)
      position.column += blanks
      let word = text.prefix { !$0.isWhitespace && $0 != "," }
      entries.append(Entry(check: String(word), line: line, position: position))
      text = text.dropFirst(word.count)
      position.column += word.count
      let gap = text.prefix { $0 == " " }.count
      guard text.dropFirst(gap).first == ",", !word.isEmpty else { return }
      text = text.dropFirst(gap + 1)
      position.column += gap + 1
    }
  }

  /// For each line, counted from one, the next that is neither empty nor a comment, or the last.
  private static func nextLines(_ source: LintSource) -> [Int] {
    var next = [Int](repeating: source.lineCount, count: source.lineCount + 1)
    for number in stride(from: source.lineCount - 1, through: 1, by: -1) {
      guard let range = source.lineRange(number + 1) else { continue }
      let first = source.bytes[range].first { $0 != 0x20 && $0 != 0x09 }
      let isPassedOver = first.map { [0x23, 0x0a, 0x0d].contains($0) } ?? true
      next[number] = isPassedOver ? next[number + 1] : number + 1
    }
    return next
  }

  private static func find(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    var index = bytes.startIndex
    while index + needle.count <= bytes.endIndex {
      if bytes[index] == needle[0], bytes[index...].starts(with: needle) { return index }
      index += 1
    }
    return nil
  }
}

extension LintCheck {
  /// The comments that suppress other checks.
  static let suppressionChecks: [LintCheck] = [
    LintCheck(
      "unused-suppression",
      .warning,
      """
      A comment '# vedette:ignore' suppresses a check that has nothing to say about its line or \
      file. What it excused was corrected, or moved to another line; left there it would silently \
      hide the next fault of this kind. Remove it. An error is not suppressed: its rule can't be used.
      """
    ),
    LintCheck(
      "unknown-suppression",
      .warning,
      """
      A comment '# vedette:ignore' names no check, or one that does not exist, so that it \
      suppresses nothing. Ids are listed by 'vedette rules check --list-checks'.
      """
    ),
  ]
}
