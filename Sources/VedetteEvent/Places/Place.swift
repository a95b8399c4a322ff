import Glibc

/// Where on earth an address is, as far as a table knows.
public struct Place: Sendable, Hashable {
  /// Degrees north, -90 to 90.
  public let latitude: Double
  /// Degrees east, -180 to 180.
  public let longitude: Double
  /// How far off it may be, in kilometres.
  public let accuracyKilometres: Double
  /// The country, as `DE`; absent where the table does not say.
  public let country: String?
  /// A city, or what a table of networks calls it.
  public let name: String?

  /// How far off a place may be of which the table does not say it.
  public static let accuracyKilometresUnknown = 50.0
  private static let earthRadiusKilometres = 6_371.0
  private static let textBytesMax = 128

  /// Creates a place, or `nil` where there is none on earth.
  ///
  /// - Parameters:
  ///   - latitude: Degrees north.
  ///   - longitude: Degrees east.
  ///   - accuracyKilometres: How far off it may be; absent where unknown.
  ///   - country: The country, as `DE`.
  ///   - name: A city or a name of one's own.
  public init?(
    latitude: Double,
    longitude: Double,
    accuracyKilometres: Double? = nil,
    country: String? = nil,
    name: String? = nil
  ) {
    guard latitude.magnitude <= 90, longitude.magnitude <= 180 else { return nil }
    self.latitude = latitude
    self.longitude = longitude
    let accuracy = accuracyKilometres ?? Self.accuracyKilometresUnknown
    self.accuracyKilometres = accuracy >= 0 ? min(accuracy, 20_000) : 0
    self.country = country.flatMap(Self.held)
    self.name = name.flatMap(Self.held)
  }

  private static func held(_ text: String) -> String? {
    guard !text.isEmpty else { return nil }
    return text.utf8.count <= textBytesMax ? text : String(text.prefix(textBytesMax / 4))
  }

  /// Measures the great circle to another place (haversine formula).
  ///
  /// - Parameter other: The other place.
  /// - Returns: Kilometres, 0 to about 20,015.
  public func kilometres(to other: Place) -> Double {
    let radians = Double.pi / 180
    let north = sin((other.latitude - latitude) * radians / 2)
    let east = sin((other.longitude - longitude) * radians / 2)
    let share =
      north * north
      + cos(latitude * radians) * cos(other.latitude * radians) * east * east
    return 2 * Self.earthRadiusKilometres * asin(min(1, share.squareRoot()))
  }

  /// What people call it: `Berlin, DE`, or its coordinates.
  public var words: String {
    let parts = [name, country].compactMap(\.self)
    guard parts.isEmpty else { return parts.joined(separator: ", ") }
    func rounded(_ degrees: Double) -> Double { (degrees * 100).rounded() / 100 }
    return "\(rounded(latitude)), \(rounded(longitude))"
  }
}
