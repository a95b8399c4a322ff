import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

/// A receiver with a clock of its own, and senders on loopback.
final class Receiving {
  let address: IntakeAddress
  private let receiver: Receiver
  private var received = ReceivedRecords()
  private(set) var now: Int64 = 0
  private(set) var lines: [String] = []
  private(set) var origins: [String] = []
  private(set) var numbers: [Int] = []
  private(set) var losses: [ReceiveLoss: Int] = [:]
  private(set) var events: [SourceEvent.Kind] = []
  private(set) var checkpoint: Checkpoint?

  init(
    _ address: IntakeAddress,
    checkpoint: Checkpoint? = nil,
    options: ReceiveOptions = ReceiveOptions()
  ) throws {
    self.address = address
    receiver = Receiver(options: options, waker: try FollowWaker())
    receiver.set([address], checkpoints: checkpoint.map { [$0] } ?? [], into: &received)
    receiver.set([address], checkpoints: [], into: &received)
    poll()
  }

  convenience init(
    _ transport: ListenAddress.Transport,
    host: String = "127.0.0.1",
    options: ReceiveOptions = ReceiveOptions()
  ) throws {
    let host = try #require(IPAddress(host))
    try self.init(.listener(ListenAddress(transport, host: host, port: 0)), options: options)
  }

  var port: UInt16 {
    guard case .listener(let address) = address else { return 0 }
    return receiver.port(of: address, in: received) ?? 0
  }

  /// Takes what is there, and what comes within a few looks.
  @discardableResult
  func poll(later milliseconds: Int64 = 0, takes: Bool = true) -> [String] {
    now += milliseconds
    let before = lines.count
    var quiet = 0
    while quiet < 3 {
      let hasMore = receiver.poll(now: now, into: &received)
      quiet = hasMore ? 0 : quiet + 1
      if !hasMore { receiver.wait(milliseconds: 10) }
    }
    if takes { take() }
    return Array(lines[before...])
  }

  func poll(until condition: () -> Bool) {
    for _ in 0..<1_000 where !condition() { poll() }
  }

  func finish() {
    receiver.finish(into: &received)
    take()
  }

  private func take() {
    while true {
      let chunks = received.take()
      if chunks.isEmpty { break }
      for chunk in chunks { take(chunk) }
    }
    events += received.takeEvents().map(\.kind)
  }

  private func take(_ followed: FollowedChunk) {
    let chunk = followed.chunk
    for record in chunk.records {
      let bytes = chunk.bytes[record.start..<record.start + record.length]
      lines.append(String(decoding: bytes, as: UTF8.self))
      origins.append(chunk.senders.path(at: record.start) ?? chunk.path)
      numbers.append(record.line)
    }
    for (loss, count) in followed.losses { losses[loss, default: 0] += count }
    checkpoint = followed.checkpoints?.first
  }
}

/// Somebody who sends to a port of this host.
final class Sender: Sendable {
  private let descriptor: Int32

  init(_ transport: ListenAddress.Transport, _ port: UInt16, isIPv6: Bool = false) throws {
    let kind = transport == .udp ? SOCK_DGRAM : SOCK_STREAM
    descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(kind.rawValue), 0)
    var storage = sockaddr_storage()
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      unsafe bytes.storeBytes(of: UInt16(isIPv6 ? AF_INET6 : AF_INET), as: UInt16.self)
      unsafe bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      if isIPv6 { unsafe bytes[23] = 1 } else { unsafe bytes[4] = 127; unsafe bytes[7] = 1 }
    }
    let size = isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    let code = unsafe withUnsafePointer(to: &storage) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(size))
      }
    }
    try #require(code == 0)
  }

  deinit { _ = Glibc.close(descriptor) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
}

/// A thread of the test's own, for what blocks.
final class WriterThread: Sendable {
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> Void) {
    let done = self.done
    Thread {
      body()
      done.signal()
    }.start()
  }

  func join() { done.wait() }
}
