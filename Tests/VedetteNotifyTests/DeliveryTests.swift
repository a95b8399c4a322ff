import Foundation
import Testing
import VedetteDigest
import VedetteEvent

@testable import VedetteNotify

@Suite("Notifications", .timeLimit(.minutes(2)))
struct DeliveryTests {
  private static let time = EventTime(nanosecondsSinceEpoch: 1_772_446_440_000_000_000)
  private static let secret = Array("0123456789abcdef".utf8)
  private let sender = NotificationSender {
    Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
  }

  private func hook(_ server: HookServer, _ path: String = "/hook?a=1") throws -> Notifier {
    let url = try #require(WebAddress("http://127.0.0.1:\(server.port)\(path)"))
    return Notifier(
      name: "ops",
      kind: .webhook(url: url, secret: Self.secret),
      minSeverity: .medium
    )
  }

  private func problem(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("a webhook is posted once, whole and signed")
  func posts() throws {
    let server = try HookServer(answering: ["HTTP/1.1 204 No Content\r\n\r\n"])
    defer { server.stop() }
    let body = #"{"summary":"grün"}"#
    try sender.send(body, number: 17, to: try hook(server), at: Self.time)
    let request = try #require(server.requests.first)
    #expect(server.requests.count == 1)
    #expect(request.hasPrefix("POST /hook?a=1 HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
    #expect(request.hasSuffix("\r\n\r\n" + body))
    #expect(request.contains("\r\nX-Vedette-Delivery: 17\r\n"))
    #expect(request.contains("\r\nX-Vedette-Timestamp: 1772446440\r\n"))
    let code = KeyedDigest(key: Self.secret).of(Array("1772446440.\(body)".utf8)).hex
    #expect(request.contains("\r\nX-Vedette-Signature: sha256=\(code)\r\n"))
  }

  @Test(
    "an answer that is not a success is a failure that says so",
    arguments: [
      ("HTTP/1.1 503 Unavailable\r\n\r\n", "status 503"),
      ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "status 302"),
      ("SSH-2.0-OpenSSH\r\n", "does not answer in HTTP"), ("", "does not answer in HTTP"),
    ]
  )
  func refused(answer: String, words: String) throws {
    let server = try HookServer(answering: [answer])
    defer { server.stop() }
    let target = try hook(server)
    let found = problem { try sender.send("{}", number: 1, to: target, at: Self.time) }
    #expect(found?.contains(words) == true)
    #expect(server.requests.count == 1)
  }

  @Test("nobody there, and no such host, are failures that say so")
  func unreachable() throws {
    let server = try HookServer(answering: [""])
    server.stop()
    let target = try hook(server)
    let found = problem { try sender.send("{}", number: 1, to: target, at: Self.time) }
    #expect(found?.contains("check that it can be reached") == true)
    let nowhere = try #require(WebAddress("http://no-such-host.invalid/"))
    let other = Notifier(name: "x", kind: .webhook(url: nowhere, secret: []), minSeverity: .low)
    let words = problem { try sender.send("{}", number: 1, to: other, at: Self.time) }
    #expect(words?.contains("has no address") == true)
  }

  @Test("whoever accepts and never answers is given up after the limit")
  func silent() throws {
    let server = try HookServer(answering: [""])
    defer { server.stop() }
    let target = try hook(server)
    let now = Mutexed(0)
    // A clock that leaps as soon as the request is under way.
    let impatient = NotificationSender { now.next(by: 4_000) }
    let found = problem { try impatient.send("{}", number: 1, to: target, at: Self.time) }
    #expect(found?.contains("in time") == true || found?.contains("HTTP") == true)
  }

  @Test("a command gets its arguments as they are and the message on standard input")
  func command() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a; echo $HOME `id`").path
    let target = Notifier(name: "c", kind: .command(["tee", file]), minSeverity: .low)
    try sender.send(#"{"a":1}"#, number: 1, to: target, at: Self.time)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "{\"a\":1}\n")
  }

  @Test(
    "a command that fails says why",
    arguments: [
      (["ls", "/no/such/file"], "'ls' ended with 2: ls: "),
      (["/no/such/program"], "can't be run: No such file or directory"),
      (["sh", "-c", "kill -9 $$"], "'sh' ended with 137"),
    ]
  )
  func badCommand(words: [String], problem expected: String) throws {
    let target = Notifier(name: "c", kind: .command(words), minSeverity: .low)
    let found = problem { try sender.send("{}", number: 1, to: target, at: Self.time) }
    #expect(found?.contains(expected) == true, "\(found ?? "no problem")")
  }

  @Test("a command that reads nothing of a long message is no failure")
  func deafCommand() throws {
    let target = Notifier(name: "c", kind: .command(["true"]), minSeverity: .low)
    let body = String(repeating: "x", count: 1 << 20)
    try sender.send(body, number: 1, to: target, at: Self.time)
  }

  @Test("a file gets a line, is its owner's only and follows no link")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "notes.ndjson").path
    let target = Notifier(name: "f", kind: .file(path), minSeverity: .low)
    for number in 1...2 { try sender.send("{\(number)}", number: 1, to: target, at: Self.time) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "{1}\n{2}\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let link = folder.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let bad = Notifier(name: "l", kind: .file(link), minSeverity: .low)
    #expect(problem { try sender.send("{}", number: 1, to: bad, at: Self.time) } != nil)
  }

  @Test("what curl is told is read back as it was, whatever is in it")
  func curl() throws {
    let url = try #require(WebAddress("https://hooks.example:8443/x?token=a%22b"))
    let text = NotificationSender.curlConfiguration(
      #"{"a":"\"q\" \\ \n"}"#,
      [("X-A", "b")],
      to: url
    )
    #expect(text.contains("url = \"https://hooks.example:8443/x?token=a%22b\"\n"))
    #expect(text.contains(#"data-raw = "{\"a\":\"\\\"q\\\" \\\\ \\n\"}""# + "\n"))
    #expect(text.contains("proto = \"=https\"\n"))
  }

  @Test("addresses are read in parts")
  func addresses() throws {
    let plain = try #require(WebAddress("http://[::1]:8080"))
    #expect((plain.host, plain.port, plain.path) == ("::1", 8_080, "/"))
    #expect(plain.hostHeader == "[::1]:8080")
    let secure = try #require(WebAddress("https://hooks.example?x=1"))
    #expect((secure.host, secure.port, secure.path) == ("hooks.example", 443, "/?x=1"))
    #expect(secure.hostHeader == "hooks.example")
    for text in [
      "", "ftp://x/", "http://", "http://a b/", "http://a:0/", "http://a:99999/", "http://u:p@h/",
      "http://h/\r\nX: y", "http://h/#f", "hooks.example",
    ] {
      #expect(WebAddress(text) == nil, "\(text)")
    }
  }

  @Test("each failure waits twice as long, up to an hour")
  func backoff() {
    let delays = [1, 2, 3, 11, 12, 13, 1_000_000].map { Delivery.delaySeconds(afterAttempts: $0) }
    #expect(delays == [2, 4, 8, 2_048, 3_600, 3_600, 3_600])
  }
}

/// A number that several threads count on.
private final class Mutexed: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Int64
  init(_ value: Int64) { self.value = value }
  func next(by step: Int64) -> Int64 {
    lock.withLock {
      value += step
      return value
    }
  }
}
