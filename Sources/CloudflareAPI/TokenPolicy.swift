/// What a policy of a token allows or denies, and on what.
public struct TokenPolicy: Sendable, Equatable {
  /// False where it denies.
  public var isAllowing: Bool
  /// The names of the permission groups.
  public var permissionGroups: [String]
  /// The resources as the API names them; of a resource within another, the inner one.
  public var resources: [String]
  /// What it comes to.
  public var reach: Reach

  /// What a policy comes to, whatever its identifier and the order of its parts.
  public struct Reach: Sendable, Hashable {
    /// False where it denies.
    public var isAllowing: Bool
    /// The identifiers of the permission groups.
    public var groups: Set<String>
    /// Each resource with what it is within, and with what the API says of it.
    public var resources: Set<String>
  }

  /// A policy of these parts; `groups` are the identifiers of the permission groups, `places` the resources as a whole.
  public init(
    isAllowing: Bool = true, permissionGroups: [String], resources: [String] = [], groups: [String]? = nil,
    places: [String]? = nil
  ) {
    self.isAllowing = isAllowing
    self.permissionGroups = permissionGroups
    self.resources = resources
    reach = Reach(
      isAllowing: isAllowing, groups: Set(groups ?? permissionGroups), resources: Set(places ?? resources))
  }

  /// In words: "DNS Write, Zone Read on 2 zones".
  public var description: String {
    let groups =
      permissionGroups.isEmpty ? "nothing" : permissionGroups.map { printable($0) }.joined(separator: ", ")
    let places = Self.words(resources)
    return (isAllowing ? "" : "not ") + groups + (places.isEmpty ? "" : " on \(places)")
  }

  /// "the account", "all zones", "2 zones", "3 resources".
  private static func words(_ resources: [String]) -> String {
    var counts: [(kind: String, number: Int, isWhole: Bool)] = []
    for resource in resources {
      // The last part is an identifier, or a star; the one before it, or two for an account's own, the kind.
      let parts = resource.split(separator: ".")
      let isWhole = parts.last == "*"
      let kind = parts.dropLast().last.map { printable(String($0), limit: 40) } ?? "resource"
      if let index = counts.firstIndex(where: { $0.kind == kind }) {
        counts[index].number += 1
        counts[index].isWhole = counts[index].isWhole || isWhole
      } else {
        counts.append((kind, 1, isWhole))
      }
    }
    return counts.map { count in
      if count.isWhole { return "all \(count.kind)s" }
      if count.kind == "account", count.number == 1 { return "the account" }
      return count.number == 1 ? "1 \(count.kind)" : "\(count.number) \(count.kind)s"
    }.joined(separator: " and ")
  }
}
