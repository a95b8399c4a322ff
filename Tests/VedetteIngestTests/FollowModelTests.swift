import Foundation
import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

/// Random lives of two logs against a list of every line that was ever written.
@Suite("Following against a model")
struct FollowModelTests {
  /// One log, what was written to it, and what its rotation left.
  struct Model {
    let name: String
    var written: [[UInt8]] = []
    var partCount = 0
    var number = 0
    var openLine: [UInt8]?
    /// A compressed part keeps its suffix.
    var isPacked: [Int: Bool] = [:]
  }

  enum Action: CaseIterable {
    case write, write2, writeLong, writePart, rotate, rotateUnderLine, compress
    case copyTruncate, copyGrowTruncate, copyTruncateStale, truncate, truncateRegrow, delete,
      replace
    case poll, poll2, pollOne, pause, commit, commit2, restart, kill
  }

  /// More seeds than usual, as `VEDETTE_MODEL_SEEDS=5000`, or one of them as `VEDETTE_SEED=4711`.
  static let seeds: Range<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["VEDETTE_SEED"].flatMap(UInt64.init) { return seed..<seed + 1 }
    return 0..<(environment["VEDETTE_MODEL_SEEDS"].flatMap(UInt64.init) ?? 24)
  }()

  @Test("every line comes once and in order, byte by byte, whatever happens", arguments: seeds)
  func model(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryFolder()
    try folder.makeFolder("d")
    let isFolder = Bool.random(using: &random)
    let following = try Following(
      isFolder ? [folder["d"]] : [folder["d/a.log"], folder["d/b.log"]]
    )
    following.holdsBack = true
    var models = [Model(name: "d/a.log"), Model(name: "d/b.log")]
    var history: [String] = []
    following.poll()
    for index in models.indices {
      // From here on each log has a part that is known, so that a restart is never the first start.
      try write(1, &models[index], folder, &random)
      following.poll()
      try rotate(&models[index], folder)
    }
    following.commit()
    for _ in 0..<80 {
      guard let action = Action.allCases.randomElement(using: &random) else { continue }
      let index = Int.random(in: 0...1, using: &random)
      history.append("\(action) \(index)")
      try perform(action, on: &models[index], folder, following, &random)
    }
    for index in models.indices { try endLine(&models[index], folder) }
    following.pollLater()
    following.commit()
    for model in models {
      let difference = firstDifference(given(model, folder, following), model.written)
      #expect(difference == nil, "VEDETTE_SEED=\(seed), folder \(isFolder): \(history)")
    }
    following.restart()
    following.pollLater()
    let count = following.records.count
    following.commit()
    #expect(following.records.count == count, "seed \(seed): nothing is new after a restart")
  }

  /// What was given and committed of a log.
  private func given(
    _ model: Model,
    _ folder: TemporaryFolder,
    _ following: Following
  ) -> [[UInt8]] {
    zip(following.records, following.recordBytes).filter { $0.0.source == folder[model.name] }
      .map { $0.1 }
  }

  /// Short enough to read: where two lists of lines part.
  private func firstDifference(_ given: [[UInt8]], _ written: [[UInt8]]) -> String? {
    guard given != written else { return nil }
    let index = zip(given, written).enumerated().first { $1.0 != $1.1 }?.offset
    let place = index ?? min(given.count, written.count)
    let next = { (lines: [[UInt8]]) in
      lines.dropFirst(place).prefix(2).map { String(decoding: $0.prefix(60), as: UTF8.self) }
    }
    return "line \(place) of \(given.count)/\(written.count): \(next(given)), not \(next(written))"
  }

  private func perform(
    _ action: Action,
    on model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following,
    _ random: inout SplitMix64
  ) throws {
    switch action {
    case .write, .write2:
      try write(Int.random(in: 1...40, using: &random), &model, folder, &random)
    case .writeLong:
      try write(1, &model, folder, &random, length: Int.random(in: 60_000...70_000, using: &random))
    case .writePart:
      try endLine(&model, folder)
      let line = line(&model, &random)
      model.openLine = line
      try folder.append(model.name, bytes: line.dropLast(7))
    case .rotate:
      try endLine(&model, folder)
      try rotate(&model, folder)
    case .rotateUnderLine:
      let open = model.openLine
      model.openLine = nil
      guard try rotate(&model, folder), let open else {
        model.openLine = open
        return
      }
      // The writer still has the old file and ends its line there.
      try folder.append(model.name + ".1", bytes: open.suffix(7) + [0x0a])
      model.written.append(open)
    case .compress:
      try compress(&model, folder, following)
    case .copyTruncate, .copyGrowTruncate, .copyTruncateStale:
      try copyAndCut(action, &model, folder, following, &random)
    case .truncate, .truncateRegrow, .delete, .replace:
      try destroy(action, &model, folder, following, &random)
    case .poll, .poll2:
      following.poll()
    case .pollOne:
      following.poll(chunks: 1)
    case .pause:
      following.pollLater()
    case .commit, .commit2:
      following.commit()
    case .restart:
      following.commit()
      following.restart()
    case .kill:
      following.kill()
    }
  }

  /// A line that no other is like, of bytes that need be no text, with at least seven of them.
  private func line(_ model: inout Model, _ random: inout SplitMix64, length: Int? = nil) -> [UInt8]
  {
    model.number += 1
    let length = length ?? Int.random(in: 0...60, using: &random)
    var bytes = Array("\(model.name) \(model.number) ".utf8)
    for _ in 0..<length {
      let byte = UInt8.random(in: 0...255, using: &random)
      bytes.append(byte == 0x0a || byte == 0x0d ? 0 : byte)
    }
    return bytes + Array("the end".utf8)
  }

  private func write(
    _ count: Int,
    _ model: inout Model,
    _ folder: TemporaryFolder,
    _ random: inout SplitMix64,
    length: Int? = nil
  ) throws {
    try endLine(&model, folder)
    var bytes: [UInt8] = []
    for _ in 0..<count {
      let line = line(&model, &random, length: length)
      model.written.append(line)
      bytes += line + [0x0a]
    }
    try folder.append(model.name, bytes: bytes)
  }

  private func endLine(_ model: inout Model, _ folder: TemporaryFolder) throws {
    guard let line = model.openLine else { return }
    model.openLine = nil
    model.written.append(line)
    try folder.append(model.name, bytes: line.suffix(7) + [0x0a])
  }

  /// Renames every part; returns whether there was a live file.
  @discardableResult
  private func rotate(_ model: inout Model, _ folder: TemporaryFolder) throws -> Bool {
    guard folder.inode(model.name) != 0 else { return false }
    try shift(&model, folder)
    try folder.rename(model.name, model.name + ".1")
    return true
  }

  private func shift(_ model: inout Model, _ folder: TemporaryFolder) throws {
    var isPacked: [Int: Bool] = [:]
    for part in stride(from: model.partCount, to: 0, by: -1) {
      let suffix = model.isPacked[part] == true ? ".gz" : ""
      try folder.rename("\(model.name).\(part)\(suffix)", "\(model.name).\(part + 1)\(suffix)")
      isPacked[part + 1] = model.isPacked[part]
    }
    model.isPacked = isPacked
    model.partCount += 1
  }

  /// Compresses the second part, as `delaycompress` does.
  private func compress(
    _ model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following
  ) throws {
    guard model.partCount >= 2, model.isPacked[2] != true else { return }
    let name = "\(model.name).2"
    try folder.write(name + ".gz", Gzip.member(try folder.read(name)))
    // Both are there for a moment, and a poll may see it.
    if model.number.isMultiple(of: 2) { following.poll() }
    try folder.remove(name)
    model.isPacked[2] = true
  }

  /// Copies the log and cuts it short; what was written in between must have been read.
  private func copyAndCut(
    _ action: Action,
    _ model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following,
    _ random: inout SplitMix64
  ) throws {
    guard folder.inode(model.name) != 0 else { return }
    try endLine(&model, folder)
    let size = try folder.read(model.name).count
    guard size > 0 else { return }
    if action == .copyGrowTruncate {
      // Of a shorter log too little is known after a kill to tell its copy.
      guard size >= ContentMark.bytesMax else { return }
      following.poll()
    }
    try shift(&model, folder)
    try folder.copy(model.name, model.name + ".1")
    if model.number.isMultiple(of: 2) { following.poll() }
    if action == .copyGrowTruncate {
      try write(Int.random(in: 1...3, using: &random), &model, folder, &random)
      following.poll()
      following.commit()
    }
    try folder.truncate(model.name)
    guard action == .copyTruncateStale else { return }
    // The writer goes on where it was: before that is a hole.
    if model.number.isMultiple(of: 3) { following.poll() }
    try folder.truncate(model.name, to: size)
    if model.number.isMultiple(of: 5) { following.poll() }
    try write(Int.random(in: 1...3, using: &random), &model, folder, &random)
  }

  /// What destroys content happens after it was read: else a line would be lost by design.
  private func destroy(
    _ action: Action,
    _ model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following,
    _ random: inout SplitMix64
  ) throws {
    guard folder.inode(model.name) != 0 else { return }
    try endLine(&model, folder)
    let size = try folder.read(model.name).count
    following.poll()
    following.commit()
    if action == .truncate || action == .truncateRegrow {
      try folder.truncate(model.name)
    } else {
      try folder.remove(model.name)
    }
    guard action == .truncateRegrow || action == .replace else { return }
    // Past the old place before anybody looks, in the same file or perhaps under the same inode.
    try write(1, &model, folder, &random, length: size + 1)
  }
}
