public import VedetteColumns
public import VedetteEvent

/// Says who takes part in the events of a batch, and in which role.
///
/// An authenticated identity is the actor. Where there is none (a failed login, a connection that
/// ends before the login, a web request) the address it came from is, and the account tried is the
/// target. Bound to one batch, so that the
/// columns are looked up once.
public struct EntityExtractor {
  /// By field; `nil` where the batch has no such column.
  private let columns: [Column?]

  private enum Field: Int, CaseIterable {
    case address
    case user
    case targetUser
    case principal
    case host
    case accessKey
    case keyAlias
    case keyHash
    case keyHost
    case keyPrincipal
    case team
    case endUser
    case account
    case model
    case invalidUser
    case unverifiedUser
    case outcome
    case category

    var path: String {
      switch self {
      case .address: "source.ip"
      case .user: "user.name"
      case .targetUser: "user.target.name"
      case .principal: "user.id"
      case .host: "host.name"
      case .accessKey: "cloud.access_key.id"
      case .keyAlias: "ai.api_key.alias"
      case .keyHash: "ai.api_key.hash"
      case .keyHost: "ai.api_key.host"
      case .keyPrincipal: "ai.api_key.principal"
      case .team: "ai.team.id"
      case .endUser: "ai.end_user.id"
      case .account: "cloud.account.id"
      case .model: "gen_ai.request.model"
      case .invalidUser: "user.invalid"
      case .unverifiedUser: "user.unverified"
      case .outcome: "event.outcome"
      case .category: "event.category"
      }
    }
  }

  /// Creates an extractor.
  ///
  /// - Parameter batch: The batch whose rows will be asked for.
  public init(_ batch: EventBatch) {
    columns = Field.allCases.map { batch.column($0.path) }
  }

  /// Whether two rows have the same entities because all that they are made of is the same.
  ///
  /// - Parameters:
  ///   - row: A row.
  ///   - other: Another.
  /// - Returns: Whether they are known to have the same ones.
  public func isSame(_ row: Int, as other: Int) -> Bool {
    columns.allSatisfy { $0?.hasSameValue(row, as: other) ?? true }
  }

  /// Returns a number that rows have in common whose address is the same, or `nil` if a row has none.
  public func addressCode(_ row: Int) -> UInt32? { columns[Field.address.rawValue]?.code(row) }

  /// Returns the entities of an event: actors first, in a fixed order.
  public func entities(_ row: Int) -> [Entity] {
    var found: [Entity] = []
    found.reserveCapacity(4)
    func add(_ field: Field, _ type: EntityType, _ role: EntityRole) {
      guard let value = text(field, row), !value.isEmpty, value != "-" else { return }
      let entity = Entity(type: type, value: value, role: role)
      if !found.contains(entity) { found.append(entity) }
    }
    let isFailedLogin =
      text(.category, row) == "authentication" && text(.outcome, row) == "failure"
    add(.accessKey, .accessKey, .actor)
    add(.keyAlias, .apiKey, .actor)
    if text(.keyAlias, row) == nil { add(.keyHash, .apiKey, .actor) }
    add(.principal, .principal, .actor)
    let isClaimed =
      isFailedLogin || text(.invalidUser, row) == "true" || text(.unverifiedUser, row) == "true"
    add(.user, .user, isClaimed ? .target : .actor)
    add(.endUser, .user, .actor)
    add(.address, .ip, found.contains { $0.role == .actor } ? .source : .actor)
    add(.targetUser, .user, .target)
    add(.host, .host, .target)
    // Which host holds the key and whose it is, where the identities file says so.
    add(.keyHost, .host, .source)
    add(.keyPrincipal, .principal, .source)
    add(.model, .model, .model)
    add(.team, .team, .source)
    add(.account, .tenant, .source)
    return found
  }

  private func text(_ field: Field, _ row: Int) -> String? { columns[field.rawValue]?.text(row) }
}
