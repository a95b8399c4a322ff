import VedetteDocuments
import VedetteEvent

/// What a user's own tables add to events.
extension ConfigurationLoader {
  private static let keys = ["geo", "networks", "assets", "identities", "prices"]
  /// The tables that this release reads; a path of another is refused, not passed over.
  private static let readKeys: Set<String> = Set(keys)

  func readEnrichment(
    _ node: Node,
    into pipeline: inout PipelineConfiguration
  ) throws(ConfigurationError) {
    var places = PlaceReader()
    for entry in try mapping(node).entries {
      guard Self.keys.contains(entry.key) else { throw unknown(entry, of: Self.keys) }
      guard Self.readKeys.contains(entry.key) else {
        throw failure(entry, "'\(entry.key)' is not supported by this release; remove it")
      }
      let path = try text(entry.value)
      switch entry.key {
      case "geo": pipeline.enrichment.geoPath = path
      case "networks": pipeline.enrichment.networksPath = path
      case "assets": pipeline.enrichment.assetsPath = path
      case "identities":
        try check(entry) { () throws(EnrichmentError) in try EnrichmentFiles.identities(path) }
        pipeline.enrichment.identitiesPath = path
      default:
        try check(entry) { () throws(EnrichmentError) in try EnrichmentFiles.prices(path) }
        pipeline.enrichment.pricesPath = path
      }
      do throws(PlaceError) {
        if entry.key == "geo" { try places.readGeo(path) }
        if entry.key == "networks" { try places.readNetworks(path) }
      } catch {
        throw failure(entry.value, "'\(path)': \(error)")
      }
    }
    pipeline.places = places.table
  }

  /// A table that can't be read is refused with the configuration, not when the first event comes.
  private func check<Table>(
    _ entry: Mapping.Entry,
    _ read: () throws(EnrichmentError) -> Table
  ) throws(ConfigurationError) {
    do throws(EnrichmentError) {
      _ = try read()
    } catch {
      throw failure(entry, error.description)
    }
  }
}
