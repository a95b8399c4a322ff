import VedetteEvent

extension Scenario {
  /// A stolen key that is tried out, blinds the account's trail and makes itself at home.
  static let cloudKeyTheft = Scenario(
    name: "cloud-key-theft",
    title: "Stolen cloud key with logging disabled",
    isBenign: false,
    content: CloudKeyTheft.attack
  )

  /// A change window in which a pipeline updates trails and a person changes a key.
  static let cloudKeyTheftBenign = Scenario(
    name: "cloud-key-theft-benign",
    title: "A change window and a key rotation",
    isBenign: true,
    content: CloudKeyTheft.ordinary
  )
}

/// Three hours of a cloud account.
enum CloudKeyTheft {
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(11, 0)
  private static let intruder = "203.0.113.45"
  private static let agent = "aws-cli/2.15.10 Python/3.11.8 Linux/6.6.9-amd64 exe/x86_64.kali.2024"
  private static let newKey = "AKIAEXAMPLE2B6FHK9DU"
  private static let trail: JSONText = [
    "name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
  ]

  static func attack(seed: UInt64) -> ScenarioContent {
    var log = background(seed: seed)
    let thief = CloudCaller.user(
      "ci-deploy",
      key: CloudOperations.integration.accessKey,
      address: intruder,
      agent: agent
    )
    let start = EventTime.at(10, 12, 31)
    writeEnumeration(to: &log, by: thief, from: start)
    writeEvasion(to: &log, by: thief, from: .at(10, 23, 2))
    let end = writeCollection(to: &log, seed: seed, from: .at(10, 31, 40))
    let label = AttackLabel(
      attack: "cloud-key-theft-1",
      kind: "cloud key theft with logging disabled",
      first: start,
      last: end.wholeSecond,
      entities: [
        LabelledEntity(type: "access_key", value: thief.accessKey),
        LabelledEntity(type: "access_key", value: newKey),
        LabelledEntity(type: "ip", value: intruder),
        LabelledEntity(type: "user", value: "ci-deploy"),
      ],
      severityMin: "high"
    )
    return ScenarioContent(
      logs: logs(log),
      labels: [label],
      incidents: 1...2,
      rules: [.stolenKey, .cloudTrailStopped, .accessKeyForOther, .administratorPolicy],
      story: """
        The key of ci-deploy is used from \(intruder) at 10:12: it asks who it is, is denied a dozen
        calls, stops and deletes the trail at 10:23, makes a key for backup-admin, gives it every
        right, opens a bucket to the public, and reads it with the new key until about 10:53.
        """
    )
  }

  static func ordinary(seed: UInt64) -> ScenarioContent {
    var log = background(seed: seed)
    writeChangeWindow(to: &log, from: .at(10, 5))
    writeRotation(to: &log, from: .at(10, 21))
    writeReport(to: &log, seed: seed, from: .at(10, 25))
    return ScenarioContent(
      logs: logs(log),
      labels: [],
      incidents: 0...0,
      rules: [],
      story: """
        A pipeline updates the trail without narrowing it, blocks public access to a bucket and
        attaches a policy for reading; it asks who it is again and again and is denied three calls.
        A person makes a new key for herself and retires the old one. A report reads as many objects
        as the thief does.
        """
    )
  }

  private static func background(seed: UInt64) -> CloudTrailLog {
    var log = CloudTrailLog(chance: Chance(seed: seed, stream: "cloudtrail"))
    CloudOperations(first: first, last: last, monitoringMinutes: 5, applicationMinutes: 3)
      .write(to: &log, seed: seed)
    return log
  }

  private static func logs(_ log: CloudTrailLog) -> [ScenarioLog] {
    (8...10).map { hour in
      ScenarioLog(
        path: "cloudtrail-\(padded(String(hour), to: 2, with: "0")).json",
        format: "cloudtrail",
        summary: "CloudTrail from \(hour):00, an object with `Records`",
        bytes: log.recordsFile(from: .at(hour, 0), to: .at(hour + 1, 0))
      )
    }
  }

  private static func writeEnumeration(
    to log: inout CloudTrailLog,
    by thief: CloudCaller,
    from start: EventTime
  ) {
    log.add(CloudCall("sts", "GetCallerIdentity"), by: thief, at: start)
    let tries: [(service: String, name: String)] = [
      ("iam", "ListUsers"), ("iam", "ListRoles"), ("iam", "GetAccountAuthorizationDetails"),
      ("ec2", "DescribeInstances"), ("ec2", "DescribeSnapshots"), ("rds", "DescribeDBInstances"),
      ("secretsmanager", "ListSecrets"), ("ssm", "DescribeParameters"), ("kms", "ListKeys"),
      ("dynamodb", "ListTables"), ("organizations", "DescribeOrganization"), ("ses", "GetAccount"),
    ]
    for (index, attempt) in tries.enumerated() {
      let time = start.plus(seconds: 25 + index * 19)
      log.add(CloudCall(attempt.service, attempt.name).denied, by: thief, at: time)
    }
    let permitted: [(service: String, name: String)] = [
      ("s3", "ListBuckets"), ("cloudtrail", "DescribeTrails"), ("cloudtrail", "GetTrailStatus"),
    ]
    for (index, read) in permitted.enumerated() {
      let time = start.plus(seconds: 300 + index * 33)
      log.add(CloudCall(read.service, read.name), by: thief, at: time)
    }
  }

