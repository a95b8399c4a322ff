// sudo and su: one account acting as another.
//
//   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id
//   alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=.. ; USER=root ; COMMAND=/usr/bin/id
//
// The command is last and may hold anything, so of each key the first is taken. A folder can be
// named to look like the rest of the line; the whole text stays in the command line all the same.

extension SyslogReader {
  /// Reads a message of sudo.
  mutating func readSudo(_ record: Span<UInt8>, _ message: Range<Int>) {
    if readPAM(record, message, isSwitch: true) { return }
    guard let colon = record.first(" : ", message),
      let command = record.first("COMMAND=", colon..<message.upperBound)
    else { return writer.write(.action, "sudo_other") }
    writer.write(.userName, record, message.lowerBound..<colon)
    readSudoFields(record, colon + 3..<command)
    writer.write(.commandLine, record, command + 8..<message.upperBound)
    var reason = colon + 3..<command
    let semicolon = record.first(" ; ", reason) ?? reason.upperBound
    reason = reason.lowerBound..<semicolon
    if record.hasPrefix("TTY=", reason) || record.hasPrefix("PWD=", reason)
      || record.hasPrefix("HOST=", reason) || record.hasPrefix("USER=", reason)
    {
      writer.write(.category, "process")
      writer.write(.action, "sudo_command")
      writer.write(.outcome, "success")
    } else {
      readSudoRefusal(record, reason)
    }
  }

  private mutating func readSudoFields(_ record: Span<UInt8>, _ fields: Range<Int>) {
    for (key, field) in Self.sudoFields {
      guard let place = record.first(key, fields) else { continue }
      let start = place + key.utf8CodeUnitCount
      let end = record.first(" ; ", start..<fields.upperBound) ?? fields.upperBound
      writer.write(field, record, start..<end)
    }
  }

  private static let sudoFields: [(StaticString, TextField)] = [
    ("TTY=", .terminal), ("PWD=", .workingDirectory), (" ; USER=", .targetUser),
  ]

  /// Why sudo did not run the command.
  private mutating func readSudoRefusal(_ record: Span<UInt8>, _ reason: Range<Int>) {
    writer.write(.category, "authentication")
    writer.write(.outcome, "failure")
    var rest = reason
    let attempts = record.number(record.word(&rest))
    if let attempts, record.hasPrefix("incorrect password attempt", rest) {
      writer.write(.action, "sudo_auth_failure")
      writeCount(attempts)
    } else if record.equals("a password is required", reason) {
      writer.write(.action, "sudo_auth_failure")
    } else if record.first("NOT ", reason) != nil || record.hasPrefix("command not allowed", reason)
    {
      writer.write(.action, "sudo_not_allowed")
    } else {
      writer.write(.action, "sudo_other")
    }
  }

  /// Reads a message of su, in the words of shadow, util-linux and the BSDs.
  mutating func readSu(_ record: Span<UInt8>, _ message: Range<Int>) {
    if readPAM(record, message, isSwitch: true) { return }
    writer.write(.category, "authentication")
    var rest = message
    if record.skip("(to ", &rest) { return readSuTo(record, rest, isSuccess: true) }
    if record.skip("FAILED SU (to ", &rest) { return readSuTo(record, rest, isSuccess: false) }
    let isFailed = record.skip("FAILED su for ", &rest) || record.skip("FAILED SU for ", &rest)
    if isFailed || record.skip("Successful su for ", &rest) {
      guard let by = record.last(" by ", rest) else { return writer.write(.action, "su_other") }
      let (target, actor) = (rest.lowerBound..<by, by + 4..<rest.upperBound)
      return writeSu(record, actor: actor, target: target, isSuccess: !isFailed)
    }
    let isPlus = record.skip("+ ", &rest)
    if isPlus || record.skip("- ", &rest) {
      return readSuSign(record, rest, isSuccess: isPlus)
    }
    let isBad = record.skip("BAD SU ", &rest)
    if let to = record.first(" to ", rest), let on = record.last(" on ", to + 4..<rest.upperBound) {
      writer.write(.terminal, record, on + 4..<rest.upperBound)
      let (actor, target) = (rest.lowerBound..<to, to + 4..<on)
      return writeSu(record, actor: actor, target: target, isSuccess: !isBad)
    }
    writer.write(.action, "su_other")
  }

  /// `root) alice on pts/0`.
  private mutating func readSuTo(_ record: Span<UInt8>, _ range: Range<Int>, isSuccess: Bool) {
    guard let close = record.first(") ", range),
      let on = record.last(" on ", close + 1..<range.upperBound), on >= close + 2
    else { return writer.write(.action, "su_other") }
    writer.write(.terminal, record, on + 4..<range.upperBound)
    let (actor, target) = (close + 2..<on, range.lowerBound..<close)
    writeSu(record, actor: actor, target: target, isSuccess: isSuccess)
  }

  /// `/dev/pts/0 alice:root`.
  private mutating func readSuSign(_ record: Span<UInt8>, _ range: Range<Int>, isSuccess: Bool) {
    var rest = range
    let terminal = record.word(&rest)
    guard let colon = record.last(.colon, rest) ?? record.last(UInt8(ascii: "-"), rest) else {
      return writer.write(.action, "su_other")
    }
    writer.write(.terminal, record, terminal)
    let (actor, target) = (rest.lowerBound..<colon, colon + 1..<rest.upperBound)
    writeSu(record, actor: actor, target: target, isSuccess: isSuccess)
  }

  private mutating func writeSu(
    _ record: Span<UInt8>,
    actor: Range<Int>,
    target: Range<Int>,
    isSuccess: Bool
  ) {
    writer.write(.action, "su_login")
    writer.write(.outcome, isSuccess ? "success" : "failure")
    writer.write(.userName, record, actor)
    writer.write(.targetUser, record, target)
  }
}
