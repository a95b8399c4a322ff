import VedetteEvent

/// How listeners treat those who connect.
public struct ReceiveOptions: Sendable {
  /// How long a message may stay unfinished, or a connection without any, before it is closed.
  public var stallMilliseconds: Int64 = 60_000
  /// How long to wait before an address that can't be listened at is tried again.
  public var retryMilliseconds: Int64 = 5_000
  /// The first pause before a child process is started again; it doubles up to a minute.
  public var restartMilliseconds: Int64 = 1_000
  /// Connections of one listener.
  public var connectionsMax = Limits.connectionsMax
  /// Connections from one address, loopback left out.
  public var connectionsPerAddressMax = Limits.connectionsPerAddressMax
  /// Where a journal begins that has no cursor: `nil` for its beginning, else with this argument of
  /// `journalctl`.
  public var journalStart: String?
  /// What tells the journal, looked for in `PATH`.
  public var journalProgram = "journalctl"

  /// Creates the usual options.
  public init() {}
}

/// Receives syslog messages at one address.
///
/// Nothing of what it holds grows with what others send: connections, messages and waiting bytes
/// have limits in ``Limits``, and what is beyond them is counted in its ``ReceivedSource``.
final class SyslogListener: IntakePart {
  /// One sender's connection.
  private struct Connection {
    let socket: OpenSocket
    let peer: IPAddress
    let sender: String
    var framer = SyslogStreamFramer()
    /// When something came last.
    var heardAt: Int64
    /// Since when a message is unfinished, or the connection without one.
    var stalledSince: Int64?
  }

  let place: Int
  private let address: ListenAddress
  private let options: ReceiveOptions
  private var socket: OpenSocket?
  private var connections: [Connection] = []
  private var problem: IngestError.Problem?
  private var triedAt: Int64?
  private var systemDropCount: UInt32 = 0
  private var senders: [IPAddress: String] = [:]
  private var buffer: [UInt8]

  private static let datagramsPerTurn = 256
  private static let sendersKeptMax = 4_096
  private static let bufferBytes = 64 << 10

  init(_ address: ListenAddress, place: Int, options: ReceiveOptions) {
    self.address = address
    self.place = place
    self.options = options
    buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
  }

  /// The port, once it is open.
  var port: UInt16? { socket?.port }

  /// What to wait on; nothing that would have to wait anyway while there is no room.
  func descriptors(hasRoom: Bool) -> [Int32] {
    guard let socket else { return [] }
    if address.transport == .udp { return [socket.descriptor] }
    return hasRoom ? [socket.descriptor] + connections.map(\.socket.descriptor) : []
  }

  /// Takes what came, a bounded part of it.
  ///
  /// - Returns: Whether there is more right away.
  func poll(now: Int64, into received: inout ReceivedRecords) -> Bool {
    open(now: now, &received)
    guard socket != nil else { return false }
    if address.transport == .udp { return takeDatagrams(into: &received) }
    guard !received.isFull else { return false }
    takeConnections(now: now, &received)
    return read(now: now, &received)
  }

  /// Takes nothing new, and gives what is open.
  func finish(into received: inout ReceivedRecords) {
    for index in connections.indices {
      let sender = connections[index].sender
      connections[index].framer.finish { received.sources[place].take($0, from: sender) }
    }
    connections = []
    socket = nil
  }

  private func open(now: Int64, _ received: inout ReceivedRecords) {
    guard socket == nil else { return }
    if let triedAt, now - triedAt < options.retryMilliseconds { return }
    triedAt = now
    do throws(PosixError) {
      socket = try OpenSocket.listen(at: address)
      if problem != nil { received.note(.listener(address), .readable) }
      problem = nil
    } catch {
      let found = IngestError.Problem(listening: error)
      guard found != problem else { return }
      problem = found
      received.note(.listener(address), .unreadable(found))
    }
  }

