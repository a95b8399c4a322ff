/// The tables, as the first version made them.
///
/// Names are what people query by, so they stay. Times are nanoseconds since 1970 in UTC
/// (`datetime(last_seen / 1000000000, 'unixepoch')`); lists are JSON arrays (`json_each`); ids are
/// 32 hex digits. A text from a log that holds a NUL byte is stored as a blob, because SQLite's text
/// functions end there.
enum Schema {
  /// Marks a file as ours: "VEDT".
  static let applicationID = 0x5645_4454

  /// What brings a database from each version to the next: the first makes all of version one.
  static let migrations = [
    incidents + findings + entities + activity + progress + state,
    second,
    findingEntities,
    verdicts,
  ]

  /// The latest version known here.
  static var version: Int { migrations.count }

  private static let incidents = """
    CREATE TABLE vedette (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE incident (
      incident_key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      -- written by the pipeline alone
      title TEXT NOT NULL,
      severity TEXT NOT NULL,
      risk INTEGER NOT NULL,
      risk_terms TEXT NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      techniques TEXT NOT NULL,
      tactics TEXT NOT NULL,
      sources TEXT NOT NULL,
      finding_count INTEGER NOT NULL,
      event_count INTEGER NOT NULL,
      narrative TEXT NOT NULL,
      -- written by triage alone
      status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'active', 'closed')),
      classification TEXT CHECK (
        classification IN ('true-positive', 'benign', 'false-positive', 'undetermined')
      ),
      owner TEXT,
      merged_into INTEGER REFERENCES incident (incident_key)
    );
    CREATE INDEX incident_by_risk ON incident (risk DESC, last_seen DESC, id)
      WHERE merged_into IS NULL;
    CREATE INDEX incident_by_time ON incident (last_seen DESC, id) WHERE merged_into IS NULL;
    CREATE INDEX incident_by_status ON incident (status, risk DESC, last_seen DESC, id)
      WHERE merged_into IS NULL;
    CREATE INDEX incident_by_start ON incident (first_seen, id);
    CREATE INDEX incident_by_merge ON incident (merged_into) WHERE merged_into IS NOT NULL;
    CREATE TABLE incident_alias (
      alias TEXT PRIMARY KEY,
      incident_key INTEGER NOT NULL REFERENCES incident (incident_key)
    ) WITHOUT ROWID;
    CREATE INDEX incident_alias_by_incident ON incident_alias (incident_key);
    CREATE TABLE incident_technique (
      technique TEXT NOT NULL,
      incident_key INTEGER NOT NULL REFERENCES incident (incident_key) ON DELETE CASCADE,
      PRIMARY KEY (technique, incident_key)
    ) WITHOUT ROWID;
    CREATE INDEX incident_technique_by_incident ON incident_technique (incident_key);

    """

  private static let findings = """
    CREATE TABLE finding (
      finding_key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      incident_key INTEGER REFERENCES incident (incident_key),
      time INTEGER NOT NULL,
      last_time INTEGER NOT NULL,
      detected_time INTEGER NOT NULL,
      detector TEXT NOT NULL,
      title TEXT NOT NULL,
      rule_id TEXT,
      rule_title TEXT,
      rule_level TEXT,
      rule_path TEXT,
      severity TEXT NOT NULL,
      score INTEGER NOT NULL,
      techniques TEXT NOT NULL,
      tactics TEXT NOT NULL,
      sources TEXT NOT NULL,
      count INTEGER NOT NULL,
      explanation TEXT NOT NULL
    );
    CREATE INDEX finding_by_incident ON finding (incident_key, time, id);
    CREATE INDEX finding_by_rule ON finding (rule_id, incident_key) WHERE rule_id IS NOT NULL;
    CREATE TABLE finding_alias (
      alias TEXT PRIMARY KEY,
      finding_key INTEGER NOT NULL REFERENCES finding (finding_key)
    ) WITHOUT ROWID;
    CREATE INDEX finding_alias_by_finding ON finding_alias (finding_key);
    CREATE TABLE finding_event (
      finding_event_key INTEGER PRIMARY KEY,
      finding_key INTEGER NOT NULL REFERENCES finding (finding_key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      time INTEGER,
      file TEXT NOT NULL,
      line INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      length INTEGER NOT NULL,
      -- of the record as it was read; raw is cut or has content blanked where is_whole is 0
      sha256 BLOB NOT NULL,
      is_whole INTEGER NOT NULL,
      raw BLOB NOT NULL
    );
    CREATE INDEX finding_event_by_finding ON finding_event (finding_key, position);

    """

