internal import Configuration
internal import Platform

/// What was made ready to replace a group of destinations.
enum PreparedGroup {
  case file(AtomicFile)
  case directory(AtomicDirectory)

  /// What is to be made ready.
  struct Plan {
    var group: DestinationGroup
    var specification: FileSpecification
    /// The bytes that the files will hardly exceed, by destination.
    var capacities: [Int]
    var narrowIfRefused: Bool
  }

  /// Makes ready what `plan` says.
  init(_ plan: Plan) throws(SystemError) {
    if plan.group.link == nil {
      self = .file(
        try AtomicFile(
          preparing: plan.specification, capacity: plan.capacities[0], narrowIfRefused: plan.narrowIfRefused))
    } else {
      let files = zip(plan.group.destinations, plan.capacities).map { (name: $0.fileName, capacity: $1) }
      self = .directory(
        try AtomicDirectory(
          preparing: plan.specification, files: files, narrowIfRefused: plan.narrowIfRefused))
    }
  }

  /// Replaces the group with `contents`, one for each destination.
  func commit(_ contents: [Secret]) throws(SystemError) -> Publication {
    switch self {
    case .file(let file):
      try contents[0].withBytes { (bytes) throws(SystemError) in try file.commit(bytes) }
    case .directory(let directory):
      try directory.commit(contents)
    }
  }
}

extension DestinationGroup {
  /// Proves that the group, which is to be written as `specification` says, can be published; returns what is worth knowing.
  func prove(_ specification: FileSpecification) throws(SystemError) -> [Publication.Notice] {
    link == nil ? try AtomicFile.prove(specification) : try AtomicDirectory.prove(specification)
  }

  /// As `prove`, without writing anything.
  func examine(_ specification: FileSpecification) throws(SystemError) {
    if link == nil {
      try AtomicFile.examine(specification)
    } else {
      try AtomicDirectory.examine(specification)
    }
  }
}
