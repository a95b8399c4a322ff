/// Amounts that vary as those of real traffic do, made of whole numbers only, so that they are the
/// same on every machine.
extension Chance {
  /// A factor in hundredths: mostly near 100, now and then several times that.
  mutating func heavyFactor() -> Int {
    let table = [25, 40, 55, 70, 80, 90, 100, 100, 110, 120, 135, 155, 180, 220, 280, 400]
    return pick(table)
  }

  /// A whole number whose mean is an amount in hundredths.
  mutating func count(ofHundredths amount: Int) -> Int {
    amount / 100 + (integer(in: 1...100) <= amount % 100 ? 1 : 0)
  }

  /// Words, each as likely as the others, with a blank between them.
  mutating func words(_ count: Int, of vocabulary: [String]) -> String {
    var text = ""
    for index in 0..<count {
      if index > 0 { text += " " }
      text += pick(vocabulary)
    }
    return text
  }
}

/// The words that prompts of the corpora are made of.
enum Vocabulary {
  static let instructions = """
    you are an assistant for the following task answer only from what is given keep to the facts \
    write short sentences quote the source name the product use a friendly tone never promise a date \
    if unsure say so list the steps return valid json with these fields classify the message into one \
    of the categories extract every name and amount translate into plain english summarize in three \
    points compare both versions explain each change for a customer of the shop review this function \
    find the bug propose a test rewrite the paragraph without jargon check the contract clause rank \
    the results by relevance rate the risk from one to five describe the picture draft a reply to the \
    ticket plan the next step choose the tool that fits report numbers with units
    """.split(separator: " ").map(String.init)

  static let content = """
    invoice desk delivery lamp warranty march order chair refund address parcel screw colour oak team \
    meeting budget report server deploy error timeout query table index customer account login payment \
    currency tax contract clause notice lease tenant patient record dosage symptom exam student course \
    lesson translation sentence grammar recipe flour butter oven garden soil seed weather storm river \
    bridge engine valve sensor battery charge cable router switch packet firewall backup disk memory \
    thread lock queue parser token graph vector matrix proof theorem sum integral derivative enzyme \
    protein cell virus planet orbit comet market share bond rate inflation trade export harbour ship \
    train ticket platform delay flight hotel booking museum painting sculpture melody chord rhythm
    """.split(separator: " ").map(String.init)
}
