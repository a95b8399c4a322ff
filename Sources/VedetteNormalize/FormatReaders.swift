import VedetteColumns

/// The readers of all formats.
enum FormatReaders {
  /// Makes the reader of a format.
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
  ) -> any FormatReader {
    switch format {
    case .cloudtrail: JSONReader<CloudTrailShape>(builder: builder, context: context)
    case .json: JSONReader<GenericJSONShape>(builder: builder, context: context)
    case .windows: JSONReader<WindowsShape>(builder: builder, context: context)
    case .bedrock: JSONReader<BedrockShape>(builder: builder, context: context)
    case .litellm: JSONReader<LiteLLMShape>(builder: builder, context: context)
    case .gcp, .kubernetes, .openaiAudit, .anthropicAudit, .gateway, .vertex:
      mapped(format, builder: builder, context: context)
    case .azure, .azureOpenAI, .apim:
      RewritingReader(
        EmbeddedJSON(keys: FormatMappings.of(format).embedded),
        format,
        builder: builder,
        context: context
      )
    case .otel: RewritingReader(OTLPRewriter(), format, builder: builder, context: context)
    case .auditd: RewritingReader(AuditRewriter(), format, builder: builder, context: context)
    case .zeek: RewritingReader(ZeekRewriter(), format, builder: builder, context: context)
    case .csv: RewritingReader(CSVRewriter(), format, builder: builder, context: context)
    case .kv:
      RewritingReader(PairRewriter(context: context), format, builder: builder, context: context)
    case .cef, .leef:
      RewritingReader(
        CommonEventRewriter(isLEEF: format == .leef, context: context),
        format,
        builder: builder,
        context: context
      )
    case .docker: DockerReader(builder: builder, context: context)
    case .journald: JournalReader(builder: builder, context: context)
    case .syslog: SyslogReader(builder: builder, context: context)
    case .access: AccessReader(builder: builder, context: context)
    case .webError: WebErrorReader(builder: builder, context: context)
    case .vllm, .ollama, .triton: ModelServerReader(builder: builder, context: context)
    case .text: TextReader(builder: builder, context: context)
    }
  }

  /// Makes the reader of a format whose table says it all.
  static func mapped(
    _ format: LogFormat,
    builder: EventBatchBuilder,
    context: ReadContext
  ) -> JSONReader<MappedShape> {
    let table = FormatMappings.of(format)
    return JSONReader(
      plan: MappedShape.plan(table),
      shape: MappedShape(table, context: context),
      builder: builder,
      context: context
    )
  }
}
