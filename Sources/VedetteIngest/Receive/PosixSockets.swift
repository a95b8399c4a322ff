// The one file that asks the system to listen: sockets, connections, datagrams.
//
// Safety: pointers given to the C library are valid for the call only, sized by the array or struct
// they come from, and never kept. Addresses are copied out of what the system fills in.

import Glibc
import VedetteEvent

/// An open socket, closed when nobody holds it any more.
final class OpenSocket: Sendable {
  let descriptor: Int32

  fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = close(descriptor) }

  /// A datagram as it was received.
  struct Datagram {
    let length: Int
    let sender: IPAddress
    /// How many the system has dropped on this socket so far, if it says so.
    let dropCount: UInt32?
  }

  /// Opens a socket that waits for messages.
  static func listen(at address: ListenAddress) throws(PosixError) -> OpenSocket {
    let family = address.host.isIPv4 ? AF_INET : AF_INET6
    let kind = address.transport == .udp ? SOCK_DGRAM : SOCK_STREAM
    let flags = Int32(kind.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, flags, 0)
    guard descriptor >= 0 else { throw .last }
    let opened = OpenSocket(descriptor)
    if !address.host.isIPv4 {
      // All of IPv6 is all of both; one address of it is that address.
      opened.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.host.isUnspecified ? 0 : 1)
    }
    if address.transport == .tcp { opened.set(SOL_SOCKET, SO_REUSEADDR, 1) }
    if address.transport == .udp {
      opened.set(SOL_SOCKET, SO_RXQ_OVFL, 1)
      // Beyond the system's own limit where we may, up to it where not.
      if !opened.set(SOL_SOCKET, SO_RCVBUFFORCE, Self.bufferBytes) {
        opened.set(SOL_SOCKET, SO_RCVBUF, Self.bufferBytes)
      }
    }
    var (storage, length) = Self.stored(address)
    let code = unsafe withUnsafePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length)
      }
    }
    guard code == 0 else { throw .last }
    guard address.transport == .udp || Glibc.listen(descriptor, Self.backlog) == 0 else {
      throw .last
    }
    return opened
  }

  private static let bufferBytes: Int32 = 8 << 20
  private static let backlog: Int32 = 256
  /// After how many seconds of silence a peer is asked whether it is still there.
  private static let keepAliveSeconds: Int32 = 60

  @discardableResult
  private func set(_ level: Int32, _ name: Int32, _ value: Int32) -> Bool {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe setsockopt(descriptor, level, name, &value, size) == 0
  }

  /// The port that the socket was given.
  var port: UInt16? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    guard code == 0 else { return nil }
    return unsafe withUnsafeBytes(of: &storage) { bytes in
      // The port follows the family in both kinds of address, in network order.
      unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }
  }

  /// Takes the next connection, or `nil` if none waits.
  func accept() throws(PosixError) -> (socket: OpenSocket, peer: IPAddress)? {
    while true {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let taken = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe Glibc.accept(descriptor, $0, &length)
        }
      }
      if taken >= 0 {
        let socket = OpenSocket(taken)
        _ = fcntl(taken, F_SETFD, FD_CLOEXEC)
        _ = fcntl(taken, F_SETFL, O_NONBLOCK)
        socket.keepAlive()
        return (socket, Self.address(&storage))
      }
      switch errno {
      case EAGAIN: return nil
      case EINTR, ECONNABORTED, EPROTO: continue
      default: throw .last
      }
    }
  }

  /// Notices a peer that went away without a word.
  private func keepAlive() {
    set(SOL_SOCKET, SO_KEEPALIVE, 1)
    let level = Int32(IPPROTO_TCP)
    set(level, TCP_KEEPIDLE, Self.keepAliveSeconds)
    set(level, TCP_KEEPINTVL, Self.keepAliveSeconds / 4)
    set(level, TCP_KEEPCNT, 4)
  }

  /// Reads what came over a connection; 0 at its end.
  func receive(into buffer: inout [UInt8]) throws(PosixError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .last }
    }
  }

  /// Reads the next datagram into a buffer, or returns `nil` if none waits.
  func receiveDatagram(into buffer: inout [UInt8]) throws(PosixError) -> Datagram? {
    var storage = sockaddr_storage()
    var control = [UInt8](repeating: 0, count: 64)
    var dropCount: UInt32?
    let count = unsafe withUnsafeMutablePointer(to: &storage) { name in
      unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe control.withUnsafeMutableBytes { extra in
          var vector = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
          return unsafe withUnsafeMutablePointer(to: &vector) { vector in
            var message = unsafe msghdr()
            unsafe message.msg_name = UnsafeMutableRawPointer(name)
            unsafe message.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
            unsafe message.msg_iov = vector
            unsafe message.msg_iovlen = 1
            unsafe message.msg_control = extra.baseAddress
            unsafe message.msg_controllen = extra.count
            let count = unsafe recvmsg(descriptor, &message, 0)
            dropCount = unsafe Self.dropCount(UnsafeRawBufferPointer(extra), message.msg_controllen)
            return count
          }
        }
      }
    }
    if count >= 0 {
      return Datagram(length: count, sender: Self.address(&storage), dropCount: dropCount)
    }
    switch errno {
    case EAGAIN, EINTR, ECONNREFUSED: return nil
    default: throw .last
    }
  }

  /// The number in a control message of the system (cmsg(3)): length, level, type, then the number.
  private static func dropCount(_ bytes: UnsafeRawBufferPointer, _ length: Int) -> UInt32? {
    let header = MemoryLayout<cmsghdr>.size
    guard length >= header + 4, bytes.count >= header + 4 else { return nil }
    let message = unsafe bytes.loadUnaligned(as: cmsghdr.self)
    guard message.cmsg_level == SOL_SOCKET, message.cmsg_type == SO_RXQ_OVFL else { return nil }
    return unsafe bytes.loadUnaligned(fromByteOffset: header, as: UInt32.self)
  }

  private static func stored(_ address: ListenAddress) -> (sockaddr_storage, socklen_t) {
    var storage = sockaddr_storage()
    let bytes = address.host.bytes
    let family = UInt16(address.host.isIPv4 ? AF_INET : AF_INET6)
    unsafe withUnsafeMutableBytes(of: &storage) { target in
      unsafe target.storeBytes(of: family, as: UInt16.self)
      unsafe target.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
      // Behind family and port; of IPv6 behind the flow label too.
      unsafe target.baseAddress?.advanced(by: bytes.count == 4 ? 4 : 8)
        .copyMemory(from: bytes, byteCount: bytes.count)
    }
    let size =
      address.host.isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    return (storage, socklen_t(size))
  }

  private static func address(_ storage: inout sockaddr_storage) -> IPAddress {
    let isIPv4 = storage.ss_family == UInt16(AF_INET)
    return unsafe withUnsafeBytes(of: &storage) { bytes in
      func word(_ start: Int, _ count: Int) -> UInt64 {
        unsafe bytes[start..<start + count].reduce(0) { $0 << 8 | UInt64($1) }
      }
      return isIPv4
        ? IPAddress(ipv4: UInt32(word(4, 4))) : IPAddress(high: word(8, 8), low: word(16, 8))
    }
  }
}

extension IPAddress {
  /// Whether it stands for every address of this host.
  fileprivate var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }
}
