/// One field of many events.
///
/// Four states are kept apart, as Sigma asks: absent, present but null, present as an object or array
/// with nothing in it, and a value, which may be the empty text. A row whose field is an array has its first element here and the others in
/// ``further``; a condition on such a field holds if any element holds.
public struct Column: Sendable {
  /// How the values are stored.
  public enum Values: Sendable {
    /// Codes of texts; zero where no value is.
    case texts(codes: [UInt32], dictionary: StringDictionary)
    /// Whole numbers; zero where no value is.
    case integers([Int64])
    /// Numbers with a fraction; zero where no value is.
    case numbers([Double])
  }

  /// A further element of an array.
  public struct Element: Sendable {
    /// The row.
    public let row: Int
    /// The code of its text in the column's dictionary.
    public let code: UInt32

    /// Creates an element.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - code: The code of its text.
    package init(row: Int, code: UInt32) {
      self.row = row
      self.code = code
    }
  }

  /// The values, one a row.
  public let values: Values
  /// The rows that hold a value.
  public let valid: Bitmap
  /// The rows in which the field is there and null.
  public let null: Bitmap
  /// The rows in which the field is an object or an array with nothing in it.
  public let empty: Bitmap
  /// The rows whose value is a word of ours that the record does not hold.
  public let derived: Bitmap
  /// The second and later elements of arrays, by row; only of texts.
  public let further: [Element]

  /// Creates a column.
  ///
  /// - Parameters:
  ///   - values: The values, one a row.
  ///   - valid: The rows that hold a value.
  ///   - null: The rows that hold null.
  ///   - empty: The rows that hold an object or array with nothing in it.
  ///   - derived: The rows whose value the record does not hold.
  ///   - further: Further elements of arrays, by row.
  package init(
    values: Values,
    valid: Bitmap,
    null: Bitmap,
    empty: Bitmap = Bitmap(),
    derived: Bitmap = Bitmap(),
    further: [Element]
  ) {
    self.values = values
    self.valid = valid
    self.null = null
    self.empty = empty
    self.derived = derived
    self.further = further
  }

  /// Returns a row's value as text, or `nil` if it has none.
  public func text(_ row: Int) -> String? {
    guard valid[row] else { return nil }
    return switch values {
    case .texts(let codes, let dictionary): dictionary.text(codes[row])
    case .integers(let numbers): String(numbers[row])
    case .numbers(let numbers): String(numbers[row])
    }
  }

  /// Whether two rows have the same value, or both have none.
  ///
  /// - Parameters:
  ///   - row: A row.
  ///   - other: Another.
  /// - Returns: Whether they are equal; numbers are by their bits, arrays by their first element.
  public func hasSameValue(_ row: Int, as other: Int) -> Bool {
    guard valid[row] else { return !valid[other] }
    guard valid[other] else { return false }
    return switch values {
    case .texts(let codes, _): codes[row] == codes[other]
    case .integers(let numbers): numbers[row] == numbers[other]
    case .numbers(let numbers): numbers[row].bitPattern == numbers[other].bitPattern
    }
  }

  /// Returns a row's code in the column's dictionary, or `nil` if it has no value or is a number.
  public func code(_ row: Int) -> UInt32? {
    guard valid[row], case .texts(let codes, _) = values else { return nil }
    return codes[row]
  }

  /// Returns all of a row's values as text: several where the field is an array.
  public func texts(_ row: Int) -> [String] {
    guard let first = text(row) else { return [] }
    guard case .texts(_, let dictionary) = values else { return [first] }
    return [first] + further.lazy.filter { $0.row == row }.map { dictionary.text($0.code) }
  }

  /// Returns a row's value as a number, or `nil` if it has none or is not one.
  public func number(_ row: Int) -> Double? {
    guard valid[row] else { return nil }
    return switch values {
    case .texts(let codes, let dictionary): Double(dictionary.text(codes[row]))
    case .integers(let numbers): Double(numbers[row])
    case .numbers(let numbers): numbers[row]
    }
  }
}
