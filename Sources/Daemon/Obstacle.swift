internal import Platform

/// What keeps an entry from being rolled as things stand, and what to do about it.
struct Obstacle: Hashable {
  /// A clause that names the cause.
  var reason: String
  /// What an operator does about it, before another attempt.
  var cure: String
  /// Whether it may be in the way of other entries too, which are tried again together.
  var isShared = false
}

extension Obstacle {
  init(_ error: SystemError, cure: String, isShared: Bool = false) {
    self.init(reason: error.description, cure: cure, isShared: isShared)
  }
}
