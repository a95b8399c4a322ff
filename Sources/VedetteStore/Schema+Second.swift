extension Schema {
  /// What the second version added: lines of activity whose text can be taken away, findings that
  /// an exception hides, and notifications that wait.
  static let second = redaction + hidden + outbox

  // What is taken away from a line of activity is its text and the salt that was hashed with it;
  // the digest stays, so the chain does, and without the salt nobody can try texts against it.
  private static let redaction = """
    ALTER TABLE activity ADD COLUMN salt BLOB NOT NULL DEFAULT x'';
    ALTER TABLE activity ADD COLUMN purged_by INTEGER;
    DROP TRIGGER activity_is_never_changed;
    CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity
      WHEN NOT (
        OLD.purged_by IS NULL AND NEW.purged_by > OLD.activity_key
        AND NEW.detail = '' AND NEW.salt = x''
        AND NEW.activity_key = OLD.activity_key AND NEW.incident_id = OLD.incident_id
        AND NEW.time = OLD.time AND NEW.user = OLD.user AND NEW.action = OLD.action
        AND NEW.previous = OLD.previous AND NEW.digest = OLD.digest
      )
      BEGIN SELECT RAISE (ABORT, 'activity is only ever added to'); END;
    CREATE INDEX activity_by_purge ON activity (purged_by) WHERE purged_by IS NOT NULL;

    """

  private static let hidden = """
    ALTER TABLE finding ADD COLUMN hidden_by TEXT;
    CREATE INDEX finding_by_exception ON finding (hidden_by) WHERE hidden_by IS NOT NULL;

    """

  private static let outbox = """
    CREATE TABLE notification (
      notification_key INTEGER PRIMARY KEY,
      target TEXT NOT NULL,
      incident_id TEXT NOT NULL,
      reason TEXT NOT NULL,
      made INTEGER NOT NULL,
      body TEXT NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt INTEGER NOT NULL,
      last_error TEXT
    );
    CREATE INDEX notification_by_time ON notification (next_attempt, notification_key);
    CREATE TABLE incident_notified (
      incident_id TEXT NOT NULL,
      target TEXT NOT NULL,
      severity TEXT NOT NULL,
      is_reopened INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (incident_id, target)
    ) WITHOUT ROWID;

    """
}
