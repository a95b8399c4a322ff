import Testing
import VedetteEvent

@testable import VedetteIngest

/// Real sockets on loopback.
@Suite("Listeners")
struct SyslogListenerTests {
  @Test("a datagram is a message, from its sender, in order and numbered")
  func datagrams() throws {
    let receiving = try Receiving(.udp)
    let sender = try Sender(.udp, receiving.port)
    for number in 1...300 { sender.send("<34>message \(number)\n") }
    receiving.poll { receiving.lines.count >= 300 }
    #expect(receiving.lines == (1...300).map { "<34>message \($0)" })
    #expect(receiving.numbers == Array(1...300))
    #expect(Set(receiving.origins) == ["udp://127.0.0.1:0 from 127.0.0.1"])
    #expect(receiving.losses.isEmpty)
  }

  @Test("numbers go on behind a checkpoint")
  func numbersGoOn() throws {
    let first = try Receiving(.udp)
    try Sender(.udp, first.port).send("<34>one")
    first.poll { first.lines.count >= 1 }
    let stored = try #require(first.checkpoint)
    first.finish()
    let second = try Receiving(first.address, checkpoint: stored)
    try Sender(.udp, second.port).send("<34>two")
    second.poll { second.lines.count >= 1 }
    #expect(second.numbers == [2])
    #expect(second.checkpoint?.offset == 16)
  }

  @Test("both ways to frame, each told by its connection, on IPv4 and IPv6")
  func connections() throws {
    let receiving = try Receiving(.tcp, host: "::")
    let lines = try Sender(.tcp, receiving.port)
    let counted = try Sender(.tcp, receiving.port, isIPv6: true)
    lines.send("<34>one\n<34>tw")
    counted.send("10 <34>a\nb cc7 <34")
    receiving.poll { receiving.lines.count >= 2 }
    lines.send("o\n")
    counted.send(">end")
    receiving.poll { receiving.lines.count >= 4 }
    #expect(receiving.lines.sorted() == ["<34>a\nb cc", "<34>end", "<34>one", "<34>two"].sorted())
    #expect(
      Set(receiving.origins) == ["tcp://[::]:0 from 127.0.0.1", "tcp://[::]:0 from ::1"]
    )
  }

  @Test("what a connection leaves open at its end is given")
  func endOfConnection() throws {
    let receiving = try Receiving(.tcp)
    let sender = try Sender(.tcp, receiving.port)
    sender.send("<34>one\n<34>two")
    sender.finish()
    receiving.poll { receiving.lines.count >= 2 }
    #expect(receiving.lines == ["<34>one", "<34>two"])
    #expect(receiving.losses.isEmpty)
  }

  @Test("a slow message and a silent connection are closed in time, with what there was")
  func slow() throws {
    let receiving = try Receiving(.tcp)
    let slow = try Sender(.tcp, receiving.port)
    let silent = try Sender(.tcp, receiving.port)
    let good = try Sender(.tcp, receiving.port)
    slow.send("100 <34>half")
    good.send("<34>one\n")
    receiving.poll { receiving.lines.count >= 1 }
    slow.send(" ")
    receiving.poll(later: 59_000)
    #expect(receiving.losses.isEmpty)
    #expect(receiving.poll(later: 2_000) == ["<34>half "])
    #expect(receiving.losses == [.timedOut: 2])
    good.send("<34>two\n")
    receiving.poll { receiving.lines.count >= 3 }
    #expect(receiving.lines.last == "<34>two")
    _ = silent
  }

  @Test("a connection too many closes the one that was silent longest")
  func connectionLimit() throws {
    var options = ReceiveOptions()
    options.connectionsMax = 2
    let receiving = try Receiving(.tcp, options: options)
    let first = try Sender(.tcp, receiving.port)
    first.send("<34>1\n")
    receiving.poll { receiving.lines.count >= 1 }
    let second = try Sender(.tcp, receiving.port)
    second.send("<34>2\n")
    receiving.poll(later: 10)
    receiving.poll { receiving.lines.count >= 2 }
    let third = try Sender(.tcp, receiving.port)
    third.send("<34>3\n")
    receiving.poll(later: 10)
    receiving.poll { receiving.lines.count >= 3 }
    #expect(receiving.losses == [.replaced: 1])
    second.send("<34>4\n")
    receiving.poll { receiving.lines.count >= 4 }
    #expect(receiving.lines == ["<34>1", "<34>2", "<34>3", "<34>4"])
  }

  @Test("a flood of datagrams is bounded, and what is dropped is counted")
  func flood() throws {
    let receiving = try Receiving(.udp)
    let sender = try Sender(.udp, receiving.port)
    let message = "<34>" + String(repeating: "x", count: 60_000)
    let count = 1_200
    for _ in 0..<count / 20 {
      for _ in 0..<20 { sender.send(message) }
      receiving.poll(takes: false)
    }
    sender.send("<34>last")
    receiving.poll(takes: false)
    receiving.poll()
    sender.send("<34>after")
    receiving.poll { receiving.lines.last == "<34>after" }
    let dropped = receiving.losses[.noRoom, default: 0]
    let lost = receiving.losses[.systemBufferFull, default: 0]
    #expect(dropped > 0)
    #expect(receiving.lines.count + dropped + lost == count + 2)
    let bytes = receiving.lines.reduce(0) { $0 + $1.utf8.count }
    #expect(bytes < Limits.receivedBytesMax + 128 << 10)
  }

  @Test("connections wait while there is no room, and nothing is lost")
  func backPressure() throws {
    let receiving = try Receiving(.tcp)
    let sender = try Sender(.tcp, receiving.port)
    let count = 1_500
    let writing = WriterThread {
      for number in 0..<count {
        sender.send("<34>\(number) " + String(repeating: "x", count: 60_000) + "\n")
      }
      sender.finish()
    }
    for _ in 0..<50 { receiving.poll(takes: false) }
    receiving.poll { receiving.lines.count >= count }
    writing.join()
    #expect(receiving.lines.count == count)
    #expect(receiving.losses.isEmpty)
    #expect(receiving.lines.last?.hasPrefix("<34>\(count - 1) ") == true)
  }

  @Test("a port in use is told once and tried again")
  func portInUse() throws {
    let first = try Receiving(.tcp)
    let taken = ListenAddress(.tcp, host: try #require(IPAddress("127.0.0.1")), port: first.port)
    let second = try Receiving(.listener(taken))
    second.poll(later: 6_000)
    #expect(second.events == [.unreadable(.portInUse)])
    first.finish()
    second.poll(later: 6_000)
    #expect(second.events == [.unreadable(.portInUse), .readable])
  }
}
