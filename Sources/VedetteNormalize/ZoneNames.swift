/// The zones that are installed, to find the one that was meant.
struct ZoneNames {
  private let names: [String]

  /// Reads the names from the folder's own list.
  ///
  /// - Parameter directory: Where the zone files are.
  init(directory: String) {
    let list = readSmallFile("\(directory)/tzdata.zi", bytesMax: 1 << 20) ?? []
    var found = Set<String>()
    for line in list.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: .space)
      // `Z name offset ..` is a zone, `L target name` another name of one.
      switch words.first.map({ Array($0) }) {
      case [UInt8(ascii: "Z")] where words.count > 1:
        found.insert(String(decoding: words[1], as: UTF8.self))
      case [UInt8(ascii: "L")] where words.count > 2:
        found.insert(String(decoding: words[2], as: UTF8.self))
      default: break
      }
    }
    names = found.sorted()
  }

  /// Returns the name that is most like another, or `nil` if none is near.
  ///
  /// - Parameter name: What was written: a name with a slip, or a city without its continent.
  /// - Returns: The nearest name; of equally near ones the first in order.
  func nearest(to name: String) -> String? {
    let wanted = Self.folded(name)
    guard wanted.count <= 64 else { return nil }
    var best: (distance: Int, name: String)?
    for candidate in names {
      let folded = Self.folded(candidate)
      let city = folded.split(separator: UInt8(ascii: "/")).last.map { Array($0) } ?? folded
      let distance = min(Self.distance(wanted, folded), Self.distance(wanted, city) + 1)
      if distance < best?.distance ?? (wanted.count / 3 + 2) { best = (distance, candidate) }
    }
    return best?.name
  }

  private static func folded(_ name: String) -> [UInt8] {
    name.lowercased().utf8.map { $0 == .space || $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }

  /// The number of letters to change, add or leave out (Levenshtein).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, other) in right.enumerated() {
        let change = diagonal + (letter == other ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(change, diagonal + 1, row[place] + 1)
      }
    }
    return row[right.count]
  }
}
