public import VedetteColumns

/// Adds to events of models what a table of prices and one of keys say.
///
/// The cost where the log has none (`ai.cost.usd`, and in `ai.cost.source` how it is known:
/// `logged`, `price_table`, or `unknown_model` where the table has no price: nothing is guessed),
/// the model's family, and whose the key is and which host holds it.
public struct ModelEnricher: Sendable {
  private let prices: PriceTable
  private let identities: KeyIdentities?

  /// The table that ships with the program.
  public static let builtInPrices = try? PriceTable(
    csv: String(decoding: PackageResources.prices_csv, as: UTF8.self)
  )

  /// Creates an enricher.
  ///
  /// - Parameters:
  ///   - prices: What models cost.
  ///   - identities: Whose keys are, if it is known.
  public init(prices: PriceTable, identities: KeyIdentities?) {
    self.prices = prices
    self.identities = identities
  }

  /// Adds what is known to a batch.
  ///
  /// - Parameter batch: A batch.
  /// - Returns: The batch with the fields filled in; itself if it is not about models or keys.
  public func enrich(_ batch: EventBatch) -> EventBatch {
    var fields: [(name: String, values: EventBatch.Filling)] = []
    if let model = batch.column("gen_ai.request.model") ?? batch.column("gen_ai.response.model") {
      fields += priced(batch, model)
    }
    if let identities {
      let keys = ["cloud.access_key.id", "ai.api_key.alias", "ai.api_key.hash"]
        .compactMap(batch.column)
      if !keys.isEmpty { fields += identified(batch, keys, identities) }
    }
    return fields.isEmpty ? batch : batch.filling(fields)
  }

  private func priced(
    _ batch: EventBatch,
    _ model: Column
  ) -> [(name: String, values: EventBatch.Filling)] {
    var known: [String: PriceTable.Price?] = [:]
    let input = batch.column("gen_ai.usage.input_tokens")
    let output = batch.column("gen_ai.usage.output_tokens")
    let cached = batch.column("gen_ai.usage.cache_read.input_tokens")
    let logged = batch.column("ai.cost.usd")
    var costs = [Double?](repeating: nil, count: batch.rowCount)
    var origins = [String?](repeating: nil, count: batch.rowCount)
    var families = [String?](repeating: nil, count: batch.rowCount)
    for row in 0..<batch.rowCount {
      guard let name = model.text(row), !name.isEmpty else { continue }
      let price = known[name] ?? prices.price(of: name)
      known[name] = .some(price)
      families[row] = price?.family
      if logged?.valid[row] == true {
        origins[row] = "logged"
        continue
      }
      let read = max(0, input?.number(row) ?? 0)
      let written = max(0, output?.number(row) ?? 0)
      guard read + written > 0 else { continue }
      guard let price else {
        origins[row] = "unknown_model"
        continue
      }
      let fromCache = min(read, max(0, cached?.number(row) ?? 0))
      let millionths =
        (read - fromCache) * price.input + fromCache * price.cachedInput + written * price.output
      costs[row] = millionths / 1_000_000
      origins[row] = "price_table"
    }
    return [
      ("ai.cost.usd", .numbers(costs)), ("ai.cost.source", .texts(origins)),
      ("ai.model.family", .texts(families)),
    ]
  }

  private func identified(
    _ batch: EventBatch,
    _ keys: [Column],
    _ identities: KeyIdentities
  ) -> [(name: String, values: EventBatch.Filling)] {
    var principals = [String?](repeating: nil, count: batch.rowCount)
    var hosts = [String?](repeating: nil, count: batch.rowCount)
    for row in 0..<batch.rowCount {
      guard let identity = keys.lazy.compactMap({ $0.text(row).flatMap { identities[$0] } }).first
      else { continue }
      if !identity.principal.isEmpty { principals[row] = identity.principal }
      if !identity.host.isEmpty { hosts[row] = identity.host }
    }
    return [
      ("ai.api_key.principal", .texts(principals)), ("ai.api_key.host", .texts(hosts)),
    ]
  }
}
