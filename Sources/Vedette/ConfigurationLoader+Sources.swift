import VedetteDocuments
import VedetteIngest

// Where a source is: a path, an address to listen at, or the journal of this host.
extension ConfigurationLoader {
  /// The keys of a source of which it has one.
  static let placeKeys = ["path", "listen", "journald"]

  /// Returns what the configuration of a source knows it by.
  func path(of place: Mapping.Entry) throws(ConfigurationError) -> String {
    switch place.key {
    case "listen":
      let name = try text(place.value)
      do throws(IntakeAddress.Problem) {
        return try ListenAddress(name).description
      } catch {
        throw failure(place.value, error.description)
      }
    case "journald":
      let names = try texts(place.value)
      do throws(IntakeAddress.Problem) {
        return try IntakeAddress(journalMatches: names == ["all"] ? [] : names).description
      } catch {
        throw failure(place.value, error.description)
      }
    default: return try text(place.value)
    }
  }
}
