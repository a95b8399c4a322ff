import Testing
import VedetteEvent
import VedetteFindings

@Suite("Triage action")
struct TriageActionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let before: Triage
    let action: TriageAction
    let outcome: Result<Triage, TriageError>
    var testDescription: String { name }
  }

  static let closed = Triage(status: .closed, classification: .benign, owner: "ada")

  static let cases: [Case] = [
    Case(
      name: "who takes a new incident makes it active",
      before: Triage(),
      action: .assign(to: "ada"),
      outcome: .success(Triage(status: .active, owner: "ada"))
    ),
    Case(
      name: "giving it back leaves it active",
      before: Triage(status: .active, owner: "ada"),
      action: .assign(to: nil),
      outcome: .success(Triage(status: .active))
    ),
    Case(
      name: "giving it to its owner changes nothing",
      before: Triage(status: .active, owner: "ada"),
      action: .assign(to: "ada"),
      outcome: .failure(.alreadyOwned(by: "ada"))
    ),
    Case(
      name: "an owner has a name",
      before: Triage(),
      action: .assign(to: " "),
      outcome: .failure(.empty("owner"))
    ),
    Case(
      name: "a comment decides nothing",
      before: Triage(),
      action: .comment("seen"),
      outcome: .success(Triage())
    ),
    Case(
      name: "a comment has a limit",
      before: Triage(),
      action: .comment(String(repeating: "x", count: Limits.triageTextBytesMax + 1)),
      outcome: .failure(
        .tooLong(
          "comment",
          bytes: Limits.triageTextBytesMax + 1,
          bytesMax: Limits.triageTextBytesMax
        )
      )
    ),
    Case(
      name: "closing keeps the owner",
      before: Triage(status: .active, owner: "ada"),
      action: .close(as: .benign, reason: "a test"),
      outcome: .success(closed)
    ),
    Case(
      name: "closing needs a reason",
      before: Triage(),
      action: .close(as: .benign, reason: "\n"),
      outcome: .failure(.empty("reason"))
    ),
    Case(
      name: "closing twice as the same is refused",
      before: closed,
      action: .close(as: .benign, reason: "again"),
      outcome: .failure(.alreadyClosed(as: .benign))
    ),
    Case(
      name: "a verdict can be changed",
      before: closed,
      action: .close(as: .truePositive, reason: "not a test"),
      outcome: .success(Triage(status: .closed, classification: .truePositive, owner: "ada"))
    ),
    Case(
      name: "reopening takes the verdict back",
      before: closed,
      action: .reopen(reason: "it goes on"),
      outcome: .success(Triage(status: .active, owner: "ada"))
    ),
    Case(
      name: "only what is closed can be reopened",
      before: Triage(),
      action: .reopen(reason: "it goes on"),
      outcome: .failure(.notClosed)
    ),
  ]

  @Test("is checked and carried out", arguments: cases)
  func applies(_ example: Case) {
    let outcome = Result { () throws(TriageError) -> Triage in
      try example.action.applied(to: example.before)
    }
    #expect(outcome == example.outcome)
  }

  @Test("joining hides nothing that is undecided")
  func joins() {
    let new = Triage()
    let active = Triage(status: .active, owner: "bob")
    #expect(new.joined(with: new) == new)
    #expect(new.joined(with: Self.closed) == Triage(status: .active, owner: "ada"))
    #expect(Self.closed.joined(with: active) == Triage(status: .active, owner: "ada"))
    #expect(Self.closed.joined(with: Self.closed) == Self.closed)
  }
}
