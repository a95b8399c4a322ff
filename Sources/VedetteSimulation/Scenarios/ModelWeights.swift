import VedetteEvent

extension Scenario {
  /// All shards of a model are taken from a mirror and from a bucket.
  static let modelWeights = Scenario(
    name: "model-weights",
    title: "Model weights downloaded",
    isBenign: false,
    content: ModelWeights.attack
  )

  /// New machines fetch the same weights when the service scales up.
  static let modelWeightsBenign = Scenario(
    name: "model-weights-benign",
    title: "New machines fetch the weights they serve",
    isBenign: true,
    content: ModelWeights.ordinary
  )
}

/// Two and a half hours of a mirror of model files and of the bucket behind it.
enum ModelWeights {
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(10, 30)
  private static let intruder = "203.0.113.91"
  private static let publisher = "model-publisher"
  private static let hubAgent = "hf_hub/0.21.4; python/3.11.8; torch/2.2.1"

  static func attack(seed: UInt64) -> ScenarioContent {
    var mirror = AccessLog()
    var trail = background(mirror: &mirror, seed: seed)
    let start = EventTime.at(9, 41, 12)
    writeMirrorTheft(to: &mirror, from: start)
    let thief = CloudCaller.role(
      publisher,
      session: "mirror01",
      address: intruder,
      agent: "aws-cli/2.15.10 Python/3.11.8 Linux/6.6.9-amd64 exe/x86_64.kali.2024"
    )
    let end = writeBucketTheft(to: &trail, by: thief, from: .at(9, 58, 3))
    let label = AttackLabel(
      attack: "model-weights-1",
      kind: "model-weight download",
      first: start,
      last: end.wholeSecond,
      entities: [
        LabelledEntity(type: "ip", value: intruder),
        LabelledEntity(type: "access_key", value: thief.accessKey),
        LabelledEntity(type: "principal", value: thief.principal),
      ],
      severityMin: "high"
    )
    return ScenarioContent(
      logs: logs(mirror, trail),
      labels: [label],
      incidents: 1...2,
      rules: [.allShardsFromMirror, .allShardsFromBucket, .weightsByVolume],
      story: """
        \(intruder) takes all eight shards of a model from the mirror with curl from 09:41. At 09:58
        the session of the mirror's role, taken from that machine, is used from the same address and
        reads the shards of a second model from the bucket, past the private endpoint.
        """
    )
  }

  static func ordinary(seed: UInt64) -> ScenarioContent {
    var mirror = AccessLog()
    var trail = background(mirror: &mirror, seed: seed)
    for node in 1...4 { writeNode(node, to: &mirror, &trail, from: .at(9, 38 + node * 3)) }
    return ScenarioContent(
      logs: logs(mirror, trail),
      labels: [],
      incidents: 0...0,
      rules: [],
      story: """
        Four machines start when the service scales up. Each takes all eight shards of a model from
        the mirror with the hub's client, and those of a second model from the bucket through the
        private endpoint with the role of its image.
        """
    )
  }

  private static func logs(_ mirror: AccessLog, _ trail: CloudTrailLog) -> [ScenarioLog] {
    [
      ScenarioLog(
        path: "access.log",
        format: "access",
        summary: "nginx in front of the mirror, combined form",
        bytes: mirror.bytes
      ),
      ScenarioLog(
        path: "cloudtrail.ndjson",
        format: "cloudtrail",
        summary: "CloudTrail with data events of the bucket, one event a line",
        bytes: trail.bytes
      ),
    ]
  }

  private static func background(mirror: inout AccessLog, seed: UInt64) -> CloudTrailLog {
    var chance = Chance(seed: seed, stream: "mirror")
    let repositories = ["example/atlas-70b", "example/atlas-7b", "example/lynx-embed"]
    let files = ["config.json", "tokenizer.json", "tokenizer_config.json", "README.md"]
    for time in chance.times(420, from: first, to: last) {
      let client = WebClient(address: "192.0.2.\(chance.integer(in: 64...83))", agent: hubAgent)
      let file = chance.pick(files)
      let target = "/\(chance.pick(repositories))/resolve/main/\(file)"
      let bytes = 700 + Int(StableHash.of(target) % 90_000)
      let isHead = chance.happens(percent: 35)
      let request = WebRequest(
        method: isHead ? "HEAD" : "GET",
        target: target,
        bytes: isHead ? 0 : bytes
      )
      mirror.add(request, by: client, at: time)
    }
    for time in chance.times(10, from: first, to: last) {
      let client = WebClient(address: "192.0.2.\(chance.integer(in: 64...83))", agent: hubAgent)
      let target = "/example/lynx-embed/resolve/main/model.safetensors"
      mirror.add(WebRequest(target: target, bytes: 437_971_872), by: client, at: time)
    }
    var trail = CloudTrailLog(chance: Chance(seed: seed, stream: "cloudtrail"))
    CloudOperations(first: first, last: last, monitoringMinutes: 5, applicationMinutes: 4)
      .write(to: &trail, seed: seed)
    writeSynchronization(to: &trail)
    return trail
  }

