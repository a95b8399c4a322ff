/// The names, addresses and agents of the company in the scenarios.
enum People {
  /// The address that all of the office shares.
  static let office = "198.51.100.7"

  /// Those who log in to machines from the office.
  static let staff = [
    "anna", "ben", "chloe", "dora", "emil", "farah", "goran", "hana", "ines", "jonas", "kofi",
    "lena",
  ]

  /// Those who work from home, each at an address of their own.
  static let remote: [SSHLogin] = firstNames.enumerated().map { index, name in
    let isNewer = index.isMultiple(of: 4)
    let address =
      isNewer ? "2001:db8:1:\(hexadecimal(index + 16, digits: 2))::2" : "198.51.100.\(40 + index)"
    return SSHLogin(user: name, host: "bastion01", address: address)
  }

  /// A person's key.
  static func fingerprint(of user: String) -> String {
    var chance = Chance(seed: 7, stream: "fingerprint of \(user)")
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    return chance.letters(43, of: alphabet)
  }

  /// Browsers of visitors.
  static let browsers = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:123.0) Gecko/20100101 Firefox/123.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
      + "Version/17.3 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
      + "Gecko) Version/17.3 Mobile/15E148 Safari/604.1",
  ]

  private static let firstNames = [
    "ada", "aldo", "amir", "asta", "bela", "bruno", "carla", "cem", "dana", "diego", "edith",
    "elif", "enzo", "eva", "felix", "fiona", "gina", "gustav", "heidi", "hugo", "ida", "ilja",
    "iris", "ivan", "jana", "jens", "jola", "karim", "karla", "klaus", "lara", "leon", "lisa",
    "ludo", "maja", "marco", "mila", "milan", "nadia", "nico", "nina", "noor", "ole", "olga",
    "omar", "petra", "quinn", "rana", "remy", "rosa", "sami", "sara", "selma", "sofia", "timo",
    "tove", "umar", "vera", "willi", "yara", "zoe", "zora",
  ]
}
