import FoundationEssentials
import VedetteNormalize

/// Why a table can't be used.
struct EnrichmentError: Error, CustomStringConvertible {
  let description: String
}

/// Reads the tables that add to events what their logs do not say.
enum EnrichmentFiles {
  private static let bytesMax = 256 << 20

  static func prices(_ path: String) throws(EnrichmentError) -> PriceTable {
    let text = try self.text(path)
    do throws(PriceTable.Problem) {
      return try PriceTable(csv: text)
    } catch {
      throw EnrichmentError(description: "\(path): \(error)")
    }
  }

  static func identities(_ path: String) throws(EnrichmentError) -> KeyIdentities {
    let text = try self.text(path)
    do throws(PriceTable.Problem) {
      return try KeyIdentities(csv: text)
    } catch {
      throw EnrichmentError(description: "\(path): \(error)")
    }
  }

  /// What adds to events where no configuration names tables.
  static let standard = modelEnricher(EnrichmentConfiguration())

  /// Makes what adds to events of models; a table that was checked and can't be read any more
  /// adds nothing.
  static func modelEnricher(_ configuration: EnrichmentConfiguration) -> ModelEnricher? {
    let own = configuration.pricesPath.flatMap { try? prices($0) }
    guard let prices = own ?? ModelEnricher.builtInPrices else { return nil }
    return ModelEnricher(
      prices: prices,
      identities: configuration.identitiesPath.flatMap { try? identities($0) }
    )
  }

  private static func text(_ path: String) throws(EnrichmentError) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EnrichmentError(description: "can't read '\(path)'; check the path and its permission")
    }
    guard data.count <= bytesMax, let text = String(data: data, encoding: .utf8) else {
      throw EnrichmentError(description: "'\(path)' is no table in UTF-8 of at most 256 MiB")
    }
    return text
  }
}