  /// The mirror looks for new files in the bucket, through the private endpoint.
  private static func writeSynchronization(to log: inout CloudTrailLog) {
    let mirror = CloudCaller.role(
      publisher,
      session: "mirror01",
      address: "192.0.2.45",
      agent: "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.79 lang/python#3.11.8"
    )
    var time = first.plus(minutes: 4)
    while time < last {
      let list = CloudCall("s3", "ListObjects").with {
        $0.parameters = ["bucketName": "example-models"]
        $0.isDataEvent = true
        $0.endpoint = CloudOperations.endpoint
      }
      log.add(list, by: mirror, at: time)
      let card = CloudCall.object("atlas-next/config.json", in: "example-models", bytes: 4_120)
      log.add(
        card.with { $0.endpoint = CloudOperations.endpoint },
        by: mirror,
        at: time.plus(seconds: 2)
      )
      time = time.plus(minutes: 15)
    }
  }

  /// The name of a shard, as hubs number them.
  private static func shard(_ number: Int) -> String {
    "model-\(padded(String(number), to: 5, with: "0"))-of-00008.safetensors"
  }

  private static func writeMirrorTheft(to log: inout AccessLog, from start: EventTime) {
    let client = WebClient(address: intruder, agent: "curl/8.5.0")
    let listing = WebRequest(target: "/api/models/example/atlas-70b/tree/main", bytes: 3_140)
    log.add(listing, by: client, at: start)
    for (index, file) in ["config.json", "tokenizer.json"].enumerated() {
      let target = "/example/atlas-70b/resolve/main/\(file)"
      log.add(
        WebRequest(target: target, bytes: 4_120),
        by: client,
        at: start.plus(seconds: 8 + index * 5)
      )
    }
    for number in 1...8 {
      let target = "/example/atlas-70b/resolve/main/\(shard(number))"
      let request = WebRequest(target: target, bytes: 4_899_000_000 + number * 1_024)
      log.add(request, by: client, at: start.plus(seconds: number * 74))
    }
  }

  /// Writes the reads from the bucket and returns the time of the last.
  private static func writeBucketTheft(
    to log: inout CloudTrailLog,
    by thief: CloudCaller,
    from start: EventTime
  ) -> EventTime {
    let looks = [("sts", "GetCallerIdentity"), ("s3", "ListBuckets"), ("s3", "ListObjects")]
    for (index, look) in looks.enumerated() {
      log.add(CloudCall(look.0, look.1), by: thief, at: start.plus(seconds: index * 21))
    }
    let tokenizer = CloudCall.object(
      "atlas-next/tokenizer.json",
      in: "example-models",
      bytes: 9_084_480
    )
    log.add(tokenizer, by: thief, at: start.plus(seconds: 80))
    var time = start.plus(seconds: 110)
    for number in 1...8 {
      let bytes = 4_976_000_000 + number * 4_096
      let call = CloudCall.object("atlas-next/\(shard(number))", in: "example-models", bytes: bytes)
      log.add(call, by: thief, at: time)
      time = time.plus(seconds: 92)
    }
    return time
  }

  /// A machine that fetches what it is to serve.
  private static func writeNode(
    _ node: Int,
    to mirror: inout AccessLog,
    _ trail: inout CloudTrailLog,
    from start: EventTime
  ) {
    let client = WebClient(address: "192.0.2.\(83 + node)", agent: hubAgent)
    let caller = CloudCaller.role(
      "serving-node",
      session: "i-0example00000000\(node)",
      address: client.address,
      agent: "aws-sdk-go-v2/1.25.2 os/linux lang/go#1.22.0 md/GOOS#linux"
    )
    trail.add(CloudCall("sts", "GetCallerIdentity"), by: caller, at: start)
    for number in 1...8 {
      let target = "/example/atlas-70b/resolve/main/\(shard(number))"
      let request = WebRequest(target: target, bytes: 4_899_000_000 + number * 1_024)
      mirror.add(request, by: client, at: start.plus(seconds: number * 20))
      let bytes = 4_976_000_000 + number * 4_096
      let call = CloudCall.object("atlas-next/\(shard(number))", in: "example-models", bytes: bytes)
        .with { $0.endpoint = CloudOperations.endpoint }
      trail.add(call, by: caller, at: start.plus(seconds: 200 + number * 20))
    }
  }
}
