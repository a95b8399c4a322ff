import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

extension FormatSample {
  static let models: [FormatSample] = [
    FormatSample(
      name: "a call, its address masked, its properties a text, its duration negative",
      format: .azureOpenAI,
      lines: [
        #"{"Tenant":"eastus","callerIpAddress":"81.2.69.***","category":"RequestResponse","correlationId":"d427a391","durationMs":-12,"event":"ShoeboxCallResult","location":"eastus","operationName":"ChatCompletions_Create","properties":"{\"apiName\":\"Azure OpenAI API version 2023-07-01-preview\",\"requestTime\":638515262815394150,\"requestLength\":128,\"responseLength\":1411,\"objectId\":\"\",\"streamType\":\"Non-Streaming\",\"modelDeploymentName\":\"gpt-chat-pilot\",\"modelName\":\"gpt-35-turbo\",\"modelVersion\":\"0301\"}","resourceId":"/SUBSCRIPTIONS/S-1/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/O","resultSignature":"429","time":"2024-05-24T12:23:02.4350000Z"}"#
      ],
      logSource: LogSource(product: "azure", category: "model_access", service: "openai"),
      time: "2024-05-24T12:23:02.435Z",
      fields: [
        "gen_ai.request.model": "gpt-35-turbo", "gen_ai.operation.name": "chat",
        "source.network": "81.2.69.0/24", "ai.request.bytes": "128", "ai.response.bytes": "1411",
        "event.outcome": "failure", "ai.error.kind": "throttled", "ai.request.id": "d427a391",
        "gen_ai.request.stream": "false", "cloud.account.id": "S-1", "cloud.region": "eastus",
        "gen_ai.provider.name": "azure.ai.openai", "event.duration": "-12000000",
      ]
    ),
    FormatSample(
      name: "keys that were listed",
      format: .azureOpenAI,
      lines: [
        #"{"AssetIdentity":"07628fea","Tenant":"eastus","category":"Audit","operationName":"ListKey","properties":{"objectId":"b610ab05"},"resourceId":"/subscriptions/s/x","time":"2024-04-17T06:03:30.0000000Z"}"#
      ],
      logSource: LogSource(product: "azure", category: "model_access", service: "openai"),
      time: "2024-04-17T06:03:30Z",
      fields: ["event.action": "ListKey", "user.id": "b610ab05"]
    ),
    FormatSample(
      name: "a call through API management, its bodies texts",
      format: .apim,
      lines: [
        #"{"time":"2026-03-02T10:14:07Z","category":"GatewayLogs","operationName":"Microsoft.ApiManagement/GatewayLogs","callerIpAddress":"203.0.113.9","correlationId":"c-2","isRequestSuccess":true,"durationMs":900,"resourceId":"/subscriptions/s-2/x","properties":{"method":"POST","url":"https://g.azure-api.net/openai/deployments/gpt-4o/chat/completions?api-version=1","backendUrl":"https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions","responseCode":200,"apimSubscriptionId":"sub-7","productId":"team-a","requestSize":300,"requestBody":"{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hi \\\"you\\\"\"}],\"logprobs\":true,\"top_logprobs\":20,\"max_tokens\":5,\"temperature\":0}","responseBody":"{\"id\":\"r-1\",\"model\":\"gpt-4o-2024\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"hello\"}}],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3,\"total_tokens\":15}}"}}"#
      ],
      logSource: LogSource(product: "azure", category: "model_access", service: "apim"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024",
        "gen_ai.usage.input_tokens": "12", "gen_ai.usage.output_tokens": "3",
        "ai.request.logprobs": "true", "ai.request.top_logprobs": "20",
        "gen_ai.request.max_tokens": "5", "gen_ai.request.temperature": "0",
        "gen_ai.response.finish_reasons": "stop", "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai", "source.ip": "203.0.113.9",
        "ai.api_key.alias": "sub-7", "ai.team.id": "team-a", "event.outcome": "success",
        "ai.prompt.length": "8", "ai.output.length": "5", "ai.guardrail.action": "none",
      ]
    ),
    FormatSample(
      name: "a call that the content filter refused",
      format: .apim,
      lines: [
        #"{"time":"2026-03-02T10:14:07Z","category":"GatewayLogs","operationName":"x","isRequestSuccess":false,"properties":{"operationId":"ChatCompletions_Create","responseCode":400,"responseBody":"{\"error\":{\"code\":\"content_filter\",\"status\":400,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\",\"content_filter_result\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}}}}"}}"#
      ],
      logSource: LogSource(product: "azure", category: "model_access", service: "apim"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "ai.guardrail.action": "blocked", "ai.error.kind": "filtered", "event.outcome": "failure",
        "error.code": "content_filter",
        "properties.responseBody.error.innererror.content_filter_result.hate.severity": "safe",
      ]
    ),
    FormatSample(
      name: "a call of Vertex AI",
      format: .vertex,
      lines: [
        #"{"insertId":"i","logName":"projects/P/logs/cloudaudit.googleapis.com%2Fdata_access","timestamp":"2026-03-02T10:14:07Z","resource":{"type":"audited_resource","labels":{"project_id":"P"}},"protoPayload":{"serviceName":"aiplatform.googleapis.com","methodName":"google.cloud.aiplatform.v1.PredictionService.StreamGenerateContent","resourceName":"projects/P/locations/us-central1/publishers/google/models/gemini-2.0-flash-exp","authenticationInfo":{"principalEmail":"svc@P.iam.gserviceaccount.com"},"authorizationInfo":[{"permission":"aiplatform.endpoints.predict","granted":true}],"requestMetadata":{"callerIp":"203.0.113.9","callerSuppliedUserAgent":"python"},"request":{"@type":"t","generationConfig":{"maxOutputTokens":5,"temperature":0}},"status":{"code":8,"message":"quota"}}}"#
      ],
      logSource: LogSource(product: "gcp", category: "model_access", service: "gcp.audit"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "gen_ai.request.model": "gemini-2.0-flash-exp", "gen_ai.operation.name": "chat",
        "gen_ai.request.stream": "true", "gen_ai.request.max_tokens": "5",
        "ai.error.kind": "throttled", "user.email": "svc@P.iam.gserviceaccount.com",
        "source.ip": "203.0.113.9", "cloud.account.id": "P", "event.outcome": "failure",
      ]
    ),
    FormatSample(
      name: "a login at OpenAI",
      format: .openaiAudit,
      lines: [
        #"{"object":"organization.audit_log","id":"audit_log-C7C0","type":"login.failed","effective_at":1770979925,"login.failed":{"error_code":"bad"},"actor":{"type":"session","session":{"user":{"id":"user-nuEw","email":"u@example.com"},"ip_address":"89.160.20.128","user_agent":"Mozilla/5.0","ja3":"353a","ja4":"t13d","ip_address_details":{"country":"IN","asn":"55256"}}}}"#
      ],
      logSource: LogSource(product: "openai", category: "model_access", service: "audit"),
      time: "2026-02-13T10:52:05Z",
      fields: [
        "event.action": "login.failed", "event.outcome": "failure", "user.id": "user-nuEw",
        "user.email": "u@example.com", "source.ip": "89.160.20.128", "tls.client.ja3": "353a",
        "tls.client.ja4": "t13d", "source.as.number": "55256", "error.code": "bad",
        "source.geo.country_iso_code": "IN",
      ]
    ),
    FormatSample(
      name: "a key of OpenAI, its details below a key with a dot",
      format: .openaiAudit,
      lines: [
        #"{"id":"audit_log-1","type":"api_key.created","effective_at":1770979925,"project":{"id":"proj-1"},"api_key.created":{"id":"key-9","data":{"scopes":["all"]}},"actor":{"type":"api_key","api_key":{"id":"key-1","type":"user","user":{"id":"u-1","email":"a@example.org"}}}}"#
      ],
      logSource: LogSource(product: "openai", category: "model_access", service: "audit"),
      time: "2026-02-13T10:52:05Z",
      fields: [
        "event.action": "api_key.created", "event.outcome": "success",
        "api_key.created.data.scopes": "all", "api_key.created.id": "key-9",
        "ai.api_key.hash": "key-1", "ai.team.id": "proj-1", "user.id": "u-1",
      ]
    ),
    FormatSample(
      name: "a limit of Anthropic's that was taken away",
      format: .anthropicAudit,
      lines: [
        #"{"id":"act-1","created_at":"2026-03-02T10:14:07Z","organization_id":"org-1","type":"platform_spend_limit_deleted","actor":{"type":"user_actor","email_address":"a@example.org","user_id":"u-1","ip_address":"203.0.113.9","user_agent":"Mozilla/5.0"}}"#
      ],
      logSource: LogSource(product: "anthropic", category: "model_access", service: "audit"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "event.action": "platform_spend_limit_deleted", "user.email": "a@example.org",
        "source.ip": "203.0.113.9", "cloud.account.id": "org-1", "user.id": "u-1",
      ]
    ),
    FormatSample(
      name: "a gateway of one's own",
      format: .gateway,
      lines: [
        #"{"ts":"2026-03-02T10:14:07.250Z","request_id":"r-1","tenant":"acme","user":"ann","key_id":"k-77","model":"llama-3-70b","route":"/v1/chat/completions","status":200,"latency_ms":812.5,"client":{"ip":"203.0.113.9"},"tokens":{"in":812,"out":40},"cost_usd":0.01}"#
      ],
      logSource: LogSource(product: "gateway", category: "model_access"),
      time: "2026-03-02T10:14:07.250Z",
      fields: [
        "ai.request.id": "r-1", "ai.team.id": "acme", "user.name": "ann", "ai.api_key.hash": "k-77",
        "gen_ai.request.model": "llama-3-70b", "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": "812", "gen_ai.usage.output_tokens": "40",
        "ai.cost.usd": "0.01", "source.ip": "203.0.113.9", "event.duration": "812500000",
        "http.response.status_code": "200", "event.outcome": "success",
        "url.path": "/v1/chat/completions",
      ]
    ),
    FormatSample(
      name: "a gateway with everything further down, and a whole key",
      format: .gateway,
      lines: [
        #"{"@timestamp":"2026-03-02T10:14:07Z","request":{"model":"gpt-4o","api_key":"sk-proj-0123456789abcdef0123"},"caller":{"team_id":"t-1"},"response":{"status_code":429,"usage":{"prompt_tokens":5,"completion_tokens":1}},"http":{"remote_addr":"198.51.100.4"}, "team":"t-1"}"#
      ],
      logSource: LogSource(product: "gateway", category: "model_access"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": "5",
        "gen_ai.usage.output_tokens": "1", "http.response.status_code": "429",
        "ai.error.kind": "throttled", "source.ip": "198.51.100.4",
        "ai.api_key.hash": "sha256:secret-of-28", "event.outcome": "failure",
      ],
      isDetected: false
    ),
    FormatSample(
      name: "a record of OpenTelemetry as OTLP",
      format: .otel,
      lines: [
        #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bot"}}]},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[{"timeUnixNano":"1767225600000000000","severityText":"INFO","eventName":"gen_ai.client.inference.operation.details","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}},{"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[{"stringValue":"stop"},{"stringValue":"length"}]}}},{"key":"gen_ai.input.messages","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"user"}},{"key":"content","value":{"stringValue":"hello"}}]}}]}}}]}]}]}]}"#
      ],
      logSource: LogSource(product: "otel", category: "model_access"),
      time: "2026-01-01T00:00:00Z",
      fields: [
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": "12", "gen_ai.response.finish_reasons": "stop",
        "process.name": "bot", "event.action": "gen_ai.client.inference.operation.details",
        "event.outcome": "success",
      ]
    ),
    FormatSample(
      name: "a flat record of OpenTelemetry with the old names",
      format: .otel,
      lines: [
        #"{"timestamp":"2026-03-02T10:14:07Z","attributes":{"gen_ai.system":"openai","gen_ai.request.model":"gpt-4","gen_ai.usage.prompt_tokens":7,"gen_ai.usage.completion_tokens":9,"error.type":"RateLimitError","client.address":"203.0.113.9","gen_ai.prompt.0.content":"hello"}}"#
      ],
      logSource: LogSource(product: "otel", category: "model_access"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": "7",
        "gen_ai.usage.output_tokens": "9", "ai.error.kind": "throttled",
        "event.outcome": "failure", "source.ip": "203.0.113.9", "ai.prompt.length": "5",
      ]
    ),
  ]