  private static let entities = """
    CREATE TABLE entity (
      entity_key INTEGER PRIMARY KEY,
      value TEXT NOT NULL,
      type TEXT NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      UNIQUE (value, type)
    );
    CREATE TABLE incident_entity (
      incident_key INTEGER NOT NULL REFERENCES incident (incident_key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      entity_key INTEGER NOT NULL REFERENCES entity (entity_key),
      role TEXT NOT NULL,
      PRIMARY KEY (incident_key, position)
    ) WITHOUT ROWID;
    CREATE INDEX incident_entity_by_entity ON incident_entity (entity_key, incident_key);
    CREATE TABLE finding_entity (
      finding_key INTEGER NOT NULL REFERENCES finding (finding_key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      entity_key INTEGER NOT NULL REFERENCES entity (entity_key),
      role TEXT NOT NULL,
      PRIMARY KEY (finding_key, position)
    ) WITHOUT ROWID;
    CREATE INDEX finding_entity_by_entity ON finding_entity (entity_key, finding_key);

    """

  // An INSERT OR REPLACE deletes without a delete trigger, hence the one before inserting.
  private static let activity = """
    CREATE TABLE activity (
      activity_key INTEGER PRIMARY KEY,
      incident_id TEXT NOT NULL,
      time INTEGER NOT NULL,
      user TEXT NOT NULL,
      action TEXT NOT NULL,
      detail TEXT NOT NULL,
      previous BLOB NOT NULL,
      digest BLOB NOT NULL
    );
    CREATE INDEX activity_by_incident ON activity (incident_id, activity_key);
    CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity
      BEGIN SELECT RAISE (ABORT, 'activity is only ever added to'); END;
    CREATE TRIGGER activity_is_never_deleted BEFORE DELETE ON activity
      BEGIN SELECT RAISE (ABORT, 'activity is only ever added to'); END;
    CREATE TRIGGER activity_is_never_replaced BEFORE INSERT ON activity
      WHEN EXISTS (SELECT 1 FROM activity WHERE activity_key = NEW.activity_key)
      BEGIN SELECT RAISE (ABORT, 'activity is only ever added to'); END;

    """

  private static let progress = """
    CREATE TABLE checkpoint (
      source TEXT NOT NULL,
      part INTEGER NOT NULL,
      device INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      path TEXT NOT NULL,
      fingerprint_length INTEGER NOT NULL,
      fingerprint INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      line INTEGER NOT NULL,
      marker_length INTEGER NOT NULL,
      marker INTEGER NOT NULL,
      is_finished INTEGER NOT NULL,
      PRIMARY KEY (source, part)
    ) WITHOUT ROWID;
    CREATE TABLE source_status (
      source TEXT PRIMARY KEY,
      format TEXT NOT NULL,
      format_reason TEXT NOT NULL,
      problem TEXT,
      records INTEGER NOT NULL,
      events INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      late_events INTEGER NOT NULL,
      first_event INTEGER,
      last_event INTEGER,
      watermark INTEGER,
      last_read INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE dead_letter (
      dead_letter_key INTEGER PRIMARY KEY,
      source TEXT NOT NULL,
      reason TEXT NOT NULL,
      file TEXT NOT NULL,
      line INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      length INTEGER NOT NULL,
      raw BLOB NOT NULL
    );
    CREATE INDEX dead_letter_by_source ON dead_letter (source, dead_letter_key);
    CREATE TABLE dead_letter_count (
      source TEXT NOT NULL,
      reason TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (source, reason)
    ) WITHOUT ROWID;
    CREATE TABLE metric (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;

    """

  private static let state = """
    CREATE TABLE state_version (
      version_key INTEGER PRIMARY KEY,
      detector TEXT NOT NULL UNIQUE,
      rules_digest TEXT NOT NULL,
      config_digest TEXT NOT NULL,
      format_digest TEXT NOT NULL
    );
    CREATE TABLE detector_state (
      detector TEXT NOT NULL,
      shard INTEGER NOT NULL,
      entity TEXT NOT NULL,
      version_key INTEGER NOT NULL REFERENCES state_version (version_key),
      state BLOB NOT NULL,
      PRIMARY KEY (detector, shard, entity)
    );
    CREATE INDEX detector_state_by_version ON detector_state (version_key);

    """
}