  private static func writeEvasion(
    to log: inout CloudTrailLog,
    by thief: CloudCaller,
    from start: EventTime
  ) {
    let name: JSONText = ["userName": "backup-admin"]
    let policy = name.adding(["policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"])
    let calls = [
      CloudCall("cloudtrail", "StopLogging").with { $0.parameters = trail },
      CloudCall("cloudtrail", "DeleteTrail").with { $0.parameters = trail },
      CloudCall("iam", "CreateUser").with { $0.parameters = name },
      CloudCall("iam", "CreateAccessKey").with {
        $0.parameters = name
        $0.response = [
          "accessKey": [
            "userName": "backup-admin", "accessKeyId": .string(newKey), "status": "Active",
          ]
        ]
      },
      CloudCall("iam", "AttachUserPolicy").with { $0.parameters = policy },
      CloudCall("s3", "DeleteBucketPublicAccessBlock").with {
        $0.parameters = ["bucketName": "example-customers"]
      },
    ]
    for (index, call) in calls.enumerated() {
      log.add(call, by: thief, at: start.plus(seconds: index * 47))
    }
  }

  /// Writes the reads with the new key and returns the time of the last.
  private static func writeCollection(
    to log: inout CloudTrailLog,
    seed: UInt64,
    from start: EventTime
  ) -> EventTime {
    var chance = Chance(seed: seed, stream: "collection")
    let thief = CloudCaller.user("backup-admin", key: newKey, address: intruder, agent: agent)
    log.add(CloudCall("s3", "ListBuckets"), by: thief, at: start)
    var time = start.plus(seconds: 20)
    for index in 0..<48 {
      let key = "export/customers-\(padded(String(index), to: 4, with: "0")).csv.gz"
      let bytes = chance.integer(in: 1_000_000...60_000_000)
      log.add(.object(key, in: "example-customers", bytes: bytes), by: thief, at: time)
      time = time.plus(seconds: chance.integer(in: 18...34))
    }
    return time
  }

  private static func writeChangeWindow(to log: inout CloudTrailLog, from start: EventTime) {
    let pipeline = CloudOperations.infrastructure
    let kept = trail.adding(["isMultiRegionTrail": true, "includeGlobalServiceEvents": true])
    let calls = [
      CloudCall("sts", "GetCallerIdentity"),
      CloudCall("cloudtrail", "DescribeTrails"),
      CloudCall("cloudtrail", "GetTrailStatus").with { $0.parameters = trail },
      CloudCall("cloudtrail", "UpdateTrail").with { $0.parameters = kept },
      CloudCall("cloudtrail", "PutEventSelectors").with { $0.parameters = trail },
      CloudCall("cloudtrail", "StartLogging").with { $0.parameters = trail },
      CloudCall("iam", "CreateRole").with { $0.parameters = ["roleName": "reporting"] },
      CloudCall("iam", "AttachRolePolicy").with {
        $0.parameters = [
          "roleName": "reporting", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ]
      },
      CloudCall("s3", "PutBucketPublicAccessBlock").with {
        $0.parameters = ["bucketName": "example-customers"]
      },
      CloudCall("organizations", "DescribeOrganization").denied,
      CloudCall("ses", "GetAccount").denied,
      CloudCall("kms", "ListKeys").denied,
      CloudCall("sts", "GetCallerIdentity"),
    ]
    for (index, call) in calls.enumerated() {
      log.add(call, by: pipeline, at: start.plus(seconds: index * 31))
    }
  }

  /// A person makes a new key for herself, tries it, and retires the old one.
  private static func writeRotation(to log: inout CloudTrailLog, from start: EventTime) {
    let agent = "aws-cli/2.15.30 Python/3.11.8 Darwin/23.3.0 exe/x86_64"
    let old = CloudCaller.user(
      "anna",
      key: "AKIAEXAMPLE8W4ZPL6CV",
      address: People.office,
      agent: agent
    )
    let new = CloudCaller.user(
      "anna",
      key: "AKIAEXAMPLE5T9SNX3HB",
      address: People.office,
      agent: agent
    )
    let name: JSONText = ["userName": "anna"]
    log.add(CloudCall("sts", "GetCallerIdentity"), by: old, at: start)
    let create = CloudCall("iam", "CreateAccessKey").with { $0.parameters = name }
    log.add(create, by: old, at: start.plus(seconds: 40))
    log.add(CloudCall("sts", "GetCallerIdentity"), by: new, at: start.plus(seconds: 90))
    for (index, change) in ["UpdateAccessKey", "DeleteAccessKey"].enumerated() {
      let call = CloudCall("iam", change).with {
        $0.parameters = name.adding(["accessKeyId": .string(old.accessKey)])
      }
      log.add(call, by: new, at: start.plus(seconds: 130 + index * 30))
    }
  }

  private static func writeReport(
    to log: inout CloudTrailLog,
    seed: UInt64,
    from start: EventTime
  ) {
    var chance = Chance(seed: seed, stream: "report")
    var time = start
    for index in 0..<60 {
      let key = "export/customers-\(padded(String(index), to: 4, with: "0")).csv.gz"
      let bytes = chance.integer(in: 1_000_000...60_000_000)
      let call = CloudCall.object(key, in: "example-customers", bytes: bytes)
      log.add(
        call.with { $0.endpoint = CloudOperations.endpoint },
        by: CloudOperations.application,
        at: time
      )
      time = time.plus(seconds: chance.integer(in: 16...30))
    }
  }
}
