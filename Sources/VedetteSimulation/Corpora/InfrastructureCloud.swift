import VedetteEvent

/// Fourteen hours of a company's CloudTrail, in which keys are stolen.
struct InfrastructureCloud {
  private let seed: UInt64
  private var chance: Chance
  private var log: CloudTrailLog
  private var events = CorpusEvents()

  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(22, 0)
  /// The way out of the company's private network, which everybody at home shares.
  private static let gateway = "198.51.100.9"
  private static let tool = "aws-cli/2.15.30 Python/3.11.8 Linux/6.6.15 exe/x86_64"

  init(seed: UInt64) {
    self.seed = seed
    chance = Chance(seed: seed, stream: "cloud corpus")
    log = CloudTrailLog(chance: Chance(seed: seed, stream: "cloud corpus log"))
  }

  var corpus: AttackCorpus {
    var copy = self
    let operations = CloudOperations(
      first: Self.first,
      last: Self.last,
      monitoringMinutes: 10,
      applicationMinutes: 6
    )
    operations.write(to: &copy.log, seed: seed)
    copy.writeStaff()
    copy.writeFast()
    copy.writeSlow()
    copy.writeDistributed()
    copy.writeTwoKeysBehindGateway()
    copy.writeRollout()
    copy.writeBatchJob()
    for _ in 0..<2 { copy.writeMissingRights() }
    copy.writeRotation()
    copy.log.label = nil
    return AttackCorpus(
      name: "cloud-\(seed)",
      files: [copy.log.timeline.file("cloudtrail.ndjson")],
      events: copy.events.all
    )
  }

  /// People at home look at what runs, all day, through the gateway.
  private mutating func writeStaff() {
    let reads: [(service: String, name: String)] = [
      ("ec2", "DescribeInstances"), ("logs", "FilterLogEvents"), ("s3", "ListBuckets"),
      ("cloudwatch", "GetMetricData"),
    ]
    for time in chance.times(160, from: Self.first, to: Self.last) {
      let read = chance.pick(reads)
      log.add(CloudCall(read.service, read.name), by: person(chance.pick(People.staff)), at: time)
    }
  }

  private func person(_ name: String) -> CloudCaller {
    .role("developer", session: "\(name)@example.com", address: Self.gateway, agent: Self.tool)
  }

