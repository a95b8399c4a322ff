import VedetteColumns
import VedetteEvent

/// Reads out of a batch who acts from which address and who is served with which key.
///
/// An address is that of the most particular identity there is: the end user, the cloud identity,
/// the key, the account. What a batch repeats is said once.
struct IdentityReader {
  private static let slots = 1_024

  private let address: Column?
  private let key: Column?
  private let endUser: Column?
  private let identities: [Column]
  private let account: Column?
  private var claims: [ColumnFlag]
  private var outcome: ColumnFlag?
  private var category: ColumnFlag?
  /// Pairs that were said already, and their earliest time.
  private var said = [(pair: UInt64, time: Int64)](repeating: (.max, .min), count: slots)

  init(_ batch: EventBatch) {
    address = batch.column("source.ip")
    key = batch.column("ai.api_key.alias") ?? batch.column("ai.api_key.hash")
    endUser = batch.column("ai.end_user.id")
    identities = [endUser, batch.column("user.id"), key].compactMap(\.self)
    account = batch.column("user.name")
    claims = ["user.invalid", "user.unverified"].compactMap { name in
      batch.column(name).map { ColumnFlag($0, "true") }
    }
    outcome = batch.column("event.outcome").map { ColumnFlag($0, "failure") }
    category = batch.column("event.category").map { ColumnFlag($0, "authentication") }
  }

  /// Whether no row can say anything.
  var isEmpty: Bool { (address == nil || (identities.isEmpty && account == nil)) && key == nil }

  /// Says which entities of a row somebody may be new to.
  mutating func forEachNew(
    _ row: Int,
    _ time: Int64,
    _ body: (EntityKey, _ actor: UInt64) -> Void
  ) {
    if let address, let code = address.code(row), let (column, number) = identity(row),
      let actor = column.code(row), isNew(code, actor, number, time),
      let ip = address.text(row), let who = Self.name(column.text(row))
    {
      body(EntityKey(type: .ip, value: ip), StableHash.of(who))
    }
    if let key, let endUser, let code = key.code(row), let actor = endUser.code(row),
      isNew(code, actor, 4, time), let name = Self.name(key.text(row)),
      let who = Self.name(endUser.text(row))
    {
      body(EntityKey(type: .apiKey, value: name), StableHash.of(who))
    }
  }

  /// The column that says who acts, and a number of its own.
  private mutating func identity(_ row: Int) -> (column: Column, number: Int)? {
    for index in identities.indices where identities[index].code(row) != nil {
      return (identities[index], index)
    }
    guard let account, account.code(row) != nil, !isClaimed(row) else { return nil }
    return (account, 3)
  }

  private mutating func isClaimed(_ row: Int) -> Bool {
    if outcome?.holds(row) == true, category?.holds(row) == true { return true }
    for index in claims.indices where claims[index].holds(row) { return true }
    return false
  }

  private static func name(_ text: String?) -> String? {
    guard let text, !text.isEmpty, text != "-" else { return nil }
    return text
  }

  private mutating func isNew(
    _ entity: UInt32,
    _ actor: UInt32,
    _ number: Int,
    _ time: Int64
  ) -> Bool {
    let pair = UInt64(entity) << 32 | UInt64(actor) << 3 | UInt64(number)
    let slot = Int(truncatingIfNeeded: (pair &* 0x9e37_79b9_7f4a_7c15) >> 54)
    if said[slot].pair == pair, said[slot].time <= time { return false }
    said[slot] = (pair, time)
    return true
  }
}

/// Whether a column has one value, worked out once for each code of its dictionary.
private struct ColumnFlag {
  private let column: Column
  private let value: String
  /// By code: 0 where it was not asked, 1 where it has another value, 2 where it has this one.
  private var answers: [UInt8] = []

  init(_ column: Column, _ value: String) {
    self.column = column
    self.value = value
  }

  mutating func holds(_ row: Int) -> Bool {
    guard let code = column.code(row).map(Int.init) else { return column.text(row) == value }
    if code >= answers.count {
      answers += [UInt8](repeating: 0, count: code - answers.count + 1)
    }
    if answers[code] == 0 { answers[code] = column.text(row) == value ? 2 : 1 }
    return answers[code] == 2
  }
}
