/// A token that was deleted.
public struct DeletedToken: Sendable, Equatable {
  /// Its identifier, as it was asked for.
  public var id: String

  /// The token with the identifier `id`, deleted.
  public init(id: String) { self.id = id }
}
