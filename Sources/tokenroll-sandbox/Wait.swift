/// A client that waits for something to have happened.
struct Wait: Sendable {
  /// What it waits for: at least so many.
  enum Condition: Sendable {
    case rolls(Int, token: String?)
    case received(Int, History.Filter)
    case answered(Int, History.Filter)
  }

  let id: Int
  let condition: Condition
  let exchange: Exchange

  /// How many there are, and whether that is enough.
  static func progress(_ condition: Condition, in state: borrowing Service.State) -> (count: Int, isMet: Bool)
  {
    let (count, wanted) =
      switch condition {
      case .rolls(let wanted, let token):
        (token.map { state.api.directory.rolls(ofToken: $0) } ?? state.api.directory.rolls, wanted)
      case .received(let wanted, let filter): (state.history.totals(filter).received, wanted)
      case .answered(let wanted, let filter): (state.history.totals(filter).answered, wanted)
      }
    return (count, count >= wanted)
  }
}
