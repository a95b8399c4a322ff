import VedetteColumns
import VedetteEvent

/// What is kept in place of prompts and answers.
///
/// The prompt is every text of the request in its order, joined by line feeds: instructions,
/// earlier turns and the last one alike. Lengths count characters (Unicode scalars). How a prompt is
/// worded is kept as a similarity hash and the names of patterns, see ``PromptShape``.
struct ContentFields {
  private let context: ReadContext
  private var promptLength = DerivedField("ai.prompt.length")
  private var promptHash = DerivedField("ai.prompt.hmac")
  private var promptSimilarity = DerivedField("ai.prompt.simhash")
  private var promptPatterns = DerivedField("ai.prompt.patterns")
  private var outputLength = DerivedField("ai.output.length")
  private var input = DerivedField("gen_ai.input.messages")
  private var output = DerivedField("gen_ai.output.messages")

  init(context: ReadContext) { self.context = context }

  mutating func append(_ content: borrowing ContentCollector, to builder: EventBatchBuilder) {
    if content.promptCharacters > 0 {
      promptLength.append(Int64(content.promptCharacters), to: builder)
      let hash = context.contentHash(content.prompt)
      if !hash.isEmpty { promptHash.append(hash, to: builder) }
      let shape = PromptShape(content.prompt)
      if let text = shape.similarityText { promptSimilarity.append(text, to: builder) }
      for pattern in shape.patterns { promptPatterns.append(pattern, to: builder) }
      if context.keepsContent { input.append(content.prompt.span, to: builder) }
    }
    if content.outputCharacters > 0 {
      outputLength.append(Int64(content.outputCharacters), to: builder)
      if context.keepsContent { output.append(content.output.span, to: builder) }
    }
  }
}
