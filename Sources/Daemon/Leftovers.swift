internal import Configuration
internal import Core
internal import Glibc
internal import Platform

/// Temporaries, and directories that were not published, that a crash left beside the destinations of the configuration,
/// disabled entries' included, and beside the metrics.
@RotationActor enum Leftovers {
  private struct Place: Hashable {
    let directory: Substring
    let allow: Set<Destination.Exception>
    /// Whether the names are those of links to directories.
    let hasLinks: Bool
  }

  /// Removes them all, each directory read once; returns what went wrong in directories that are there.
  static func remove(of services: RollServices) -> [SystemError] {
    var failures: [SystemError] = []
    // Neighbours are mostly at the same place, and comparing costs less than hashing.
    var runs: [(place: Place, names: [String])] = []
    for entry in services.configuration.tokens {
      for group in entry.groups {
        let parts = PathParts(group.first.replaced)
        let place = Place(
          directory: parts.directory, allow: group.first.allow, hasLinks: group.first.isBehindLink)
        let name = String(parts.name)
        // Where a link leads may be another directory.
        if place.allow.contains(.symbolicLink) {
          if let failure = remove(name, in: place, others: []) { failures.append(failure) }
        } else if runs.last?.place == place {
          runs[runs.count - 1].names.append(name)
        } else {
          runs.append((place, [name]))
        }
      }
    }
    var names: [Place: [String]] = [:]
    for run in runs { names[run.place, default: []] += run.names }
    for (place, names) in names {
      // A name that cannot be used, as it is a directory, must not keep the others from being cleaned.
      var failure: SystemError?
      for name in names {
        failure = remove(name, in: place, others: names)
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

  private static func remove(_ name: String, in place: Place, others: [String]) -> SystemError? {
    let specification = FileSpecification(
      path: "\(place.directory)/\(name)", allowSymbolicLink: place.allow.contains(.symbolicLink),
      allowWritableByOthers: place.allow.contains(.writableByOthers))
    do throws(SystemError) {
      if place.hasLinks {
        try AtomicDirectory.removeLeftovers(specification, others: others)
      } else {
        try AtomicFile.removeLeftovers(specification, others: others)
      }
      return nil
    } catch  where error.code == ENOENT {
      // The proof says which directories are missing.
      return nil
    } catch {
      return error
    }
  }
}
