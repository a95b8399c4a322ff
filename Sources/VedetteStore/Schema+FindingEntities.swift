extension Schema {
  /// Findings keep their entities in a column, a list of key and role: rows of their own were half
  /// of what was written.
  static let findingEntities = """
    ALTER TABLE finding ADD COLUMN entities TEXT NOT NULL DEFAULT '[]';
    UPDATE finding SET entities = (
      SELECT json_group_array(json_array(entity_key, role)) FROM (
        SELECT entity_key, role FROM finding_entity
        WHERE finding_entity.finding_key = finding.finding_key ORDER BY position));
    DROP TABLE finding_entity;

    """
}
