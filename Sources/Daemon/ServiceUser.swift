internal import Platform
internal import Systemd

/// The user as whom the installed unit runs the service.
struct ServiceUser {
  /// Its name.
  let name: String
  /// Its numbers; nil where systemd makes them up at each start (DynamicUser=).
  let identity: Identity?

  /// The user of `unit`; throws where the user or a group of it does not exist.
  init(of unit: InstalledUnit) throws(SystemError) {
    name = unit.user
    guard !unit.hasDynamicUser else {
      identity = nil
      return
    }
    let user = try Users.userID(name)
    let group: UInt32
    if let named = unit.group {
      group = try Users.groupID(named)
    } else {
      group = try Users.primaryGroup(of: name) ?? user
    }
    var groups = Users.groups(of: name, first: group)
    for name in unit.supplementaryGroups { groups.append(try Users.groupID(name)) }
    identity = Identity(user: user, group: group, groups: groups)
  }
}
