// cron, logind, and the tools that make and change accounts.

extension SyslogReader {
  /// Reads a message of cron: `(root) CMD (command)`.
  mutating func readCron(_ record: Span<UInt8>, _ message: Range<Int>) {
    if readPAM(record, message, isSwitch: false) { return }
    var rest = message
    guard record.skip("(", &rest), let close = record.first(") ", rest) else {
      return writer.write(.action, "cron_other")
    }
    let user = rest.lowerBound..<close
    rest = close + 2..<rest.upperBound
    guard record.skip("CMD (", &rest) else {
      writer.write(.action, "cron_other")
      if !record.equals("CRON", user), !record.equals("*system*", user) {
        writer.write(.userName, record, user)
      }
      return
    }
    _ = record.drop(")", &rest)
    writer.write(.category, "process")
    writer.write(.action, "cron_command")
    writer.write(.userName, record, user)
    writer.write(.commandLine, record, record.trimmed(rest))
  }

  /// Reads a message of logind and other programs that log people in.
  mutating func readLogin(
    _ record: Span<UInt8>,
    _ message: Range<Int>,
    program: Range<Int>?
  ) {
    var rest = message
    if record.skip("New session ", &rest), let of = record.first(" of user ", rest) {
      writer.write(.category, "authentication")
      writer.write(.action, "session_opened")
      writer.write(.outcome, "success")
      var user = of + 9..<rest.upperBound
      if let comma = record.first(" with class ", user) { user = user.lowerBound..<comma }
      _ = record.drop(".", &user)
      record.dropQuotes(&user)
      writer.write(.userName, record, user)
    } else if record.hasPrefix("Removed session ", message) {
      writer.write(.category, "authentication")
      writer.write(.action, "session_closed")
    } else {
      readOther(record, message, program: program)
    }
  }

  /// Reads a message of useradd, usermod, passwd and their kin.
  mutating func readAccountTool(
    _ record: Span<UInt8>,
    _ message: Range<Int>,
    program: Range<Int>?
  ) {
    if readPAM(record, message, isSwitch: false) { return }
    writer.write(.category, "iam")
    if readAddition(record, message) || readChange(record, message) { return }
    writeOther(record, program)
  }

  /// `new user: name=bob, UID=1001, ..`, `group added to /etc/group: name=devs, GID=1001`.
  private mutating func readAddition(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    var rest = message
    let isUser = record.skip("new user: name=", &rest)
    var isGroup = !isUser && record.skip("new group: name=", &rest)
    if !isUser, !isGroup, record.hasPrefix("group added to ", rest),
      let name = record.first("name=", rest)
    {
      rest = name + 5..<rest.upperBound
      isGroup = true
    }
    guard isUser || isGroup else { return false }
    let end = record.first(UInt8(ascii: ","), rest) ?? rest.upperBound
    writer.write(.action, isUser ? "user_added" : "group_added")
    writer.write(.outcome, "success")
    writer.write(isUser ? .targetUser : .groupName, record, rest.lowerBound..<end)
    return true
  }

  /// `add 'bob' to group 'sudo'`, `change user 'bob' shell ..`, `delete user 'bob'`.
  private mutating func readChange(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    for change in Self.changes {
      var rest = message
      guard record.skip(change.start, &rest) else { continue }
      let end = record.first(UInt8(ascii: "'"), rest) ?? rest.upperBound
      writer.write(change.field, record, rest.lowerBound..<end)
      if let group = record.first("group '", end..<message.upperBound) {
        writer.write(.action, "group_member_added")
        let name = group + 7..<message.upperBound
        let close = record.first(UInt8(ascii: "'"), name) ?? name.upperBound
        writer.write(.groupName, record, name.lowerBound..<close)
      } else {
        writer.write(.action, change.action)
      }
      let isFailure = record.hasPrefix("failed ", message)
      writer.write(.outcome, isFailure ? "failure" : "success")
      return true
    }
    return readMember(record, message)
  }

  /// How a message about a change starts, what it is, and what the quoted name is of.
  private static let changes: [(start: StaticString, action: StaticString, field: TextField)] = [
    ("add '", "user_modified", .targetUser), ("change user '", "user_modified", .targetUser),
    ("lock user '", "user_modified", .targetUser), ("unlock user '", "user_modified", .targetUser),
    ("failed adding user '", "user_added", .targetUser),
    ("delete user '", "user_deleted", .targetUser), ("removed user '", "user_deleted", .targetUser),
    ("removed group '", "group_removed", .groupName), ("group '", "group_removed", .groupName),
  ]

  /// gpasswd's `user bob added by root to group sudo` and chage's `changed password expiry for bob`.
  private mutating func readMember(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    var rest = message
    if record.skip("changed password expiry for ", &rest) {
      writer.write(.action, "user_modified")
      writer.write(.outcome, "success")
      writer.write(.targetUser, record, rest)
      return true
    }
    guard record.skip("user ", &rest), let by = record.first(" added by ", rest),
      let to = record.last(" to group ", by..<rest.upperBound), to >= by + 10
    else { return false }
    writer.write(.action, "group_member_added")
    writer.write(.outcome, "success")
    writer.write(.targetUser, record, rest.lowerBound..<by)
    writer.write(.userName, record, by + 10..<to)
    writer.write(.groupName, record, to + 10..<rest.upperBound)
    return true
  }
}

extension Span<UInt8> {
  /// Narrows a range to what is between quotes, if it is quoted.
  func dropQuotes(_ range: inout Range<Int>) {
    guard range.count >= 2 else { return }
    let first = self[range.lowerBound]
    guard first == UInt8(ascii: "'") || first == .quote, self[range.upperBound - 1] == first
    else { return }
    range = range.lowerBound + 1..<range.upperBound - 1
  }
}
