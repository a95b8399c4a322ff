/// A field of our schema.
public struct FieldDefinition: Sendable, Hashable {
  /// The name: ECS, OpenTelemetry `gen_ai.*`, or `ai.*` where neither has one.
  public let name: String
  /// What it holds.
  public let type: FieldType
  /// What it means, in a few words.
  public let meaning: String
}

/// Every normalized field, one spelling each.
///
/// Sources' own names that are not mapped onto one of these keep their own name and are text.
public enum FieldCatalog {
  /// The fields, in the order in which they are documented.
  public static let fields: [FieldDefinition] = [
    field("@timestamp", .time, "when it happened"),
    field("event.action", .text, "what was done, in the source's own word"),
    field("event.outcome", .text, "success or failure"),
    field("event.category", .text, "ECS category: authentication, web, process, ..."),
    field("event.code", .text, "the source's number or code of the event"),
    field("event.provider", .text, "the service that reported it"),
    field("event.id", .text, "the source's id of the event"),
    field("event.count", .integer, "how often it happened, where one record stands for several"),
    field("event.duration", .integer, "nanoseconds it took"),
    field("message", .text, "the free text of the record"),
    field("log.level", .text, "the source's own severity word"),
    field("log.logger", .text, "the part of the program that wrote it"),
    field("host.name", .text, "the machine it happened on"),
    field("container.id", .text, "the container it happened in"),
    field("orchestrator.namespace", .text, "the namespace of a cluster it happened in"),
    field("process.name", .text, "the program"),
    field("process.pid", .integer, "the program's process id"),
    field("process.parent.pid", .integer, "the parent's process id"),
    field("process.command_line", .text, "the command with its arguments"),
    field("process.executable", .text, "the program's path"),
    field("process.working_directory", .text, "where the command was run"),
    field("process.tty", .text, "the terminal"),
    field("process.parent.executable", .text, "the parent's path"),
    field("process.parent.command_line", .text, "the parent's command line"),
    field("file.path", .text, "the file acted on"),
    field("user.name", .text, "the account, the one tried where a login failed"),
    field("user.id", .text, "the identity's id or ARN"),
    field("user.email", .text, "the account's address"),
    field("user.target.name", .text, "the account acted on or switched to"),
    field("user.invalid", .boolean, "whether no such account exists"),
    field("user.unverified", .boolean, "whether the account was only named: nobody logged in"),
    field("group.name", .text, "the group acted on"),
    field("ssh.method", .text, "how a login was tried: password, publickey, ..."),
    field("source.ip", .address, "the address it came from"),
    field("source.port", .integer, "the port it came from"),
    field("source.domain", .text, "the name it came from, where no address is given"),
    field("source.network", .text, "the network it came from, where the address is masked"),
    field("source.bytes", .integer, "bytes that were sent from there"),
    field("source.geo.country_iso_code", .text, "the country it came from"),
    field("source.as.number", .integer, "the network it came from"),
    field("user_agent.original", .text, "the client's own name for itself"),
    field("tls.client.ja3", .text, "a fingerprint of the client's TLS"),
    field("tls.client.ja4", .text, "a newer fingerprint of the client's TLS"),
    field("destination.ip", .address, "the address it went to"),
    field("destination.port", .integer, "the port it went to"),
    field("destination.domain", .text, "the name it went to"),
    field("destination.bytes", .integer, "bytes that were sent from there"),
    field("network.transport", .text, "tcp, udp, ..."),
    field("network.protocol", .text, "http, dns, ..."),
    field("dns.question.name", .text, "the name that was asked for"),
    field("http.request.method", .text, "GET, POST, ..."),
    field("http.request.forwarded_for", .text, "whom the proxy says it speaks for"),
    field("http.request.referrer", .text, "the page it came from"),
    field("http.response.status_code", .integer, "the HTTP status"),
    field("http.response.body.bytes", .integer, "bytes sent back"),
    field("http.version", .text, "the HTTP version"),
    field("url.original", .text, "the request target as logged"),
    field("url.path", .text, "the target's path"),
    field("url.query", .text, "the target's query, without the question mark"),
    field("url.domain", .text, "the virtual host"),
    field("cloud.provider", .text, "aws, azure, gcp"),
    field("cloud.region", .text, "the region"),
    field("cloud.account.id", .text, "the account, subscription or project"),
    field("cloud.service.name", .text, "the service that was called"),
    field("cloud.access_key.id", .text, "the access key's id"),
    field("cloud.resource.id", .text, "the resource acted on"),
    field("error.code", .text, "the error, in the source's word"),
    field("error.message", .text, "the error in a sentence"),
    field("gen_ai.operation.name", .text, "chat, embeddings, ..."),
    field("gen_ai.provider.name", .text, "openai, anthropic, aws.bedrock, ..."),
    field("gen_ai.request.model", .text, "the model that was asked for"),
    field("gen_ai.response.model", .text, "the model that answered"),
    field("gen_ai.request.max_tokens", .integer, "the most tokens asked for"),
    field("gen_ai.request.temperature", .number, "the sampling temperature"),
    field("gen_ai.request.top_p", .number, "the nucleus sampling bound"),
    field("gen_ai.request.top_k", .integer, "the top-k sampling bound"),
    field("gen_ai.request.choice.count", .integer, "how many answers were asked for"),
    field("gen_ai.request.stream", .boolean, "whether the answer was streamed"),
    field("gen_ai.usage.input_tokens", .integer, "tokens read"),
    field("gen_ai.usage.output_tokens", .integer, "tokens written"),
    field("gen_ai.usage.reasoning.output_tokens", .integer, "tokens of hidden reasoning"),
    field("gen_ai.usage.cache_read.input_tokens", .integer, "tokens read from a cache"),
    field("gen_ai.usage.cache_creation.input_tokens", .integer, "tokens written to a cache"),
    field("gen_ai.response.id", .text, "the answer's id"),
    field("gen_ai.response.finish_reasons", .text, "why the answer ended"),
    field("gen_ai.conversation.id", .text, "the conversation"),
    field("gen_ai.agent.id", .text, "the agent's id"),
    field("gen_ai.agent.name", .text, "the agent's name"),
    field("gen_ai.tool.name", .text, "the tool called or offered"),
    field("gen_ai.tool.call.id", .text, "the tool call's id"),
    field("gen_ai.input.messages", .text, "what the model was asked, where content is kept"),
    field("gen_ai.output.messages", .text, "what the model answered, where content is kept"),
    field("ai.api_key.hash", .text, "a hash of the key, as logged or made by us"),
    field("ai.api_key.alias", .text, "the key's name at the gateway"),
    field("ai.api_key.host", .text, "the host that holds the key, of the identities file"),
    field("ai.api_key.principal", .text, "whose key it is, of the identities file"),
    field("ai.team.id", .text, "the team the key belongs to"),
    field("ai.end_user.id", .text, "the person behind a shared key"),
    field("ai.gateway.name", .text, "the gateway that logged it"),
    field("ai.request.id", .text, "the request's id, joins gateway and provider"),
    field("ai.request.bytes", .integer, "bytes of the request"),
    field("ai.response.bytes", .integer, "bytes of the answer"),
    field("ai.request.logprobs", .boolean, "whether token probabilities were asked for"),
    field("ai.request.top_logprobs", .integer, "how many alternatives a token were asked for"),
    field("ai.request.tool_count", .integer, "how many tools were offered"),
    field("ai.prompt.hmac", .text, "a keyed hash of the prompt"),
    field("ai.prompt.simhash", .text, "a similarity hash of the prompt"),
    field("ai.prompt.patterns", .text, "what the prompt looks like: override, secret, ..."),
    field("ai.prompt.length", .integer, "characters of the prompt"),
    field("ai.output.length", .integer, "characters of the answer"),
    field("ai.cost.usd", .number, "what it cost, in US dollars"),
    field("ai.cost.source", .text, "logged, or price_table where the log has no cost"),
    field("ai.cache.hit", .boolean, "whether a cache answered"),
    field("ai.guardrail.id", .text, "the guardrail asked"),
    field("ai.guardrail.action", .text, "none, detected, masked, blocked, failed, not_run"),
    field("ai.guardrail.categories", .text, "what the guardrail saw"),
    field("ai.guardrail.confidence", .text, "how sure the guardrail was"),
    field("ai.guardrail.stage", .text, "input or output"),
    field("ai.error.kind", .text, "validation, denied, throttled, budget, filtered"),
    field("ai.artifact.name", .text, "the model file"),
    field("ai.artifact.kind", .text, "weights, dataset, ..."),
    field("ai.artifact.bytes", .integer, "bytes of the model file that were sent"),
    field("ai.artifact.shard", .integer, "which part of the model, from one"),
    field("ai.artifact.shards", .integer, "how many parts the model has"),
    field("ai.model.family", .text, "the model's family"),
  ]

  private static let types: [String: FieldType] = Dictionary(
    uniqueKeysWithValues: fields.map { ($0.name, $0.type) }
  )

  /// Returns what a field holds; text for a name that is not of the catalog.
  public static func type(of name: String) -> FieldType { types[name] ?? .text }

  /// Whether a name is of the catalog.
  ///
  /// - Parameter name: A name.
  /// - Returns: Whether it is a normalized field.
  public static func contains(_ name: String) -> Bool { types[name] != nil }

  private static func field(
    _ name: String,
    _ type: FieldType,
    _ meaning: String
  ) -> FieldDefinition {
    FieldDefinition(name: name, type: type, meaning: meaning)
  }
}
