import VedetteDigest
public import VedetteEvent

/// Why a message could not be sent, in a line.
public struct NotificationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong and what to do about it.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Sends one message to one target, and waits until it is there.
///
/// A webhook counts as reached when it answers with a status of 200 to 299. The message carries its
/// number, so that a receiver that got it twice (the answer was lost) can tell:
///
/// ```
/// X-Vedette-Delivery: 17
/// X-Vedette-Timestamp: 1772446440
/// X-Vedette-Signature: sha256=HMAC-SHA-256(secret, "1772446440." + body)
/// ```
public struct NotificationSender: Sendable {
  /// How long a target may take for one message.
  public static let millisecondsMax = 10_000

  private let milliseconds: @Sendable () -> Int64

  /// Creates a sender.
  ///
  /// - Parameter milliseconds: A clock that never goes back.
  public init(milliseconds: @escaping @Sendable () -> Int64) { self.milliseconds = milliseconds }

  /// Sends a message.
  ///
  /// - Parameters:
  ///   - body: JSON in one line.
  ///   - number: The message's number.
  ///   - notifier: Where to.
  ///   - time: The clock on the wall, which is signed with the body.
  /// - Throws: ``NotificationError`` if it did not get there, or may not have.
  public func send(
    _ body: String,
    number: Int64,
    to notifier: Notifier,
    at time: EventTime
  ) throws(NotificationError) {
    let deadline = milliseconds() + Int64(Self.millisecondsMax)
    switch notifier.kind {
    case .webhook(let url, let secret):
      let headers = Self.headers(body, number: number, secret: secret, at: time)
      if url.isSecure {
        try postEncrypted(body, headers, to: url, deadline)
      } else {
        try post(body, headers, to: url, deadline)
      }
    case .command(let words):
      try ChildProcess.run(words, input: Array((body + "\n").utf8), deadline, milliseconds)
    case .file(let path):
      try PosixSockets.append(Array((body + "\n").utf8), to: path)
    }
  }

  /// Returns the headers that say what a message is and prove where it is from.
  static func headers(
    _ body: String,
    number: Int64,
    secret: [UInt8],
    at time: EventTime
  ) -> [(name: String, value: String)] {
    let seconds = time.nanosecondsSinceEpoch / 1_000_000_000
    var headers = [
      ("Content-Type", "application/json"), ("User-Agent", "vedette"),
      ("X-Vedette-Delivery", String(number)), ("X-Vedette-Timestamp", String(seconds)),
    ]
    if !secret.isEmpty {
      let code = KeyedDigest(key: secret).of(Array("\(seconds).\(body)".utf8))
      headers.append(("X-Vedette-Signature", "sha256=\(code.hex)"))
    }
    return headers
  }

  private func post(
    _ body: String,
    _ headers: [(name: String, value: String)],
    to url: WebAddress,
    _ deadline: Int64
  ) throws(NotificationError) {
    var request = "POST \(url.path) HTTP/1.1\r\nHost: \(url.hostHeader)\r\n"
    for (name, value) in headers { request += "\(name): \(value)\r\n" }
    request += "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n" + body
    let answer = try PosixSockets.exchange(
      Array(request.utf8),
      host: url.host,
      port: url.port,
      deadline: deadline,
      milliseconds: milliseconds
    )
    let status = Self.status(of: answer)
    guard let status, (200..<300).contains(status) else {
      let what = status.map { "answers with status \($0)" } ?? "does not answer in HTTP"
      throw NotificationError("'\(url.host)' port \(url.port) \(what); check the webhook's address")
    }
  }

  /// Returns the status of an answer, or `nil` if it is none.
  static func status(of answer: [UInt8]) -> Int? {
    let line = answer.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
    let parts = String(decoding: line, as: UTF8.self).split(separator: " ")
    guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3 else {
      return nil
    }
    return Int(parts[1])
  }

  /// Lets `curl` encrypt, which this program does not: everything is told on its standard input, so
  /// that an address with a token in it is in no list of processes.
  private func postEncrypted(
    _ body: String,
    _ headers: [(name: String, value: String)],
    to url: WebAddress,
    _ deadline: Int64
  ) throws(NotificationError) {
    let input = Self.curlConfiguration(body, headers, to: url)
    do throws(NotificationError) {
      try ChildProcess.run(
        ["curl", "--config", "-"],
        input: Array(input.utf8),
        deadline,
        milliseconds
      )
    } catch {
      throw NotificationError("'\(url.host)' port \(url.port) by curl: \(error)")
    }
  }

  static func curlConfiguration(
    _ body: String,
    _ headers: [(name: String, value: String)],
    to url: WebAddress
  ) -> String {
    var lines = ["silent", "show-error", "fail", "output = \"/dev/null\"", "proto = \"=https\""]
    lines.append("max-time = \(millisecondsMax / 1_000)")
    lines.append("url = \(quoted(url.description))")
    for (name, value) in headers { lines.append("header = \(quoted("\(name): \(value)"))") }
    lines.append("data-raw = \(quoted(body))")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns a value as curl's configuration reads it.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": quoted += "\\\\"
      case "\"": quoted += "\\\""
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
