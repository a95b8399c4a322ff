extension EntityActivity {
  /// What an event changed that others must know.
  struct Change {
    /// The windows that it opened, by width.
    var opened: [WindowWidth] = []
    /// The windows in which a sum has grown past its bound, by width.
    var notable: [WindowWidth] = []
    /// Whether it brought a value that may be news.
    var hasCandidates = false
  }
}