  private func takeDatagrams(into received: inout ReceivedRecords) -> Bool {
    guard let socket else { return false }
    for _ in 0..<Self.datagramsPerTurn {
      guard let datagram = try? socket.receiveDatagram(into: &buffer) else { return false }
      if let count = datagram.dropCount, count != systemDropCount {
        received.sources[place].count(.systemBufferFull, Int(count &- systemDropCount))
        systemDropCount = count
      }
      guard !received.isFull else {
        received.sources[place].count(.noRoom)
        continue
      }
      var length = datagram.length
      while length > 0, buffer[length - 1].isTrailer { length -= 1 }
      let sender = name(of: datagram.sender)
      received.sources[place].append(buffer.span.extracting(0..<length), from: sender)
    }
    return true
  }

  /// A sender's name, kept as long as there are few of them.
  private func name(of sender: IPAddress) -> String {
    if let name = senders[sender] { return name }
    if senders.count >= Self.sendersKeptMax { senders.removeAll(keepingCapacity: true) }
    let name = "\(address) from \(sender)"
    senders[sender] = name
    return name
  }

  /// The connection that was silent for longest.
  private var quietest: Int? {
    connections.indices.min { connections[$0].heardAt < connections[$1].heardAt }
  }

  private func takeConnections(
    now: Int64,
    _ received: inout ReceivedRecords
  ) {
    guard let socket else { return }
    for _ in 0..<Self.datagramsPerTurn {
      let taken: OpenSocket
      let peer: IPAddress
      do throws(PosixError) {
        guard let next = try socket.accept() else { return }
        (taken, peer) = (next.socket, next.peer)
      } catch {
        // Most likely no descriptor is left: one is freed, and it is tried again.
        if let quietest { end(quietest, because: .replaced, &received) }
        return
      }
      let sameCount = connections.count { $0.peer == peer }
      guard peer.isLoopback || sameCount < options.connectionsPerAddressMax else {
        received.sources[place].count(.tooManyFromAddress)
        continue
      }
      if connections.count >= options.connectionsMax, let quietest {
        end(quietest, because: .replaced, &received)
      }
      connections.append(
        Connection(
          socket: taken,
          peer: peer,
          sender: "\(address) from \(peer)",
          heardAt: now,
          stalledSince: now
        )
      )
    }
  }

  private func read(
    now: Int64,
    _ received: inout ReceivedRecords
  ) -> Bool {
    var hasMore = false
    for index in connections.indices.reversed() {
      guard !received.isFull else { return false }
      do throws(PosixError) {
        let count = try connections[index].socket.receive(into: &buffer)
        guard count > 0 else {
          end(index, because: nil, &received)
          continue
        }
        hasMore = hasMore || count == buffer.count
        let sender = connections[index].sender
        connections[index].framer.consume(buffer.span.extracting(0..<count)) {
          received.sources[place].take($0, from: sender)
        }
        connections[index].heardAt = now
        // A message that goes on without an end is as unfinished as one that stopped.
        let isOpen = connections[index].framer.isOpen
        connections[index].stalledSince = isOpen ? connections[index].stalledSince ?? now : nil
      } catch .wouldBlock {
        if let since = connections[index].stalledSince, now - since >= options.stallMilliseconds {
          end(index, because: .timedOut, &received)
        }
      } catch {
        end(index, because: nil, &received)
      }
    }
    return hasMore
  }

  private func end(
    _ index: Int,
    because loss: ReceiveLoss?,
    _ received: inout ReceivedRecords
  ) {
    var connection = connections.remove(at: index)
    connection.framer.finish { received.sources[place].take($0, from: connection.sender) }
    if let loss { received.sources[place].count(loss) }
  }
}

extension ReceivedSource {
  /// Takes what a connection's bytes came to.
  mutating func take(_ output: SyslogStreamFramer.Output, from sender: String) {
    switch output {
    case .message(let bytes, let isCut): append(bytes.span, from: sender, isCut: isCut)
    case .badCount: count(.badOctetCount)
    case .cut(let number): count(.cutBytes, number)
    }
  }
}

extension UInt8 {
  /// Whether some senders put it behind a datagram's message.
  fileprivate var isTrailer: Bool {
    self == ASCII.lineFeed || self == ASCII.carriageReturn || self == ASCII.null
  }
}
