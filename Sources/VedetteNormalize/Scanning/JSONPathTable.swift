// Every path that a reader has seen, as a tree of keys.
//
// The naive way joins the keys of each value to a path and looks that up in a dictionary: an
// allocation and two hashes a value. Here a key is looked up once for each object, in one open hash
// table keyed by (parent, key), and mostly not at all: writers repeat the order of their keys, so
// each node remembers which one followed it last time, and a comparison of the key's first eight
// bytes confirms the guess.
//
// Nodes are learned as keys are seen and bounded by `Limits.jsonPathsMax`. Node 0 is the top.

import CScan
import VedetteEvent

/// The paths that a reader knows.
@safe
struct JSONPathTable: ~Copyable {
  // Safety: `nodes` has room for `capacity` nodes, the first `count` are initialized; `slots` has
  // `slotMask + 1` entries, each -1 or a node below `count`; a node's `key` points to `keyLength`
  // bytes that are freed with the table. Callers index nodes only with numbers got from here.

  /// One key of one object.
  @unsafe
  struct Node {
    /// The first bytes of the key, up to eight, as they lie in memory; zero beyond the key.
    var word: UInt64
    /// The bits of ``word`` that the key covers.
    var mask: UInt64
    /// The number of the object that last had the key: tells a key that comes twice.
    var lastObject: UInt64 = 0
    var key: UnsafeMutablePointer<UInt8>
    var keyLength: Int
    var parent: Int32
    /// The key that came first in the last object here, or -1.
    var firstChild: Int32 = -1
    /// The key that followed this one last time, or -1.
    var next: Int32 = -1
    /// The node for keys that are not known by name, or -1.
    var wildcard: Int32 = -1
    /// The builder's column, or one of the two below zero.
    var slot: Int32
    var capture: Int16
    /// What the values here are.
    var role: ContentRole
    /// What the values of unknown keys below are.
    var roleBelow: ContentRole
    var flags: Flags

    static var slotUnknown: Int32 { -1 }
    static var slotRefused: Int32 { -2 }
    /// The values get no column.
    static var slotNone: Int32 { -3 }
  }

  /// What is special about a node.
  struct Flags: OptionSet {
    let rawValue: UInt8
    /// Element objects are pairs of a name and a value.
    static let pairs = Flags(rawValue: 1)
    /// The node is inside such an object.
    static let insidePair = Flags(rawValue: 2)
    /// The value is a pair's name.
    static let pairName = Flags(rawValue: 4)
    /// The value is a pair's value.
    static let pairValue = Flags(rawValue: 8)
    /// The node stands for keys that are not known by name; the key itself is captured.
    static let wildcard = Flags(rawValue: 16)
  }

  let plan: JSONPlan
  private(set) var nodes: UnsafeMutablePointer<Node>
  private(set) var count = 0
  /// The keys that were not learned for want of room.
  var refusedCount = 0
  private var paths: [String] = []
  private var capacity = 64
  private var slots: UnsafeMutablePointer<Int32>
  private var slotMask: Int
  private let seed: UInt64

  init(plan: JSONPlan) {
    self.plan = plan
    unsafe nodes = .allocate(capacity: capacity)
    slotMask = capacity * 4 - 1
    unsafe slots = .allocate(capacity: slotMask + 1)
    unsafe slots.initialize(repeating: -1, count: slotMask + 1)
    // Chosen keys can't be made to collide; nothing that is put out depends on the seed.
    unsafe seed = UInt64(UInt(bitPattern: nodes)) &* 0x9e37_79b9_7f4a_7c15
    addTop()
    learnPlan()
  }

  deinit {
    for index in 0..<count { unsafe nodes[index].key.deallocate() }
    unsafe nodes.deallocate()
    unsafe slots.deallocate()
  }

  /// The path of a node.
  func path(_ node: Int32) -> String { paths[Int(node)] }

  /// Returns the node of a key, or -1 if the key is not known.
  @inline(__always)
  @unsafe
  func find(_ key: UnsafePointer<UInt8>, length: Int, below parent: Int32) -> Int32 {
    var slot = unsafe Int(truncatingIfNeeded: hash(key, length, parent)) & slotMask
    while true {
      let node = unsafe slots[slot]
      if node < 0 { return -1 }
      let known = unsafe nodes + Int(node)
      if unsafe known.pointee.parent == parent, unsafe known.pointee.keyLength == length,
        unsafe cscan_equal(known.pointee.key, key, UInt64(length)) != 0
      {
        return node
      }
      slot = (slot + 1) & slotMask
    }
  }

