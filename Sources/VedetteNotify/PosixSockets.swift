// One request over one connection, and one line at the end of a file.
//
// The toolchain's own client would bring libcurl into a binary that otherwise needs nothing but C,
// SQLite and zlib; a POST and the first line of its answer need no more than this.

import Glibc

/// The system's calls that send.
enum PosixSockets {
  private static let answerBytesMax = 4_096

  /// Sends bytes to a host and returns the beginning of what it answers.
  static func exchange(
    _ request: [UInt8],
    host: String,
    port: Int,
    deadline: Int64,
    milliseconds: () -> Int64
  ) throws(NotificationError) -> [UInt8] {
    let descriptor = try connect(host, port, deadline, milliseconds)
    defer { close(descriptor) }
    let place = "'\(host)' port \(port)"
    var rest = request[...]
    while !rest.isEmpty {
      try wait(descriptor, POLLOUT, place, deadline, milliseconds)
      // Safety: the bytes outlive the call, which reads no more than it is told.
      let count = unsafe rest.withUnsafeBytes {
        unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 { rest = rest.dropFirst(count) }
      if count < 0, errno != EAGAIN, errno != EINTR { throw failure(place) }
    }
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: answerBytesMax)
    while !answer.contains(UInt8(ascii: "\n")), answer.count < answerBytesMax {
      try wait(descriptor, POLLIN, place, deadline, milliseconds)
      // Safety: the call writes no more than the buffer's size.
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      if count == 0 { break }
      if count > 0 { answer += piece[..<count] }
      if count < 0, errno != EAGAIN, errno != EINTR { throw failure(place) }
    }
    return answer
  }

  private static func connect(
    _ host: String,
    _ port: Int,
    _ deadline: Int64,
    _ milliseconds: () -> Int64
  ) throws(NotificationError) -> Int32 {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG
    var found: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, String(port), &hints, &found)
    guard code == 0 else {
      let reason = unsafe String(cString: gai_strerror(code))
      throw NotificationError("'\(host)' has no address: \(reason); check its name and DNS")
    }
    defer { unsafe freeaddrinfo(found) }
    let place = "'\(host)' port \(port)"
    var last = NotificationError("\(place) has no address")
    var next = unsafe found
    while let entry = unsafe next {
      unsafe next = entry.pointee.ai_next
      let kind =
        unsafe entry.pointee.ai_socktype | Int32(SOCK_NONBLOCK.rawValue)
        | Int32(SOCK_CLOEXEC.rawValue)
      let descriptor = unsafe socket(entry.pointee.ai_family, kind, entry.pointee.ai_protocol)
      guard descriptor >= 0 else { continue }
      do throws(NotificationError) {
        // Safety: the address is the list's, which is freed when this returns.
        let isDone = unsafe Glibc.connect(
          descriptor,
          entry.pointee.ai_addr,
          entry.pointee.ai_addrlen
        )
        if isDone != 0, errno != EINPROGRESS { throw failure(place) }
        try wait(descriptor, POLLOUT, place, deadline, milliseconds)
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        guard error == 0 else {
          errno = error
          throw failure(place)
        }
        return descriptor
      } catch {
        close(descriptor)
        last = error
      }
    }
    throw last
  }

  private static func wait(
    _ descriptor: Int32,
    _ events: Int32,
    _ place: String,
    _ deadline: Int64,
    _ milliseconds: () -> Int64
  ) throws(NotificationError) {
    while true {
      let left = deadline - milliseconds()
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = left > 0 ? unsafe poll(&entry, 1, Int32(left)) : 0
      if count > 0 { return }
      if count == 0 {
        throw NotificationError("\(place) does not answer in time; it will be tried again")
      }
      if errno != EINTR { throw failure(place) }
    }
  }

  private static func failure(_ place: String) -> NotificationError {
    NotificationError("\(place): \(reason(errno)); check that it can be reached")
  }

  static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  /// Adds a line to a file, made for its owner only, and waits for the disk.
  static func append(_ line: [UInt8], to path: String) throws(NotificationError) {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw NotificationError("can't open '\(path)': \(reason(errno)); check path and permission")
    }
    defer { close(descriptor) }
    // Safety: the bytes outlive the call, which reads no more than it is told.
    let count = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard count == line.count, fsync(descriptor) == 0 else {
      throw NotificationError("can't write '\(path)': \(reason(errno)); free some space")
    }
  }
}
