import Foundation
import Glibc

/// A web server of one answer, on a thread of its own, for as long as a test lasts.
final class HookServer: @unchecked Sendable {
  let port: Int
  private let descriptor: Int32
  private let lock = NSLock()
  private var received: [String] = []
  private var answers: [String]

  /// Starts a server that gives these answers in turn, the last one for ever; an empty one closes
  /// the connection.
  init(answering answers: [String]) throws {
    self.answers = answers
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bound -> Int32 in
        unsafe bind(descriptor, bound, size) == 0 ? getsockname(descriptor, bound, &size) : -1
      }
    }
    guard port == 0, listen(descriptor, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    self.port = Int(UInt16(bigEndian: address.sin_port))
    Foundation.Thread.detachNewThread { [self] in serve() }
  }

  /// Each request as it came, head and body.
  var requests: [String] { lock.withLock { received } }

  /// Ends the server; its thread closes what it listens to, which nobody else gets before.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func serve() {
    while true {
      let connection = accept(descriptor, nil, nil)
      guard connection >= 0 else {
        close(descriptor)
        return
      }
      let request = read(connection)
      let answer = lock.withLock {
        received.append(request)
        return answers.count > 1 ? answers.removeFirst() : answers[0]
      }
      let bytes = Array(answer.utf8)
      _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      close(connection)
    }
  }

  private func read(_ connection: Int32) -> String {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe recv(connection, &piece, piece.count, 0)
      guard count > 0 else { break }
      bytes += piece[..<count]
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.range(of: "\r\n\r\n") else { continue }
      let length = text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        .flatMap { Int($0.dropFirst(16)) }
      if text[end.upperBound...].utf8.count >= length ?? 0 { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
