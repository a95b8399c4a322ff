extension Schema {
  /// What happens to closed incidents: how many findings were counted there since, and which
  /// incidents are shown as part of one because they are the same again.
  static let verdicts = """
    ALTER TABLE incident ADD COLUMN folded_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE incident ADD COLUMN is_folded INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX incident_by_verdict ON incident (classification, last_seen)
      WHERE classification IN ('benign', 'false-positive');

    """
}
