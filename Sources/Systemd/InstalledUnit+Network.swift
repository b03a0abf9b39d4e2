// What keeps the service from the network (systemd.exec(5), systemd.resource-control(5)).
extension InstalledUnit {
  /// A setting that stands in the way, with the line of a drop-in that takes it out of it.
  public struct Obstacle: Sendable, Hashable {
    /// Where the setting stands.
    public var place: String
    /// The setting itself.
    public var setting: String
    /// What belongs into a drop-in.
    public var cure: String

    init(_ assignment: UnitAssignment, cure: String) {
      place = assignment.place
      setting = "\(assignment.key)=\(assignment.value)"
      self.cure = cure
    }
  }

  /// What stands in the way of connections to hosts that no setting names.
  public var networkObstacles: [Obstacle] {
    var obstacles: [Obstacle] = []
    if isOn("PrivateNetwork"), let setting = setting("PrivateNetwork") {
      obstacles.append(Obstacle(setting, cure: "PrivateNetwork=no"))
    }
    if let setting = forbiddingFamilies {
      obstacles.append(Obstacle(setting, cure: "RestrictAddressFamilies=AF_INET AF_INET6"))
    }
    let denied = words("IPAddressDeny").first { Self.everything.contains($0.word) }
    if let denied, words("IPAddressAllow").isEmpty {
      obstacles.append(Obstacle(denied.assignment, cure: "IPAddressAllow=any"))
    }
    return obstacles
  }

  private static let everything: Set<String> = ["any", "0.0.0.0/0", "::/0"]

  /// The setting that leaves neither IPv4 nor IPv6.
  private var forbiddingFamilies: UnitAssignment? {
    var allowed: Set<String>?
    for assignment in settings("RestrictAddressFamilies") {
      let names = Set(assignment.value.drop { $0 == "~" }.split(separator: " ").map(String.init))
      if assignment.value == "none" {
        allowed = []
      } else if assignment.value.hasPrefix("~") {
        allowed = (allowed ?? ["AF_INET", "AF_INET6"]).subtracting(names)
      } else {
        allowed = (allowed ?? []).union(names)
      }
    }
    guard let allowed, allowed.isDisjoint(with: ["AF_INET", "AF_INET6"]) else { return nil }
    return setting("RestrictAddressFamilies")
  }
}
