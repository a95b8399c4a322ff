// How well the recent past of a series matches each earlier stretch of it.
//
// For every lag there is a fading sum of squared differences between the series and itself that
// much earlier. A new value updates all of them with one subtraction and one multiplication each, so
// that a search over two thousand earlier stretches costs less than a microsecond: eight lags go
// side by side, and the least is kept in the same pass.

/// The lag that matches best.
struct ShapeMatch: Sendable, Equatable {
  /// Where in the window the value lies that followed the best match.
  var place: Int
  /// The fading sum of squared differences there; infinite if there is no lag yet.
  var distance: Float
}

/// Takes a value into the distances of all lags and finds the least.
///
/// The window holds the values before, the oldest first; the distance at a place belongs to the lag
/// from there to the new value.
///
/// - Parameters:
///   - value: The new value.
///   - window: The values before it.
///   - distances: The distances, one for each place of the window.
///   - first: The first place that holds a value.
///   - matchEnd: The places from here on are too near to be a match.
///   - keep: What is left of a distance at the next value.
/// - Returns: The best match before `matchEnd`, the latest among equals of a lane.
func updateShapeDistances(
  _ value: Float,
  window: Span<Float>,
  distances: inout MutableSpan<Float>,
  first: Int,
  matchEnd: Int,
  keep: Float
) -> ShapeMatch {
  precondition(window.count == distances.count)
  precondition(0 <= first && first <= window.count && matchEnd <= window.count)
  var best = ShapeMatch(place: -1, distance: .infinity)
  var place = first
  while place < matchEnd, place % 8 != 0 {
    let distance = updated(value, window, &distances, place, keep)
    if distance <= best.distance { best = ShapeMatch(place: place, distance: distance) }
    place += 1
  }
  let whole = place + max(0, (matchEnd - place) / 8 * 8)
  let match = updateWholeLanes(value, window, &distances, place..<whole, keep)
  if match.distance <= best.distance { best = match }
  place = whole
  while place < window.count {
    let distance = updated(value, window, &distances, place, keep)
    if place < matchEnd, distance <= best.distance {
      best = ShapeMatch(place: place, distance: distance)
    }
    place += 1
  }
  return best
}

@inline(__always)
private func updated(
  _ value: Float,
  _ window: Span<Float>,
  _ distances: inout MutableSpan<Float>,
  _ place: Int,
  _ keep: Float
) -> Float {
  let difference = value - window[place]
  let distance = keep * distances[place] + difference * difference
  distances[place] = distance
  return distance
}

private func updateWholeLanes(
  _ value: Float,
  _ window: Span<Float>,
  _ distances: inout MutableSpan<Float>,
  _ places: Range<Int>,
  _ keep: Float
) -> ShapeMatch {
  var least = SIMD8<Float>(repeating: .infinity)
  var found = SIMD8<Int32>(repeating: -1)
  // Safety: the range ends before the end of the window, which is as long as the distances; its
  // length is a multiple of eight, so every group of eight lies inside both.
  unsafe window.withUnsafeBytes { window in
    unsafe distances.withUnsafeMutableBytes { distances in
      for place in stride(from: places.lowerBound, to: places.upperBound, by: 8) {
        let offset = place &* 4
        let then = unsafe window.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        let before = unsafe distances.loadUnaligned(
          fromByteOffset: offset,
          as: SIMD8<Float>.self
        )
        let difference = value - then
        let distance = keep * before + difference * difference
        unsafe distances.storeBytes(of: distance, toByteOffset: offset, as: SIMD8<Float>.self)
        let isNearer = distance .<= least
        least.replace(with: distance, where: isNearer)
        found.replace(with: SIMD8(repeating: Int32(truncatingIfNeeded: place)), where: isNearer)
      }
    }
  }
  var best = ShapeMatch(place: -1, distance: .infinity)
  for lane in 0..<8 where found[lane] >= 0 {
    let place = Int(found[lane]) + lane
    if least[lane] < best.distance || (least[lane] == best.distance && place > best.place) {
      best = ShapeMatch(place: place, distance: least[lane])
    }
  }
  return best
}
