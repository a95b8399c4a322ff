// Walking rows down isolation trees.
//
// A tree is a complete binary heap: node 1 is the root, node i has the children 2i and 2i + 1, and
// after `depth` steps the index less 2^depth is the leaf. There is no test for "is this a leaf":
// every row takes every step, because a branch that depends on the row costs more than the steps
// it would save (branches 5.5 us a row of 20 features and 100 trees, this layout about 0.8 us).
// Eight rows walk side by side, so that the loads of one hide behind those of the others. They are
// transposed first: then one pointer finds the values of all eight, and with it everything that a
// step needs stays in registers.

/// One split: a row goes right unless the feature's value is at most the threshold.
///
/// So a value that is not a number goes right.
struct IsolationNode: Sendable, Equatable {
  var threshold: Float
  var feature: Int32
}

/// Transposes consecutive rows in groups of eight, as ``addPathLengths(nodes:leaves:depth:groups:width:sums:)`` reads them.
///
/// - Parameters:
///   - values: The rows, one after the other.
///   - width: The number of values of a row.
///   - rows: Which rows.
///   - groups: Room for the rows, rounded up to a multiple of eight; what is left over stays.
func transposeInGroups(
  _ values: Span<Float>,
  width: Int,
  rows: Range<Int>,
  into groups: inout MutableSpan<Float>
) {
  precondition(groups.count >= (rows.count + 7) / 8 * 8 * width)
  for (place, row) in rows.enumerated() {
    let group = (place & ~7) &* width &+ (place & 7)
    for feature in 0..<width {
      groups[group &+ feature &* 8] = values[row &* width &+ feature]
    }
  }
}

/// Adds the path lengths of rows in one tree to their sums.
///
/// - Parameters:
///   - nodes: The tree's 2^depth nodes; the first is not used.
///   - leaves: The path length at each of the 2^depth leaves.
///   - depth: The number of steps from the root to a leaf.
///   - groups: The rows, transposed in groups of eight.
///   - width: The number of values of a row, above every feature of the nodes.
///   - sums: The sums, one for each row, the rows rounded up to a multiple of eight.
func addPathLengths(
  nodes: Span<IsolationNode>,
  leaves: Span<Float>,
  depth: Int,
  groups: Span<Float>,
  width: Int,
  sums: inout MutableSpan<Float>
) {
  let rowCount = sums.count
  precondition(nodes.count == 1 << depth && leaves.count == 1 << depth)
  precondition(rowCount % 8 == 0 && groups.count >= rowCount * width)
  // Safety: an index starts at 1 and doubles at most `depth` times, so nodes are read below
  // 2^depth and leaves below 2^depth, which the first precondition holds; features are below
  // `width` (the tree's invariant), so values are read inside the groups that the second one holds.
  unsafe nodes.withUnsafeBufferPointer { nodes in
    unsafe leaves.withUnsafeBufferPointer { leaves in
      unsafe groups.withUnsafeBufferPointer { groups in
        guard let nodes = nodes.baseAddress, let leaves = leaves.baseAddress,
          let groups = groups.baseAddress
        else { return }
        let tree = unsafe TreePointers(nodes: nodes, leaves: leaves, depth: depth)
        for row in stride(from: 0, to: rowCount, by: 8) {
          let lengths = unsafe tree.pathLengths(ofGroup: groups + row &* width)
          for lane in 0..<8 { sums[row &+ lane] += lengths[lane] }
        }
      }
    }
  }
}

@unsafe
private struct TreePointers {
  let nodes: UnsafePointer<IsolationNode>
  let leaves: UnsafePointer<Float>
  let depth: Int

  @inline(__always)
  func child(of index: UInt, _ group: UnsafePointer<Float>, _ lane: Int) -> UInt {
    let node = unsafe nodes + Int(bitPattern: index)
    let place = unsafe Int(UInt32(bitPattern: node.pointee.feature)) &* 8 &+ lane
    let goesLeft = unsafe group[place] <= node.pointee.threshold
    return (index &+ index) &+ (goesLeft ? 0 : 1)
  }

  @inline(__always)
  func pathLengths(ofGroup group: UnsafePointer<Float>) -> SIMD8<Float> {
    var (a, b, c, d): (UInt, UInt, UInt, UInt) = (1, 1, 1, 1)
    var (e, f, g, h): (UInt, UInt, UInt, UInt) = (1, 1, 1, 1)
    var step = unsafe depth
    while step > 0 {
      unsafe a = child(of: a, group, 0)
      unsafe b = child(of: b, group, 1)
      unsafe c = child(of: c, group, 2)
      unsafe d = child(of: d, group, 3)
      unsafe e = child(of: e, group, 4)
      unsafe f = child(of: f, group, 5)
      unsafe g = child(of: g, group, 6)
      unsafe h = child(of: h, group, 7)
      step &-= 1
    }
    let first = unsafe leaves - (1 &<< depth)
    return unsafe SIMD8(
      first[Int(a)],
      first[Int(b)],
      first[Int(c)],
      first[Int(d)],
      first[Int(e)],
      first[Int(f)],
      first[Int(g)],
      first[Int(h)]
    )
  }
}
