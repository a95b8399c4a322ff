/// One thing that is measured: a part of the pipeline, or what it is compared with.
protocol Stage {
  /// The name that the table shows.
  var name: String { get }

  /// The most bytes it is given, or `nil` for the whole file.
  var bytesMax: Int? { get }

  /// Whether it can work on a log.
  ///
  /// - Parameter kind: The log.
  /// - Returns: Whether it can.
  func takes(_ kind: InputKind) -> Bool

  /// Works on a file once.
  ///
  /// - Parameter file: The file.
  /// - Returns: What was done and what it cost.
  /// - Throws: ``BenchmarkError`` if it could not be done.
  func run(_ file: InputFile) throws(BenchmarkError) -> Pass
}

extension Stage {
  var bytesMax: Int? { nil }

  func takes(_ kind: InputKind) -> Bool { true }
}