  static let servers: [FormatSample] = [
    FormatSample(
      name: "a line without a time",
      format: .vllm,
      lines: [
        #"(APIServer pid=1) INFO:     172.18.0.1:59468 - "POST /v1/chat/completions HTTP/1.1" 200 OK"#
      ],
      logSource: LogSource(product: "vllm", category: "model_access"),
      fields: [
        "source.ip": "172.18.0.1", "source.port": "59468", "http.request.method": "POST",
        "url.path": "/v1/chat/completions", "http.response.status_code": "200",
        "gen_ai.operation.name": "chat", "event.outcome": "success", "event.category": "web",
      ]
    ),
    FormatSample(
      name: "a line with a time, over IPv6",
      format: .vllm,
      lines: [
        #"[2026-09-11 23:47:03] INFO:     [2001:db8::1]:34002 - "POST /v1/embeddings HTTP/1.1" 401 Unauthorized"#
      ],
      logSource: LogSource(product: "vllm", category: "model_access"),
      time: "2026-09-11T23:47:03Z",
      fields: [
        "source.ip": "2001:db8::1", "gen_ai.operation.name": "embeddings",
        "event.outcome": "failure",
      ]
    ),
    FormatSample(
      name: "a call",
      format: .ollama,
      lines: [
        #"[GIN] 2025/10/03 - 13:18:05 | 200 |  1.125268431s |             ::1 | POST     "/api/generate""#
      ],
      logSource: LogSource(product: "ollama", category: "model_access"),
      time: "2025-10-03T13:18:05Z",
      fields: [
        "source.ip": "::1", "event.duration": "1125268431", "http.request.method": "POST",
        "url.path": "/api/generate", "gen_ai.operation.name": "text_completion",
        "http.response.status_code": "200",
      ]
    ),
    FormatSample(
      name: "a model that was fetched in minutes",
      format: .ollama,
      lines: [
        #"[GIN] 2025/10/03 - 13:18:05 | 200 |         4m14s |    203.0.113.9 | POST     "/api/pull?x=1""#
      ],
      logSource: LogSource(product: "ollama", category: "model_access"),
      time: "2025-10-03T13:18:05Z",
      fields: [
        "event.duration": "254000000000", "event.action": "model_pull", "url.query": "x=1",
        "url.path": "/api/pull",
      ]
    ),
    FormatSample(
      name: "a request, without a year",
      format: .triton,
      lines: [
        "I0304 11:43:47.985271 1 http_server.cc:4509] HTTP request: 2 /v2/models/glm_ocr/infer"
      ],
      logSource: LogSource(product: "triton", category: "model_access"),
      time: "2000-03-04T11:43:47.985271Z",
      fields: [
        "gen_ai.request.model": "glm_ocr", "event.action": "infer", "process.pid": "1",
        "url.path": "/v2/models/glm_ocr/infer",
      ]
    ),
    FormatSample(
      name: "a model that was loaded, the message quoted",
      format: .triton,
      lines: [
        #"I0304 11:43:47.985271 1 http_server.cc:4509] "HTTP request: 2 /v2/repository/models/m1/load""#
      ],
      logSource: LogSource(product: "triton", category: "model_access"),
      time: "2000-03-04T11:43:47.985271Z",
      fields: ["gen_ai.request.model": "m1", "event.action": "model_load"]
    ),
  ]
}
