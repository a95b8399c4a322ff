import VedetteEvent

/// Writes an access log in nginx's combined form.
struct AccessLog {
  private(set) var timeline = LogTimeline()

  var bytes: [UInt8] { timeline.bytes }

  /// What the lines that are added from now on belong to.
  var label: String? {
    get { timeline.label }
    set { timeline.label = newValue }
  }

  /// Adds a request.
  mutating func add(_ request: WebRequest, by client: WebClient, at time: EventTime) {
    let line =
      "\(client.address) - \(request.user ?? "-") [\(time.accessLogText)] "
      + "\"\(request.method) \(request.target) HTTP/1.1\" \(request.status) \(request.bytes) "
      + "\"\(request.referrer ?? "-")\" \"\(client.agent)\""
    timeline.add(line, at: time.wholeSecond)
  }
}

/// Who asks.
struct WebClient {
  var address: String
  var agent: String
}

/// What was asked and how it was answered.
struct WebRequest {
  var method = "GET"
  var target: String
  var status = 200
  var bytes: Int
  var referrer: String?
  var user: String?
}
