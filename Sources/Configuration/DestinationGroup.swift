/// Destinations that are replaced at once: a file by itself, or the files of a directory behind a link.
public struct DestinationGroup: Sendable, Hashable {
  /// At least one; all have the same rights, and the same link where there is one.
  public let destinations: [Destination]

  /// The first of them, which says what they have in common.
  public var first: Destination { destinations[0] }

  /// The link through which they are read; nil where it is a file by itself.
  public var link: String? { first.link }

  /// Whether one of them gets the secret encrypted.
  public var needsEncryption: Bool { destinations.contains { $0.format == .credential } }
}

extension Entry {
  /// What is replaced at once, in the order of `publish`; the files of a directory are neighbours there.
  public var groups: [DestinationGroup] {
    guard publish.count > 1 else { return publish.isEmpty ? [] : [DestinationGroup(destinations: publish)] }
    var groups: [[Destination]] = []
    for destination in publish {
      if let link = destination.link, groups.last?[0].link == link {
        groups[groups.count - 1].append(destination)
      } else {
        groups.append([destination])
      }
    }
    return groups.map(DestinationGroup.init)
  }
}