  /// Adds a key below a node, or returns -1 if there is no room.
  @inline(never)
  @unsafe
  mutating func learn(_ key: UnsafePointer<UInt8>, length: Int, below parent: Int32) -> Int32 {
    guard count < Limits.jsonPathsMax else {
      refusedCount &+= 1
      return -1
    }
    let bytes = unsafe UnsafeBufferPointer(start: key, count: length)
    let name = unsafe String(decoding: bytes, as: UTF8.self)
    let above = paths[Int(parent)]
    let path = above.isEmpty ? name : above + "." + name
    let owned = UnsafeMutablePointer<UInt8>.allocate(capacity: max(length, 1))
    unsafe owned.update(from: key, count: length)
    var node = unsafe Node(
      word: 0,
      mask: length >= 8 ? .max : (1 &<< UInt64(length * 8)) &- 1,
      key: owned,
      keyLength: length,
      parent: parent,
      slot: Node.slotUnknown,
      capture: Int16(plan.capture(path)),
      role: nodes[Int(parent)].roleBelow,
      roleBelow: nodes[Int(parent)].roleBelow,
      flags: []
    )
    for index in 0..<min(length, 8) {
      unsafe node.word |= UInt64(key[index]) &<< UInt64(index * 8)
    }
    unsafe node.flags = flags(of: path, key: name, below: parent)
    if unsafe node.role == .none, plan.namesContent {
      let isCaptured = unsafe node.capture >= 0
      let roles = plan.roles(path, key: name, isCaptured: isCaptured)
      unsafe node.role = roles.own
      unsafe node.roleBelow = roles.below
    }
    let isUncolumned = unsafe plan.uncolumnedCaptures.contains(Int(node.capture))
    if isUncolumned || plan.uncolumned.contains(path) {
      unsafe node.slot = Node.slotNone
    }
    unsafe append(node, path: path)
    unsafe insert(Int32(count - 1), hash: hash(key, length, parent))
    return Int32(count - 1)
  }

  private func flags(of path: String, key: String, below parent: Int32) -> Flags {
    var flags: Flags = plan.pairLists.contains(path) ? .pairs : []
    let above = unsafe nodes[Int(parent)].flags
    guard !above.isDisjoint(with: [.pairs, .insidePair]) else { return flags }
    flags.insert(.insidePair)
    switch key {
    case "Name", "@Name", "-Name", "_Name": flags.insert(.pairName)
    case "#text", "Value", "@Value", "text", "content", "_": flags.insert(.pairValue)
    default: break
    }
    return flags
  }

  private mutating func addTop() {
    let key = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    unsafe append(
      Node(
        word: 0,
        mask: 0,
        key: key,
        keyLength: 0,
        parent: -1,
        slot: Node.slotRefused,
        capture: -1,
        role: .none,
        roleBelow: .none,
        flags: []
      ),
      path: ""
    )
  }

  @unsafe
  private mutating func append(_ node: Node, path: String) {
    if count == capacity { grow() }
    unsafe (nodes + count).initialize(to: node)
    count += 1
    paths.append(path)
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: nodes, count: count)
    unsafe nodes.deallocate()
    unsafe nodes = larger
    capacity *= 2
    unsafe slots.deallocate()
    slotMask = capacity * 4 - 1
    unsafe slots = .allocate(capacity: slotMask + 1)
    unsafe slots.initialize(repeating: -1, count: slotMask + 1)
    for index in 1..<count {
      let node = unsafe nodes[index]
      guard unsafe !node.flags.contains(.wildcard) else { continue }
      unsafe insert(Int32(index), hash: hash(node.key, node.keyLength, node.parent))
    }
  }

  private mutating func insert(_ node: Int32, hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & slotMask
    while unsafe slots[slot] >= 0 { slot = (slot + 1) & slotMask }
    unsafe slots[slot] = node
  }

  @inline(__always)
  @unsafe
  private func hash(_ key: UnsafePointer<UInt8>, _ length: Int, _ parent: Int32) -> UInt64 {
    var state = seed ^ UInt64(length) ^ UInt64(UInt32(bitPattern: parent)) &<< 32
    let raw = unsafe UnsafeRawPointer(key)
    var index = 0
    while index + 8 <= length {
      state = unsafe fold(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var tail: UInt64 = 0
    while index < length {
      tail = unsafe tail &<< 8 | UInt64(key[index])
      index += 1
    }
    return fold(state ^ tail)
  }

  @inline(__always)
  private func fold(_ word: UInt64) -> UInt64 {
    let (high, low) = word.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return high ^ low
  }
}

// What the plan says of content has to be known before the first record: a key that was never seen
// is content there.
extension JSONPathTable {
  private mutating func learnPlan() {
    for region in plan.regions {
      let node = learn(place: region.place)
      unsafe nodes[Int(node)].role = region.role
      unsafe nodes[Int(node)].roleBelow = region.role
    }
    for place in plan.kept {
      let node = learn(place: place)
      unsafe nodes[Int(node)].role = .none
    }
  }

  private mutating func learn(place: String) -> Int32 {
    var node: Int32 = 0
    for key in place.split(separator: "/") {
      node = key == "*" ? wildcard(below: node) : child(String(key), below: node)
    }
    return node
  }

  private mutating func child(_ key: String, below parent: Int32) -> Int32 {
    var key = key
    return key.withUTF8 { bytes -> Int32 in
      guard let base = bytes.baseAddress else { return parent }
      let known = unsafe find(base, length: bytes.count, below: parent)
      return known >= 0 ? known : unsafe learn(base, length: bytes.count, below: parent)
    }
  }

  /// The node for keys that are not known by name: its path is that of the object around.
  private mutating func wildcard(below parent: Int32) -> Int32 {
    let known = unsafe nodes[Int(parent)].wildcard
    if known >= 0 { return known }
    let path = paths[Int(parent)]
    var node = unsafe nodes[Int(parent)]
    unsafe node.key = .allocate(capacity: 1)
    unsafe node.keyLength = 0
    unsafe node.parent = parent
    unsafe node.firstChild = -1
    unsafe node.next = -1
    unsafe node.wildcard = -1
    unsafe node.slot = Node.slotUnknown
    unsafe node.role = node.roleBelow
    unsafe node.capture = Int16(plan.capture(path + ".*"))
    unsafe node.flags = .wildcard
    unsafe append(node, path: path)
    unsafe nodes[Int(parent)].wildcard = Int32(count - 1)
    return Int32(count - 1)
  }
}
