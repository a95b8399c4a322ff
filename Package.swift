// swift-tools-version: 6.3
import PackageDescription

/// Every target compiles with the strictest settings the toolchain offers.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "vedette",
  products: [],
  dependencies: [],
  targets: [
    // Vocabulary: what happened, many at once, what we think of it.
    .target(name: "VedetteEvent", swiftSettings: strict),
    .target(name: "VedetteStatistics", dependencies: ["VedetteEvent"], swiftSettings: strict),

    // Stages: what happens to the data, in the order it happens.
    .target(name: "VedetteRules", dependencies: ["VedetteEvent"], swiftSettings: strict),

    // Tests.
    .testTarget(
      name: "VedetteEventTests",
      dependencies: ["VedetteEvent"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteStatisticsTests",
      dependencies: ["VedetteStatistics", "VedetteEvent"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteRulesTests",
      dependencies: ["VedetteRules", "VedetteEvent", "VedetteStatistics"],
      swiftSettings: strict
    ),
  ]
)
