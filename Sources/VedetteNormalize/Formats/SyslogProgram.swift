import VedetteEvent

/// The programs whose messages are read, and what log source each is.
enum SyslogProgram {
  case sshd
  case sudo
  case su
  case cron
  /// useradd, passwd and their kin.
  case accountTool
  /// logind and the other programs that ask PAM.
  case login
  /// Daemons that have a log source of their own in public rules.
  case named(StaticString)
  case kernel
  case cisco
  case other

  /// Finds the program of a tag.
  ///
  /// - Parameters:
  ///   - record: The line.
  ///   - tag: The program's name in it, with a path or not.
  init(_ record: Span<UInt8>, _ tag: Range<Int>?) {
    guard let tag else {
      self = .other
      return
    }
    let name = Self.baseName(record, tag)
    if record.equals("sshd", name) || record.equals("sshd-session", name) {
      self = .sshd
      return
    }
    self = Self.find(record, name)
  }

  private static func find(_ record: Span<UInt8>, _ name: Range<Int>) -> SyslogProgram {
    if name.isEmpty { return .other }
    for (text, program) in table where record.equals(text, name) { return program }
    return record[name.lowerBound] == UInt8(ascii: "%") ? .cisco : .other
  }

  private static let table: [(StaticString, SyslogProgram)] = [
    ("CRON", .cron), ("sudo", .sudo), ("su", .su), ("kernel", .kernel),
    ("systemd-logind", .login), ("cron", .cron), ("crond", .cron), ("CROND", .cron),
    ("anacron", .cron), ("crontab", .cron), ("su-l", .su), ("sshd-auth", .sshd),
    ("useradd", .accountTool), ("usermod", .accountTool), ("userdel", .accountTool),
    ("groupadd", .accountTool), ("groupmod", .accountTool), ("groupdel", .accountTool),
    ("gpasswd", .accountTool), ("passwd", .accountTool), ("chpasswd", .accountTool),
    ("chage", .accountTool), ("chfn", .accountTool), ("chsh", .accountTool),
    ("adduser", .accountTool), ("login", .login), ("polkitd", .login), ("pkexec", .login),
    ("gdm", .login), ("gdm-password", .login), ("sddm", .login),
    ("lightdm", .login), ("systemd-user", .login), ("vsftpd", .named("vsftpd")),
    ("clamd", .named("clamav")), ("freshclam", .named("clamav")), ("guacd", .named("guacamole")),
    ("auditd", .named("auditd")),
  ]

  /// A tag without the folder that some programs put before their name.
  static func baseName(_ record: Span<UInt8>, _ tag: Range<Int>) -> Range<Int> {
    guard let slash = record.last(UInt8(ascii: "/"), tag), slash + 1 < tag.upperBound else {
      return tag
    }
    return slash + 1..<tag.upperBound
  }

  /// The log source in Sigma's words.
  var logSource: LogSource {
    switch self {
    case .sshd: LogSource(product: "linux", service: "sshd")
    case .sudo: LogSource(product: "linux", service: "sudo")
    case .su: LogSource(product: "linux", service: "su")
    case .cron: LogSource(product: "linux", service: "cron")
    case .accountTool, .login: LogSource(product: "linux", service: "auth")
    case .named(let service): LogSource(product: "linux", service: "\(service)")
    case .cisco: LogSource(product: "cisco", service: "syslog")
    case .kernel, .other: LogSource(product: "linux", service: "syslog")
    }
  }
}