  private mutating func key() -> String {
    "AKIAEXAMPLE" + chance.letters(9, of: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
  }

  private mutating func thief(_ name: String, from address: String) -> CloudCaller {
    .user(name, key: key(), address: address, agent: Self.tool)
  }

  private func actors(_ caller: CloudCaller) -> [EntityKey] {
    [
      EntityKey(type: .accessKey, value: caller.accessKey),
      EntityKey(type: .principal, value: caller.principal),
    ]
  }

  private static let discovery = ["T1580", "T1526", "T1087.004", "T1078.004"]
  private static let persistence = ["T1098.001", "T1098.003", "T1098", "T1136.003", "T1562.008"]

  private mutating func enumerate(
    by callers: [CloudCaller],
    from start: EventTime,
    pauses: ClosedRange<Int>
  ) -> EventTime {
    let tries: [(service: String, name: String)] = [
      ("iam", "ListUsers"), ("iam", "ListRoles"), ("iam", "GetAccountAuthorizationDetails"),
      ("ec2", "DescribeInstances"), ("ec2", "DescribeSnapshots"), ("rds", "DescribeDBInstances"),
      ("secretsmanager", "ListSecrets"), ("ssm", "DescribeParameters"), ("kms", "ListKeys"),
      ("dynamodb", "ListTables"), ("organizations", "DescribeOrganization"), ("ses", "GetAccount"),
    ]
    var time = start
    log.add(CloudCall("sts", "GetCallerIdentity"), by: callers[0], at: time)
    for (index, attempt) in tries.enumerated() {
      time = time.plus(seconds: chance.integer(in: pauses))
      let call = CloudCall(attempt.service, attempt.name).denied
      log.add(call, by: callers[index % callers.count], at: time)
    }
    return time
  }

  private mutating func persist(by thief: CloudCaller, from start: EventTime, pause: Int) {
    let name: JSONText = ["userName": .string("backup-" + chance.hexadecimalDigits(4))]
    let policy = name.adding(["policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"])
    let calls = [
      CloudCall("iam", "CreateUser").with { $0.parameters = name },
      CloudCall("iam", "CreateAccessKey").with { $0.parameters = name },
      CloudCall("iam", "AttachUserPolicy").with { $0.parameters = policy },
    ]
    for (index, call) in calls.enumerated() {
      log.add(call, by: thief, at: start.plus(seconds: index * pause))
    }
  }

  /// A stolen key is tried out and used to stay.
  private mutating func writeFast() {
    let thief = thief("ci-release", from: chance.addresses(1)[0])
    log.label = events.attack("fast key theft", by: actors(thief), Self.discovery)
    let time = enumerate(by: [thief], from: chance.start(toHour: 20), pauses: 8...30)
    if chance.happens(percent: 50) {
      let trail: JSONText = ["name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"]
      let stop = CloudCall("cloudtrail", "StopLogging").with { $0.parameters = trail }
      log.add(stop, by: thief, at: time.plus(seconds: 90))
    }
    persist(by: thief, from: time.plus(seconds: 200), pause: 47)
  }

  /// A stolen key asks a little every few minutes, and makes a key of its own hours later.
  private mutating func writeSlow() {
    let thief = thief("reports", from: chance.addresses(1)[0])
    log.label = events.attack(
      "slow key theft",
      by: actors(thief),
      Self.discovery + Self.persistence
    )
    let time = enumerate(by: [thief], from: chance.start(toHour: 11), pauses: 300...900)
    persist(by: thief, from: time.plus(minutes: 20), pause: 1_200)
  }

  /// One stolen key is used from many addresses.
  private mutating func writeDistributed() {
    let key = key()
    let thieves = chance.herd(9).map { address in
      CloudCaller.user("mailer", key: key, address: address, agent: Self.tool)
    }
    log.label = events.attack("distributed key use", by: actors(thieves[0]), Self.discovery)
    let time = enumerate(by: thieves, from: chance.start(toHour: 20), pauses: 10...40)
    persist(by: thieves[3], from: time.plus(seconds: 120), pause: 60)
  }

  /// Two stolen keys are used at the same time, both through the company's gateway.
  private mutating func writeTwoKeysBehindGateway() {
    let start = chance.start(toHour: 20)
    for name in ["warehouse", "invoices"] {
      let thief = thief(name, from: Self.gateway)
      log.label = events.attack(
        "key theft behind one gateway",
        by: actors(thief),
        Self.discovery
      )
      let own = start.plus(seconds: chance.integer(in: 0...120))
      let time = enumerate(by: [thief], from: own, pauses: 8...30)
      persist(by: thief, from: time.plus(seconds: 100), pause: 50)
    }
  }

  /// The infrastructure's role makes in other regions what is in the first.
  private mutating func writeRollout() {
    log.label = events.decoy("region rollout")
    var time = chance.start(toHour: 19)
    for region in ["eu-central-1", "eu-west-1", "us-west-2", "ap-southeast-2", "sa-east-1"] {
      for name in [
        "CreateVpc", "CreateSubnet", "CreateSecurityGroup", "RunInstances", "DescribeInstances",
        "DescribeVpcs", "CreateTags",
      ] {
        var call = CloudCall("ec2", name).with { $0.region = region }
        if name == "RunInstances", chance.happens(percent: 30) { call = call.denied }
        log.add(call, by: CloudOperations.infrastructure, at: time)
        time = time.plus(seconds: chance.integer(in: 3...20))
      }
    }
  }

  /// A new job reads a bucket.
  private mutating func writeBatchJob() {
    log.label = events.decoy("batch job")
    let job = CloudCaller.role(
      "nightly-report",
      session: "i-0example77aa88bb",
      address: "192.0.2.47",
      agent: "aws-sdk-java/2.24.5 Linux/6.1.79"
    )
    var time = chance.start(toHour: 19)
    for index in 0..<240 {
      let key = "export/orders-\(padded(String(index), to: 4, with: "0")).csv.gz"
      let bytes = chance.integer(in: 1_000_000...60_000_000)
      log.add(
        CloudCall.object(key, in: "example-customers", bytes: bytes).with {
          $0.endpoint = CloudOperations.endpoint
        },
        by: job,
        at: time
      )
      time = time.plus(seconds: chance.integer(in: 4...14))
    }
  }

  /// A person asks for what she may not see.
  private mutating func writeMissingRights() {
    log.label = events.decoy("missing rights")
    let caller = person(chance.pick(People.staff))
    var time = chance.start(toHour: 20)
    log.add(CloudCall("sts", "GetCallerIdentity"), by: caller, at: time)
    for name in ["ListUsers", "ListRoles", "GetUser", "ListPolicies", "GetAccountSummary"] {
      time = time.plus(seconds: chance.integer(in: 10...80))
      log.add(CloudCall("iam", name).denied, by: caller, at: time)
    }
  }

  /// A person makes a new key for herself and retires the old one.
  private mutating func writeRotation() {
    log.label = events.decoy("key rotation")
    let start = chance.start(toHour: 20)
    let old = CloudCaller.user("anna", key: key(), address: Self.gateway, agent: Self.tool)
    let new = CloudCaller.user("anna", key: key(), address: Self.gateway, agent: Self.tool)
    let name: JSONText = ["userName": "anna"]
    log.add(CloudCall("sts", "GetCallerIdentity"), by: old, at: start)
    let create = CloudCall("iam", "CreateAccessKey").with { $0.parameters = name }
    log.add(create, by: old, at: start.plus(seconds: 40))
    log.add(CloudCall("sts", "GetCallerIdentity"), by: new, at: start.plus(seconds: 90))
    let delete = CloudCall("iam", "DeleteAccessKey").with {
      $0.parameters = name.adding(["accessKeyId": .string(old.accessKey)])
    }
    log.add(delete, by: new, at: start.plus(seconds: 160))
  }
}
