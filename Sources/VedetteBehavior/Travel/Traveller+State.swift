import VedetteEvent
import VedetteStatistics

extension Traveller {
  func write(to writer: inout SnapshotWriter) {
    writer.write(key.description)
    writer.write(count: sightings)
    writer.write(count: fast)
    writer.write(byte: latest == nil ? 0 : 1)
    latest?.write(to: &writer)
    writer.write(count: waiting.count)
    for (sighting, entities) in zip(waiting, waitingEntities) {
      sighting.write(to: &writer)
      writer.write(entities)
    }
    writer.write(byte: told == nil ? 0 : 1)
    guard let told else { return }
    told.journey.from.write(to: &writer)
    told.journey.to.write(to: &writer)
    for number in [
      told.journey.sightingsBefore, told.journey.fastBefore, told.points, told.isFinding ? 1 : 0,
      told.count,
    ] {
      writer.write(count: number)
    }
    writer.write(told.entities)
    writer.write(told.least)
    writer.write(told.last)
  }

  init?(from reader: inout SnapshotReader) {
    guard let key = EntityKey(reader.text()) else { return nil }
    self.init(key: key)
    let (sightings, fast) = (reader.variable(), reader.variable())
    var latest: Sighting?
    if reader.byte() == 1 {
      guard let read = Sighting(from: &reader) else { return nil }
      latest = read
    }
    let count = reader.count(elementBytes: 60)
    guard count <= Limits.sightingsWaitingMax else { return nil }
    var waiting: [Sighting] = []
    var entities: [[Entity]] = []
    for _ in 0..<count {
      guard let sighting = Sighting(from: &reader) else { return nil }
      let those = reader.entities()
      guard !reader.hasFailed else {
        return nil
      }
      waiting.append(sighting)
      entities.append(those)
    }
    restore(
      latest: latest,
      sightings: Int(clamping: sightings),
      fast: Int(clamping: fast),
      waiting: waiting,
      entities: entities
    )
    if reader.byte() == 1 {
      guard let told = Told(from: &reader) else { return nil }
      self.told = told
    }
    guard !reader.hasFailed else { return nil }
  }
}

extension Traveller.Told {
  init?(from reader: inout SnapshotReader) {
    guard let from = Sighting(from: &reader), let to = Sighting(from: &reader) else { return nil }
    let numbers = (0..<5).map { _ in Int(clamping: reader.variable()) }
    guard
      let journey = Journey(
        from: from,
        to: to,
        sightingsBefore: numbers[0],
        fastBefore: numbers[1]
      )
    else { return nil }
    let entities = reader.entities()
    guard !reader.hasFailed else { return nil }
    self.init(
      journey: journey,
      entities: entities,
      points: numbers[2],
      least: reader.double(),
      isFinding: numbers[3] == 1,
      count: numbers[4],
      last: reader.int64()
    )
    guard !reader.hasFailed, points <= Journey.pointsMax else { return nil }
  }
}

extension Sighting {
  func write(to writer: inout SnapshotWriter) {
    for number in [place.latitude, place.longitude, place.accuracyKilometres] {
      writer.write(number)
    }
    writer.write(place.country ?? "")
    writer.write(place.name ?? "")
    writer.write(first)
    writer.write(last)
    writer.write(address)
    event.write(to: &writer)
  }

  init?(from reader: inout SnapshotReader) {
    let numbers = (0..<3).map { _ in reader.double() }
    let (country, name) = (reader.text(), reader.text())
    let place = Place(
      latitude: numbers[0],
      longitude: numbers[1],
      accuracyKilometres: numbers[2],
      country: country,
      name: name
    )
    guard let place else { return nil }
    self.place = place
    first = reader.int64()
    last = reader.int64()
    address = reader.text()
    event = WindowEvidence(from: &reader)
    guard !reader.hasFailed, first <= last else { return nil }
  }
}
