import VedetteEvent

/// What to do next, by what the attacker is at and what is at stake.
enum Advice {
  /// Returns a sentence or two, or nothing if neither tactics nor entities tell.
  static func text(tactics: [String], entities: [Entity]) -> String {
    // The furthest tactic matters most: what it asks for can't wait for the ones before it.
    let furthest = order.last { tactics.contains($0.tactic) }
    var sentences: [String] = []
    if let furthest { sentences.append(furthest.advice) }
    if entities.contains(where: { $0.type == .accessKey || $0.type == .apiKey }) {
      sentences.append("If nobody owns up to it, revoke the key.")
    }
    return sentences.joined(separator: " ")
  }

  /// Tactics of ATT&CK and ATLAS in the order of an attack.
  private static let order: [(tactic: String, advice: String)] = [
    ("reconnaissance", "Check what answered, and block the source if nobody knows it."),
    ("resource-development", "Check who made the resource and what for."),
    ("initial-access", "Check whether the access succeeded and what was done with it."),
    ("ai-model-access", "Check who uses this model access and whether it is meant for that."),
    ("ml-model-access", "Check who uses this model access and whether it is meant for that."),
    ("discovery", "Check what was learned, and watch the same actor for what follows."),
    ("credential-access", "Check whether a login succeeded afterwards, and change what was tried."),
    ("execution", "Look at what was run, by which parent, and isolate the host if it is unknown."),
    ("persistence", "Find what was left behind and remove it before anything else is restored."),
    ("privilege-escalation", "Check which rights were gained and take them back."),
    ("defense-evasion", "Check what was switched off or deleted, and read copies kept elsewhere."),
    ("stealth", "Check what was hidden or deleted, and read copies kept elsewhere."),
    (
      "defense-impairment",
      "Check what was switched off or deleted, and read copies kept elsewhere."
    ),
    ("lateral-movement", "Look at every machine that was reached, and cut the way between them."),
    ("collection", "Find out which data was gathered and where it lies now."),
    ("ml-attack-staging", "Check what was asked of the model, and limit the caller."),
    ("ai-attack-staging", "Check what was asked of the model, and limit the caller."),
    ("command-and-control", "Cut the connection and isolate the host."),
    ("exfiltration", "Stop the transfer, and find out what left."),
    ("impact", "Stop it now: take the actor's access away, then count the damage."),
  ]
}
