/// Where events come from, in Sigma's three words: each that is set is a gate.
public struct LogSource: Sendable, Hashable {
  /// The product, as `windows`, `linux`, `aws`.
  public var product: String?
  /// The kind of event, as `process_creation`, `webserver`, `model_access`.
  public var category: String?
  /// The part of the product, as `sshd`, `cloudtrail`.
  public var service: String?

  /// Creates a log source.
  ///
  /// - Parameters:
  ///   - product: The product, or `nil` for any.
  ///   - category: The kind of event, or `nil` for any.
  ///   - service: The part of the product, or `nil` for any.
  public init(product: String? = nil, category: String? = nil, service: String? = nil) {
    self.product = product
    self.category = category
    self.service = service
  }

  /// Whether every part that this log source names is the same in another.
  ///
  /// - Parameter other: The log source of an event.
  /// - Returns: Whether a rule for this log source looks at such events.
  public func admits(_ other: LogSource) -> Bool {
    (product == nil || product == other.product)
      && (category == nil || category == other.category)
      && (service == nil || service == other.service)
  }
}

extension LogSource: CustomStringConvertible {
  /// `product=windows,category=process_creation`, the form that `--logsource` reads.
  public var description: String {
    let parts = [("product", product), ("category", category), ("service", service)]
    return parts.compactMap { key, value in value.map { "\(key)=\($0)" } }.joined(separator: ",")
  }
}
