import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Listing a large database")
struct ListingTests {
  @Test("a page of a hundred thousand incidents takes under a tenth of a second")
  func listsQuickly() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.commit(Example.batch(1))
    try store.execute(Self.generation)

    var queries: [(String, IncidentQuery)] = []
    func add(_ name: String, _ change: (inout IncidentQuery) -> Void) {
      var query = IncidentQuery()
      query.limit = 50
      change(&query)
      queries.append((name, query))
    }
    add("by risk") { _ in }
    add("by time") { $0.order = .time }
    add("new, at least high") {
      $0.statuses = [.new]
      $0.minSeverity = .high
    }
    add("one technique") { $0.technique = "T1110" }
    add("one entity") { $0.entity = "ip:10.0.0.7" }
    add("one rule") { $0.rule = "rule-7" }
    add("the last hour") { $0.since = Example.time(99_990) }
    for (name, query) in queries {
      var best = Duration.seconds(10)
      for _ in 0..<3 {
        best = min(best, try ContinuousClock().measure { _ = try store.incidents(query) })
      }
      let count = try store.incidentCount(query)
      print("listing 50 of \(count) of 100,001 incidents, \(name): \(best)")
      #expect(best < .milliseconds(100), "\(name)")
      #expect(count > 0)
    }
  }

  /// Incidents, findings and entities in the shapes that the writers make, many at once.
  private static let generation = """
    BEGIN;
    CREATE TEMP TABLE number AS
      WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < 100001)
      SELECT n FROM n;
    INSERT INTO incident (incident_key, id, title, severity, risk, risk_terms, first_seen,
      last_seen, techniques, tactics, sources, finding_count, event_count, narrative, status)
    SELECT n, printf('%08x%024x', n * 2654435761 % 4294967296, n), title,
      CASE WHEN risk < 20 THEN 'informational' WHEN risk < 40 THEN 'low'
        WHEN risk < 65 THEN 'medium' WHEN risk < 85 THEN 'high' ELSE 'critical' END,
      risk, risk_terms, first_seen + n * 1000000000, last_seen + n * 1000000000, techniques,
      tactics, sources, 1, event_count, narrative,
      CASE n % 10 WHEN 0 THEN 'new' WHEN 1 THEN 'active' ELSE 'closed' END
    FROM (SELECT n, n * 7 % 101 AS risk, title, risk_terms, first_seen, last_seen, techniques,
      tactics, sources, event_count, narrative FROM number JOIN incident ON incident_key = 1);
    INSERT INTO incident_technique SELECT 'T1110.001', n FROM number WHERE n % 100 = 0;
    INSERT INTO entity (entity_key, value, type, first_seen, last_seen)
      SELECT n + 10, '10.0.' || (n / 256) || '.' || (n % 256), 'ip', 0, 0 FROM number
      WHERE n < 4096;
    INSERT INTO incident_entity SELECT n, 0, n % 4094 + 12, 'actor' FROM number;
    INSERT INTO finding (incident_key, id, time, last_time, detected_time, detector, title, rule_id,
      severity, score, techniques, tactics, sources, count, explanation)
    SELECT n, printf('%08x%024x', n * 2654435761 % 4294967296, n), n, n, n, 'rule', 'x',
      'rule-' || (n % 500), 'high', 60, '[]', '[]', '[]', 1, '{}' FROM number;
    COMMIT;
    """
}
