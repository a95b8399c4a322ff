import Testing
import VedetteEvent
import VedetteFindings
import VedetteIngest

@testable import Vedette

/// What is known of a source beside its events.
@Suite("Source ledger")
struct SourceLedgerTests {
  @Test("whether a source can be read is noted until it can")
  func problems() {
    var ledger = SourceLedger()
    let source = SourceID("tcp://127.0.0.1:5514")
    func event(_ kind: SourceEvent.Kind) -> SourceEvent {
      SourceEvent(source: source, path: source.name, kind: kind)
    }
    let isNews = ledger.note(event(.unreadable(.portInUse)))
    #expect(isNews)
    #expect(ledger.sorted.first?.problem?.hasPrefix("the port is in use; end what") == true)
    let isNewsAgain = ledger.note(event(.readable))
    #expect(isNewsAgain)
    #expect(ledger.sorted.first?.problem == nil)
    let isCutNews = ledger.note(event(.truncated(bytesBefore: 1)))
    #expect(!isCutNews)
  }

  @Test("a file that was never read is no source because it can't be")
  func unknown() {
    var ledger = SourceLedger()
    let event = SourceEvent(source: SourceID("/x"), path: "/x", kind: .unreadable(.notFound))
    let isNews = ledger.note(event)
    #expect(!isNews)
    #expect(ledger.sorted.isEmpty)
  }
}
