// The journal of this host, told by `journalctl --follow --output=json`.
//
// The journal's own library would bring systemd into a binary that needs nothing of it, and would
// be one more format to read; its tool prints one JSON object an entry, each with a cursor that
// finds the next one again. Every entry of a chunk comes before the chunk's cursor, and the cursor is
// stored with what came of the chunk: after a kill the tool begins behind it.

import VedetteEvent

/// Reads the entries of a journal, and starts their teller again when it ends.
final class JournalReader: IntakePart {
  let place: Int
  private let address: IntakeAddress
  private let matches: [String]
  private let options: ReceiveOptions
  private var child: ChildProcess?
  private var framer: JournalFramer
  private var startsAt: Int64?
  private var pause: Int64
  private var hasFailed = false
  private var hasGiven = false
  private var buffer: [UInt8]

  private static let bufferBytes = 64 << 10
  private static let turnBytes = 1 << 20
  private static let pauseMillisecondsMax: Int64 = 60_000

  init(matches: [String], place: Int, options: ReceiveOptions) {
    self.place = place
    address = .journal(matches: matches)
    self.matches = matches
    self.options = options
    pause = options.restartMilliseconds
    framer = JournalFramer()
    buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
  }

  deinit { _ = child?.end(errorBytesMax: 0) }

  func descriptors(hasRoom: Bool) -> [Int32] {
    guard let child, hasRoom else { return [] }
    return [child.output]
  }

  /// Takes what came, a bounded part of it.
  ///
  /// - Returns: Whether there is more right away.
  func poll(now: Int64, into received: inout ReceivedRecords) -> Bool {
    start(now: now, &received)
    guard let child else { return false }
    child.passOverErrors()
    var spent = 0
    while spent < Self.turnBytes, !received.isFull {
      do throws(PosixError) {
        let count = try child.read(into: &buffer)
        guard count > 0 else {
          restart(now: now, &received)
          return false
        }
        spent += count
        hasGiven = true
        if hasFailed { received.note(address, .readable) }
        hasFailed = false
        framer.consume(buffer.span.extracting(0..<count)) { entry, isCut in
          let cursor = JournalCursor.find(in: entry)
          received.sources[place].append(entry, cursor: cursor, isCut: isCut)
        }
      } catch .wouldBlock {
        return false
      } catch {
        restart(now: now, &received)
        return false
      }
    }
    return !received.isFull
  }

  /// Ends the teller; what it began to tell comes again, since its cursor was not taken.
  func finish(into received: inout ReceivedRecords) {
    _ = child?.end(errorBytesMax: 0)
    child = nil
    startsAt = .max
  }

  private func start(now: Int64, _ received: inout ReceivedRecords) {
    guard child == nil, now >= startsAt ?? now else { return }
    let cursor = received.sources[place].cursor
    do throws(PosixError) {
      child = try ChildProcess.start(arguments(after: cursor))
      framer = JournalFramer()
      hasGiven = false
    } catch {
      let problem =
        error == .notFound
        ? IngestError.Problem.notInstalled(options.journalProgram) : IngestError.Problem(error)
      fail(problem, now: now, &received)
    }
  }

  private func arguments(after cursor: String) -> [String] {
    var words = [options.journalProgram, "--follow", "--output=json", "--all", "--quiet"]
    if !cursor.isEmpty {
      words += ["--no-tail", "--after-cursor=" + cursor]
    } else if let start = options.journalStart {
      words += start.hasPrefix("--lines") ? [start] : ["--no-tail", start]
    } else {
      words.append("--no-tail")
    }
    return words + matches
  }

  private func restart(now: Int64, _ received: inout ReceivedRecords) {
    guard let ended = child?.end(errorBytesMax: Limits.childErrorBytesMax) else { return }
    child = nil
    // One that told something was well; it is only those that tell nothing that wait longer.
    if hasGiven { pause = options.restartMilliseconds }
    let said = ended.said.isEmpty ? "it ended with status \(ended.status)" : ended.said
    fail(.ended(options.journalProgram, said: said), now: now, &received)
  }

  private func fail(
    _ problem: IngestError.Problem,
    now: Int64,
    _ received: inout ReceivedRecords
  ) {
    received.note(address, .unreadable(problem))
    hasFailed = true
    startsAt = now + pause
    pause = min(pause * 2, Self.pauseMillisecondsMax)
  }
}

/// Cuts what `journalctl` prints into entries, in bounded memory.
struct JournalFramer {
  private var held = HeldRecord()

  mutating func consume(_ piece: Span<UInt8>, _ give: (Span<UInt8>, Bool) -> Void) {
    var index = 0
    while index < piece.count {
      guard let end = firstIndex(of: ASCII.lineFeed, in: piece, from: index) else {
        held.hold(piece, index..<piece.count)
        return
      }
      if held.isEmpty {
        if end > index { give(piece.extracting(index..<end), false) }
      } else {
        held.hold(piece, index..<end)
        give(held.bytes.span, held.total > held.bytes.count)
        held.clear()
      }
      index = end + 1
    }
  }
}

/// Finds an entry's cursor without reading the rest of it.
package enum JournalCursor {
  private static let key = Array("\"__CURSOR\"".utf8)
  private static let bytesMax = 1_024

  /// Returns the value of `__CURSOR` of the outermost object, or `nil` if it has none.
  ///
  /// - Parameter entry: The entry, which need not be whole.
  /// - Returns: The cursor.
  package static func find(in entry: Span<UInt8>) -> String? {
    var depth = 0
    var index = 0
    while index < entry.count {
      switch entry[index] {
      case ASCII.openBrace, ASCII.openBracket: depth += 1
      case ASCII.closeBrace, ASCII.closeBracket: depth -= 1
      case ASCII.quote:
        let end = stringEnd(entry, from: index)
        if depth == 1, end - index == key.count, matchesKey(entry, at: index),
          let start = valueStart(entry, from: end)
        {
          return value(entry, from: start)
        }
        index = end
        continue
      default: break
      }
      index += 1
    }
    return nil
  }

  private static func stringEnd(_ entry: Span<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < entry.count {
      if entry[index] == ASCII.backslash {
        index += 2
      } else if entry[index] == ASCII.quote {
        return index + 1
      } else {
        index += 1
      }
    }
    return entry.count
  }

  private static func matchesKey(_ entry: Span<UInt8>, at start: Int) -> Bool {
    key.indices.allSatisfy { entry[start + $0] == key[$0] }
  }

  /// The first byte behind a key's colon, or `nil` if what was a key is a value.
  private static func valueStart(_ entry: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    var hasColon = false
    while index < entry.count {
      if entry[index] == ASCII.colon, !hasColon {
        hasColon = true
      } else if entry[index] != ASCII.space {
        break
      }
      index += 1
    }
    return hasColon ? index : nil
  }

  /// The text at a place, if it is one without escapes.
  private static func value(_ entry: Span<UInt8>, from start: Int) -> String? {
    var index = start
    guard index < entry.count, entry[index] == ASCII.quote else { return nil }
    var bytes: [UInt8] = []
    index += 1
    while index < entry.count, entry[index] != ASCII.quote {
      guard entry[index] > ASCII.space, entry[index] < 0x7f, entry[index] != ASCII.backslash,
        bytes.count < bytesMax
      else { return nil }
      bytes.append(entry[index])
      index += 1
    }
    return index < entry.count && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
