import VedetteColumns

/// The readers of all formats.
enum FormatReaders {
  /// Makes the reader of a format, or returns `nil` if the format has none.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - builder: Where the rows go.
  ///   - context: What must be known beside the bytes.
  /// - Returns: The reader.
  static func make(
    _ format: LogFormat,
    builder: EventBatchBuilder,
    context: ReadContext
  ) -> (any FormatReader)? {
    switch format {
    case .cloudtrail: JSONReader<CloudTrailShape>(builder: builder, context: context)
    case .json: JSONReader<GenericJSONShape>(builder: builder, context: context)
    case .windows: JSONReader<WindowsShape>(builder: builder, context: context)
    case .bedrock: JSONReader<BedrockShape>(builder: builder, context: context)
    case .litellm: JSONReader<LiteLLMShape>(builder: builder, context: context)
    case .syslog: SyslogReader(builder: builder, context: context)
    case .access: AccessReader(builder: builder, context: context)
    case .webError: WebErrorReader(builder: builder, context: context)
    case .text: TextReader(builder: builder, context: context)
    }
  }
}

extension LogFormat {
  /// Whether records carry prompts, completions or tool arguments.
  var carriesContent: Bool {
    switch self {
    case .bedrock, .litellm: true
    case .json, .syslog, .access, .webError, .cloudtrail, .windows, .text: false
    }
  }

  /// Whether a record that lost its end can still be read.
  var isText: Bool {
    switch self {
    case .syslog, .access, .webError, .text: true
    case .json, .cloudtrail, .windows, .bedrock, .litellm: false
    }
  }
}
