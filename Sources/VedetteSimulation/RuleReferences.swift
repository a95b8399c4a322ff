/// The rules that the scenarios expect to be part of an incident.
extension RuleReference {
  static let sshBruteForce = RuleReference(
    id: "96d672b3-6e4c-4f35-9160-25afbedd4a5f",
    title: "SSH brute force"
  )
  static let sshBruteForceSuccess = RuleReference(
    id: "74852467-f206-4048-a6b2-13e023374865",
    title: "SSH login after brute force"
  )
  static let downloadAndRun = RuleReference(
    id: "628e3f70-ede6-4738-853a-c41b41565dfb",
    title: "Download piped into a shell"
  )
  static let userMadeAdministrator = RuleReference(
    id: "9e3552f3-d475-4fde-8305-49ea49b980c6",
    title: "User put into an administrators' group"
  )
  static let logsRemoved = RuleReference(
    id: "c773dc6c-63f7-42e2-a263-42f9afd50b30",
    title: "Logs or shell history removed"
  )
  static let contentDiscovery = RuleReference(
    id: "1d783314-a03c-4432-a437-753daa8d20da",
    title: "Search for hidden pages"
  )
  static let webLoginBruteForce = RuleReference(
    id: "cfb53792-0e51-4edb-a130-83e25831bdd6",
    title: "Web login brute force"
  )
  static let webShellUploaded = RuleReference(
    id: "250050f5-f379-426b-b8cc-4419df7e6daf",
    title: "Upload followed by a script run from the upload folder"
  )
  static let commandParameter = RuleReference(
    id: "801b0a95-e873-48c4-a31a-d9d0076dc90d",
    title: "Command in a request parameter"
  )
  static let cloudTrailStopped = RuleReference(
    id: "16b6c64b-331c-42f0-ba7d-1a115c73bb0b",
    title: "CloudTrail stopped or deleted"
  )
  static let stolenKey = RuleReference(
    id: "f89e7bf5-10e3-425c-bffa-6409b407a4e8",
    title: "AWS key tried out by somebody else"
  )
  static let accessKeyForOther = RuleReference(
    id: "ef45ec40-2956-4484-80cf-7138b4c59bcb",
    title: "Access key made for another user"
  )
  static let administratorPolicy = RuleReference(
    id: "14a7ac58-4d32-40f1-88bd-979d13cc045f",
    title: "Administrator policy attached"
  )
  static let modelProbingThenUse = RuleReference(
    id: "becdb976-f5b2-428a-a91c-ad84c43c20cc",
    title: "Key probed, then used"
  )
  static let modelEnumerationThenUse = RuleReference(
    id: "746af9df-924d-4cfd-8d9b-0163ab1f1bb2",
    title: "Models explored, then used"
  )
  static let invocationLoggingRemoved = RuleReference(
    id: "557be005-0b69-4380-b2e3-696022f4eb94",
    title: "Model invocation logging removed"
  )
  static let logprobsHarvest = RuleReference(
    id: "9dd809c2-49da-45aa-bdd1-ac7f7a044d2b",
    title: "Token probabilities harvested"
  )
  static let promptSweep = RuleReference(
    id: "977d1896-046b-4012-ac9d-76dd39b8bf46",
    title: "Model swept with near-unique prompts"
  )
  static let outputHarvest = RuleReference(
    id: "7eccf440-a69d-40aa-80d1-5336d5056154",
    title: "Model output harvested"
  )
  static let allShardsFromBucket = RuleReference(
    id: "85116d7e-2935-4e05-82ae-8e1292073624",
    title: "All shards of a model read from a bucket"
  )
  static let weightsByVolume = RuleReference(
    id: "7a93a5e9-e1d9-4910-b723-5f04012d0f58",
    title: "Weights read from a bucket by volume"
  )
  static let allShardsFromMirror = RuleReference(
    id: "b9b2d8e5-c9c1-47e6-982b-56376cd8b7d2",
    title: "All shards of a model taken from a mirror"
  )
}
