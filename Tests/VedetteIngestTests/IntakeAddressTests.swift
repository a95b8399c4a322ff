import Testing

@testable import VedetteIngest

/// Where messages are received.
@Suite("Addresses to receive at")
struct IntakeAddressTests {
  @Test(
    "reads an address and writes it the same way",
    arguments: [
      ("udp://127.0.0.1:5514", "udp://127.0.0.1:5514"), ("tcp://[::]:514", "tcp://[::]:514"),
      ("udp://localhost:514", "udp://127.0.0.1:514"),
      ("tcp://[2001:DB8::1]:6514", "tcp://[2001:db8::1]:6514"), ("journald:", "journald:"),
      ("journald:_SYSTEMD_UNIT=ssh.service", "journald:_SYSTEMD_UNIT=ssh.service"),
      ("journald: A=b  +  C=d", "journald:A=b + C=d"),
    ]
  )
  func reads(_ text: String, _ written: String) throws {
    #expect(try IntakeAddress(text).description == written)
    #expect(IntakeAddress.isMeant(by: text))
  }

  @Test(
    "says what is wrong with one",
    arguments: [
      "udp://127.0.0.1", "udp://127.0.0.1:0", "udp://127.0.0.1:65536", "udp://::1:514",
      "udp://example.com:514", "tls://127.0.0.1:514", "udp://[127.0.0.1]:514", "udp://",
      "journald:--file=/etc/shadow", "journald:x=y", "journald:=y", "journald:_UNIT",
    ]
  )
  func refuses(_ text: String) {
    #expect(throws: IntakeAddress.Problem.self) { try IntakeAddress(text) }
  }

  @Test("a path is no address", arguments: ["/var/log/udp", "udp.log", "-", "./udp:/x"])
  func paths(_ path: String) { #expect(!IntakeAddress.isMeant(by: path)) }
}
