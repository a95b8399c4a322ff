/// The named maximum of everything that grows with input.
///
/// Each says what happens beyond it. Whatever is refused, cut or evicted is counted where it
/// happens and shown by `vedette sources` and `vedette metrics`.
public enum Limits {
  /// Bytes of one record; a longer one is cut at a UTF-8 boundary and marked.
  public static let recordBytesMax = 1 << 20
  /// Lines that are one record together, as auditd's of one serial; then a further one begins.
  public static let groupLinesMax = 256
  /// Bytes of lines that are one record together; then a further one begins.
  public static let groupBytesMax = 256 << 10
  /// Audit events that may be interleaved; a further one ends the record.
  public static let groupSerialsMax = 16
  /// Bytes of a file's header, as that of a table; a longer one is not known after a restart.
  public static let headerBytesMax = 64 << 10
  /// Names of a table's columns; further ones are dropped and counted.
  public static let headerNamesMax = 1_024
  /// JSON texts inside JSON texts that are read as what they hold; deeper ones stay text.
  public static let embeddedDepthMax = 4
  /// Bytes of one chunk of records on its way to a parser.
  public static let chunkBytesMax = 1 << 20
  /// Bytes after which a reader ends a chunk, unless a single record is longer.
  public static let chunkBytesTarget = 256 << 10
  /// Rows of one batch.
  public static let batchRowsMax = 8_192
  /// Fields of one event; further ones are dropped and counted.
  public static let fieldsPerEventMax = 512
  /// Columns of one batch; a further field name is dropped and counted.
  public static let columnsPerBatchMax = 4_096
  /// Levels of nesting in a JSON record; a deeper one is a dead letter.
  public static let nestingDepthMax = 64
  /// Distinct paths that one JSON reader learns; a further path is dropped and counted.
  public static let jsonPathsMax = 16_384
  /// Values of one JSON record that are set aside to derive others from; further ones are not.
  public static let jsonCapturesMax = 4_096
  /// Spans of content of one record; further ones are joined to the last, with what lies between.
  public static let contentSpansMax = 4_096
  /// Sources whose columns one normalizer keeps from chunk to chunk; then the stalest are dropped.
  public static let normalizerSourcesMax = 64
  /// Columns that a source's parser keeps from chunk to chunk; with more it starts anew.
  public static let columnsKeptMax = 1_024
  /// Bytes of a dead letter's shape that are kept where its content can't be told apart.
  public static let deadLetterShapeBytesMax = 256
  /// Distinct values of one dictionary; then the column starts another.
  public static let dictionaryEntriesMax = 65_536
  /// Bytes of the values of one dictionary; then the column starts another.
  public static let dictionaryBytesMax = 8 << 20
  /// Bytes of raw evidence kept for one record.
  public static let evidenceBytesMax = 64 << 10
  /// Records kept as evidence of one finding; the count goes on.
  public static let evidenceRecordsMax = 50
  /// Shapes of records that could not be read, of one chunk; further ones are counted by reason only.
  public static let failureShapesMax = 256
  /// Dead letters kept for each source; the count goes on.
  public static let deadLettersKeptMax = 100
  /// Entities named by one finding; further ones are counted only.
  public static let entitiesPerFindingMax = 64
  /// The targets and models of one finding: whom a guesser tried says little after so many.
  public static let targetsPerFindingMax = 24
  /// Bytes of a comment or reason about an incident; a longer one is refused.
  public static let triageTextBytesMax = 16 << 10
  /// Bytes of a user's name; a longer one is refused.
  public static let userNameBytesMax = 256
  /// Entities tracked by one detector; then the stalest is evicted, of the behaviour detector's the
  /// least active.
  public static let entitiesMax = 200_000
  /// Values remembered for one attribute of one entity; further ones are not news.
  public static let valuesPerAttributeMax = 256
  /// Pauses in teaching kept for one entity; then the oldest goes.
  public static let teachingPausesMax = 32
  /// Findings whose last score is kept while several sources may state them; then the oldest go.
  public static let publishedScoresMax = 8_192
  /// Days of scores that the false-alarm budget is worked out from; then the oldest goes.
  public static let calibrationDaysMax = 14
  /// The largest scores kept for one day and kind of detector; smaller ones are only counted.
  public static let calibrationScoresPerDayMax = 64
  /// Scores of windows that are over and not yet counted for the budget; further ones are not.
  public static let calibrationScoresWaitingMax = 65_536
  /// Findings of behaviour beyond the budget that wait for a rule to speak against their entity;
  /// then the oldest go, counted.
  public static let withheldFindingsMax = 256
  /// Slots of 32 bytes of one source for the entities that are not worth more; then those that were
  /// seen least go, counted.
  public static let entitySlotsMax = 1 << 20
  /// Pairs of an entity and a target whose contacts are followed in one source; then those that were
  /// silent longest go, counted.
  public static let contactPairsMax = 8_192
  /// Contacts of one pair that the watermark has not passed; further ones are counted only.
  public static let contactTimesWaitingMax = 512
  /// Bytes of the event that a pair's contacts began with.
  public static let contactEvidenceBytesMax = 4 << 10
  /// Users and keys whose places are followed in one source; then those seen longest ago go, counted.
  public static let travellersMax = 50_000
  /// Minutes and places of one of them that the watermark has not passed; further ones are counted
  /// only.
  public static let sightingsWaitingMax = 128
  /// Values that are remembered for all entities of a source; further ones are not news to it.
  public static let sharedValuesMax = 65_536
  /// Windows an isolation forest is grown from; then the oldest goes.
  public static let forestWindowsMax = 1_024
  /// The event store of a run: the oldest batches go, counted.
  public static let storeBytesMax = 128 << 20
  /// The event store of a replay, which ends with its input and is asked nothing.
  public static let replayStoreBytesMax = 2 << 20
  /// Events kept for one open sequence or sliding window; then the oldest goes.
  public static let windowEventsMax = 4_096
  /// The most events that a correlation can ask for in one window: a rule that asks for more is refused.
  public static let windowThresholdMax = 131_072
  /// The most values of a group that are added up or ranked; then the oldest leave, counted.
  public static let windowValuesMax = 65_536
  /// Groups tracked by one correlation rule; then the stalest is evicted.
  public static let correlationGroupsMax = 50_000
  /// Events in the windows of all correlations and folded rules together; then the groups that were
  /// silent longest go, whole.
  public static let correlationEventsMax = 1 << 20
  /// Bytes of one time zone file; a longer one is not read.
  public static let zoneFileBytesMax = 1 << 20
  /// Bytes of one name in RFC 5424 structured data; beyond it the data stays part of the message.
  public static let structuredNameBytesMax = 64
  /// Bytes before the colon of a syslog tag; beyond it the text is all message.
  public static let syslogTagBytesMax = 128
  /// Records that a format is chosen by; the rest of the file is read as it.
  public static let detectionRecordsMax = 100
  /// Bytes of one rule file; a longer one is rejected.
  public static let ruleBytesMax = 10 << 20
  /// Values of one YAML file, counting what aliases repeat; a file with more is rejected.
  public static let documentNodesMax = 1 << 20
  /// Levels of nesting in a YAML file; a deeper one is rejected.
  public static let documentDepthMax = 64
  /// Levels of folders below one that holds rules; deeper ones are not searched, said aloud.
  public static let ruleFolderDepthMax = 32
  /// Rules of one rule set; further ones are rejected.
  public static let rulesMax = 100_000
  /// Levels of parentheses and `not` in a condition; a rule with more is rejected.
  public static let conditionDepthMax = 64
  /// Names, operators and parentheses of a condition; a rule with more is rejected.
  public static let conditionTokensMax = 10_000
  /// Values of one rule after its modifiers are applied; a rule with more is rejected.
  public static let ruleValuesMax = 100_000
  /// Bytes of one regular expression; a longer one is rejected.
  public static let regexPatternBytesMax = 32 << 10
  /// Groups inside groups of a regular expression; a deeper one is rejected.
  public static let regexNestingMax = 100
  /// Repetitions that `{n,m}` may ask for; a larger count is rejected.
  public static let regexRepeatMax = 10_000
  /// Instructions that a regular expression compiles to; a larger one is rejected.
  public static let regexInstructionsMax = 50_000
  /// Bytes that one matcher keeps of its automaton; then it forgets and starts over.
  public static let regexCacheBytesMax = 1 << 20
  /// Verdicts on numbers that one thread keeps for one field; then all of them go.
  public static let verdictsPerSlotMax = 65_536
  /// Verdicts on values that one thread keeps; then those on values not seen lately go.
  public static let cachedVerdictsMax = 1 << 20
  /// Items in the verdicts and lists of verdicts that one thread keeps; then all of them go.
  public static let verdictItemsMax = 4 << 20
  /// Kinds of events by log source, channel and id that one thread keeps; then all of them go.
  public static let routeSetsMax = 4_096
  /// The same for each regular expression of a rule: there may be hundreds.
  public static let ruleRegexCacheBytesMax = 128 << 10
  /// Bytes that a gzip member may unpack to for each byte it holds, once past a megabyte.
  public static let inflationRatioMax = 1_000
  /// Bytes looked at to tell how a file is cut into records.
  public static let framingPrefixBytesMax = 64 << 10
  /// Levels of folders below a folder that is read; deeper ones are named and left out.
  public static let directoryDepthMax = 64
  /// Files kept open while following; then the one that was quiet longest is closed and reopened
  /// when it grows.
  public static let openFilesMax = 512
  /// Bytes that listeners and the journal may hold until they are taken; then datagrams are dropped
  /// and counted, and connections and the journal wait.
  public static let receivedBytesMax = 32 << 20
  /// Connections of one listener; then the one that was quiet for longest is closed and counted.
  public static let connectionsMax = 1_024
  /// Connections from one address, loopback left out; a further one is refused and counted.
  public static let connectionsPerAddressMax = 256
  /// Digits of the octet count of one message; more are no count.
  public static let octetCountDigitsMax = 7
  /// Bytes kept of what a child process says on its standard error output.
  public static let childErrorBytesMax = 512
  /// Source events kept until the caller takes them; the count goes on.
  public static let sourceEventsKeptMax = 1_024
  /// Notifications that wait to be sent; then the oldest goes, and is counted.
  public static let notificationsKeptMax = 10_000
  /// Exceptions of one configuration; a file with more is refused.
  public static let exceptionsMax = 10_000
  /// Values of one watchlist; a file with more is refused.
  public static let watchlistValuesMax = 1_000_000
  /// Indicators of all threat-intelligence files; files with more are refused.
  public static let indicatorsMax = 2_000_000
  /// Incidents that one transaction of a retention takes away; the next goes on.
  public static let purgedIncidentsMax = 1_000
}
