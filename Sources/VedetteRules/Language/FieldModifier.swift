/// A field modifier of Sigma, by the name it is written with.
public enum FieldModifier: String, Sendable, Hashable, CaseIterable {
  /// The value is somewhere in the field.
  case contains
  /// The field begins with the value.
  case startswith
  /// The field ends with the value.
  case endswith
  /// Every value must hold instead of any.
  case all
  /// The field is there, or is not.
  case exists
  /// Case counts.
  case cased
  /// The item does not hold.
  case neq
  /// Each dash that starts a flag may be any of Windows' five.
  case windash
  /// The value is a regular expression.
  case re
  /// The regular expression ignores case.
  case i
  /// `^` and `$` of the regular expression match at line ends.
  case m
  /// `.` of the regular expression matches line ends.
  case s
  /// The value is encoded in base64.
  case base64
  /// The value is encoded in base64 at each of three offsets.
  case base64offset
  /// The value is encoded in UTF-16 with a byte order mark.
  case utf16
  /// The value is encoded in UTF-16, low byte first.
  case utf16le
  /// The value is encoded in UTF-16, high byte first.
  case utf16be
  /// The same as `utf16le`.
  case wide
  /// The field is less than the value.
  case lt
  /// The field is at most the value.
  case lte
  /// The field is greater than the value.
  case gt
  /// The field is at least the value.
  case gte
  /// The minute of the field's time.
  case minute
  /// The hour of the field's time.
  case hour
  /// The day of the month of the field's time.
  case day
  /// The ISO 8601 week of the field's time.
  case week
  /// The month of the field's time.
  case month
  /// The year of the field's time.
  case year
  /// The field is an address inside the network.
  case cidr
  /// The value has placeholders.
  case expand
  /// The value is the name of another field.
  case fieldref

  /// Creates a modifier from its name, also from pySigma's long names of the flags of `re`.
  ///
  /// - Parameter name: The name as written.
  public init?(name: String) {
    switch name {
    case "ignorecase": self = .i
    case "multiline": self = .m
    case "dotall": self = .s
    default:
      guard let modifier = FieldModifier(rawValue: name) else { return nil }
      self = modifier
    }
  }
}
