// The service's user and what it may do (systemd.exec(5)).
extension InstalledUnit {
  /// `User=`; root where there is none.
  public var user: String { setting("User")?.value ?? "root" }
  /// `Group=`; nil for the user's own.
  public var group: String? { setting("Group")?.value }
  /// `SupplementaryGroups=`.
  public var supplementaryGroups: [String] { words("SupplementaryGroups").map(\.word) }
  /// Whether the user exists only while the service runs.
  public var hasDynamicUser: Bool { isOn("DynamicUser") }
  /// Whether users and groups other than the service's own are hidden from it.
  public var hasPrivateUsers: Bool {
    // With "identity" users and groups keep their numbers (systemd 257).
    isOn("PrivateUsers", otherwise: setting("PrivateUsers")?.value == "self")
  }

  /// Whether the service may get hold of the capability `name`, as `CAP_CHOWN`, at all.
  public func isBounded(to name: String) -> Bool { has(name, in: "CapabilityBoundingSet", initially: true) }

  /// Whether the service has the capability `name` from its start, being another user than root.
  public func isAmbient(_ name: String) -> Bool { has(name, in: "AmbientCapabilities", initially: false) }

  private func has(_ name: String, in key: String, initially: Bool) -> Bool {
    // Whether the set is still the one without any setting: the first list replaces it, later ones are added.
    var (isMember, isUntouched) = (initially, true)
    for assignment in assignments where assignment.section == "Service" && assignment.key == key {
      let isInverse = assignment.value.hasPrefix("~")
      let names = assignment.value.drop { $0 == "~" }.split(separator: " ")
      let isNamed = names.contains { $0.uppercased() == name }
      if names.isEmpty {
        isMember = isInverse
      } else if isUntouched {
        isMember = isNamed != isInverse
      } else if isNamed {
        isMember = !isInverse
      }
      isUntouched = names.isEmpty && !isInverse
    }
    return isMember
  }

  /// The groups of system calls that fchown(2) is in (`systemd-analyze syscall-filter`).
  private static let callGroups: Set<String> = [
    "fchown", "@chown", "@privileged", "@system-service", "@known",
  ]

  /// Whether the filter of system calls lets the owner of an open file be changed.
  public var allowsChangeOfOwner: Bool {
    var isAllowing: Bool?
    var isMember = false
    for assignment in settings("SystemCallFilter") {
      let isInverse = assignment.value.hasPrefix("~")
      let names = assignment.value.drop { $0 == "~" }.split(separator: " ").map { name in
        name.prefix { $0 != ":" }
      }
      // The first line says whether the list is of what is allowed or of what is not.
      let allows = isAllowing ?? !isInverse
      if isAllowing == nil { isMember = false }
      isAllowing = allows
      if names.contains(where: { Self.callGroups.contains(String($0)) }) { isMember = isInverse != allows }
    }
    return isAllowing.map { $0 == isMember } ?? true
  }
}
