internal import Configuration
internal import Core
internal import Glibc
internal import Platform

/// Temporaries that a crash left beside the destinations of the configuration, disabled entries' included, and beside the
/// metrics.
@RotationActor enum Leftovers {
  private struct Place: Hashable {
    let directory: Substring
    let allow: Set<Destination.Exception>
  }

  /// Removes them all, each directory read once; returns what went wrong in directories that are there.
  static func remove(of services: RollServices) -> [SystemError] {
    var names: [Place: [String]] = [:]
    var failures: [SystemError] = []
    for destination in services.configuration.tokens.lazy.flatMap(\.publish) {
      // Where a link leads may be another directory.
      if destination.allow.contains(.symbolicLink) {
        if let failure = remove(destination, others: [], services) { failures.append(failure) }
        continue
      }
      let slash = destination.file.lastIndex(of: "/") ?? destination.file.startIndex
      let place = Place(directory: destination.file[..<slash], allow: destination.allow)
      names[place, default: []].append(String(destination.file[destination.file.index(after: slash)...]))
    }
    for (place, names) in names {
      // A name that cannot be used, as it is a directory, must not keep the others from being cleaned.
      var failure: SystemError?
      for name in names {
        let destination = Destination(file: "\(place.directory)/\(name)", allow: place.allow)
        failure = remove(destination, others: names, services)
        if failure == nil { break }
      }
      if let failure { failures.append(failure) }
    }
    // Those of the metrics hold no secret; what is wrong with their directory shows when they are written.
    if let file = services.configuration.metrics?.file {
      _ = try? AtomicFile.removeLeftovers(MetricsFile.specification(file))
    }
    return failures
  }

  private static func remove(_ destination: Destination, others: [String], _ services: RollServices)
    -> SystemError?
  {
    do throws(SystemError) {
      try AtomicFile.removeLeftovers(try services.publisher.specification(of: destination), others: others)
      return nil
    } catch  where error.code == ENOENT {
      // The proof says which directories are missing.
      return nil
    } catch {
      return error
    }
  }
}
