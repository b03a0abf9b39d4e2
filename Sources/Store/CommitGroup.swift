internal import Dispatch
public import Platform

/// Changes of the state that become durable together: one COMMIT, and one wait for the disk, for all that are asked for within one
/// turn of the rotation queue.
///
/// One that fails is taken back by itself. Nobody hears of a success before the COMMIT has succeeded; where that fails, all have
/// failed, each as it would have failed alone.
@RotationActor public final class CommitGroup {
  private struct Member {
    let change: () throws(StoreError) -> Void
    let end: (StoreError?) -> Void
  }

  private let store: RollStore
  private var members: [Member] = []

  /// A group of changes of `store`.
  public init(_ store: RollStore) { self.store = store }

  /// Carries `change` out on the store, and returns once it is durable.
  ///
  /// `then` takes what it returned over in the instant of the commit, so that nothing comes between the two. Whatever the caller
  /// knows may have changed before `change` is called, as at any suspension.
  public func commit<Value>(
    _ change: @escaping @RotationActor (RollStore) throws(StoreError) -> Value,
    then: @escaping @RotationActor (Value) -> Void = { _ in }
  ) async throws(StoreError) {
    var value: Value?
    let failure = await withCheckedContinuation { (waiter: CheckedContinuation<StoreError?, Never>) in
      join(
        Member { [store] () throws(StoreError) in
          value = try change(store)
        } end: { failure in
          if failure == nil, let value { then(value) }
          waiter.resume(returning: failure)
        })
    }
    if let failure { throw failure }
  }

  private func join(_ member: Member) {
    members.append(member)
    guard members.count == 1 else { return }
    // Behind everything that is on the queue already: what that asks for is committed with it.
    RotationActor.shared.queue.async { RotationActor.assumeIsolated { self.commitAll() } }
  }

  private func commitAll() {
    let group = members
    members = []
    let failures = store.database.together(group.map(\.change))
    for (member, failure) in zip(group, failures) { member.end(failure) }
  }
}
