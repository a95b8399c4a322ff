import Glibc

/// The scale on which counts, bytes and costs are compared: `v = sign(x) ln(1 + |x|)`.
///
/// What matters about such a number is by which factor it differs, not by how much: ten failures
/// after one and ten thousand bytes after a thousand are the same news. Near zero the scale is
/// linear, so zero needs no special case; the largest number there is comes out as 710.
public enum MagnitudeScale {
  /// Puts a number on the scale.
  ///
  /// - Parameter value: The number; an infinity counts as the largest finite number.
  /// - Returns: Its place, between -710 and 710; not a number for what is not a number.
  public static func position(of value: Double) -> Double {
    let held = value.isInfinite ? Double.greatestFiniteMagnitude : value.magnitude
    let position = log1p(held)
    return value < 0 ? -position : position
  }

  /// Takes a number off the scale.
  ///
  /// - Parameter position: A place on the scale.
  /// - Returns: The number that has this place, held at the largest finite ones.
  public static func value(at position: Double) -> Double {
    let value = min(expm1(position.magnitude), .greatestFiniteMagnitude)
    return position < 0 ? -value : value
  }

  /// Puts a spread around a place back into the number's own unit.
  ///
  /// - Parameters:
  ///   - spread: A small distance on the scale.
  ///   - position: The place it is around.
  /// - Returns: How far the number itself moves, to first order.
  public static func spread(_ spread: Double, around position: Double) -> Double {
    min(spread * exp(min(position.magnitude, 700)), .greatestFiniteMagnitude)
  }
}
