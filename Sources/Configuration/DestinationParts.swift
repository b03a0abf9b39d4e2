/// The members of a destination that `defaults.publish` may have too.
struct DestinationParts {
  var format = Field<Destination.Format>.absent
  var mode = Field<UInt16>.absent
  var owner = Field<String>.absent
  var group = Field<String>.absent
  var allow = Field<Set<Destination.Exception>>.absent
  var keepPrevious = Field<Int>.absent

  /// These parts over `defaults`.
  func over(_ defaults: DestinationParts) -> DestinationParts {
    DestinationParts(
      format: format.or(defaults.format), mode: mode.or(defaults.mode), owner: owner.or(defaults.owner),
      group: group.or(defaults.group), allow: allow.or(defaults.allow),
      keepPrevious: keepPrevious.or(defaults.keepPrevious))
  }
}
