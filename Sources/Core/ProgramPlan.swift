/// Which programs have to be run, and whose turn it is, as a value: it decides, and performs nothing.
///
/// The programs of one token run one after another, in the order in which they were owed; those of several tokens side
/// by side, up to a bound. A program that failed is kept, and runs again only when it is asked for.
public struct ProgramPlan: Sendable {
  /// The most programs at a time.
  public static let mostAtOnce = 4

  /// A program that is owed.
  public struct Item: Sendable, Hashable {
    /// Where it stands.
    public enum Stage: String, Sendable, CaseIterable {
      case waiting, running, failed
    }

    /// What is owed.
    public fileprivate(set) var debt: ProgramDebt
    /// Where it stands.
    public fileprivate(set) var stage: Stage
    /// Runs in a row that failed.
    public fileprivate(set) var failures: Int
    /// Why the last run failed; nil where none did.
    public fileprivate(set) var trouble: String?
    fileprivate var isUnwanted = false

    /// An item as it was kept over a restart; one that was running waits again.
    public init(debt: ProgramDebt, failures: Int = 0, trouble: String? = nil, isFailed: Bool = false) {
      self.debt = debt
      self.failures = failures
      self.trouble = trouble
      stage = isFailed ? .failed : .waiting
    }
  }

  /// By token, in the order in which they run.
  private var items: [Int64: [Item]] = [:]
  /// The tokens whose turn may have come, the first first.
  private var ready: ArraySlice<Int64> = []
  private var running = 0

  /// A plan in which nothing is owed.
  public init() {}

  /// Takes up what a stop or a crash left.
  public mutating func restore(_ item: Item) {
    items[item.debt.token, default: []].append(item)
    ready.append(item.debt.token)
  }

  /// Takes up a debt, in the place of an earlier one that is not running.
  public mutating func owe(_ debt: ProgramDebt) {
    if let place = place(debt, where: { $0 != .running }) {
      items[debt.token]?[place].debt = debt
      items[debt.token]?[place].stage = .waiting
    } else {
      items[debt.token, default: []].append(Item(debt: debt))
    }
    ready.append(debt.token)
  }

  /// The next program whose turn has come, which counts as begun; nil where there is none, or enough are running.
  public mutating func begin() -> ProgramDebt? {
    while running < Self.mostAtOnce, let token = ready.popFirst() {
      let own = items[token] ?? []
      guard !own.contains(where: { $0.stage == .running }),
        let place = own.firstIndex(where: { $0.stage == .waiting })
      else { continue }
      items[token]?[place].stage = .running
      running += 1
      return own[place].debt
    }
    return nil
  }

  /// The program of `debt` succeeded; returns how many of its runs had failed before.
  @discardableResult
  public mutating func succeed(_ debt: ProgramDebt) -> Int {
    guard let place = end(debt) else { return 0 }
    return remove(debt.token, place).failures
  }

  /// The program of `debt` failed because of `reason`; false where it is not owed any more, or again for a later roll.
  @discardableResult
  public mutating func fail(_ debt: ProgramDebt, _ reason: String) -> Bool {
    guard let place = end(debt) else { return false }
    let isReplaced = self.place(debt, where: { $0 == .waiting }) != nil
    guard !isReplaced, items[debt.token]?[place].isUnwanted == false else {
      remove(debt.token, place)
      return false
    }
    items[debt.token]?[place].stage = .failed
    items[debt.token]?[place].failures += 1
    items[debt.token]?[place].trouble = reason
    return true
  }

  /// Has the programs of a token that failed run again; false where none did.
  public mutating func retry(_ token: Int64) -> Bool {
    let failed = (items[token] ?? []).indices.filter { items[token]?[$0].stage == .failed }
    for place in failed { items[token]?[place].stage = .waiting }
    if !failed.isEmpty { ready.append(token) }
    return !failed.isEmpty
  }

  /// Drops the debts that `isOwed` is not true for; returns those that are not running, which end by themselves.
  public mutating func drop(unless isOwed: (ProgramDebt) -> Bool) -> [ProgramDebt] {
    var dropped: [ProgramDebt] = []
    for (token, own) in items {
      var kept: [Item] = []
      for var item in own {
        if isOwed(item.debt) {
          kept.append(item)
        } else if item.stage == .running {
          item.isUnwanted = true
          kept.append(item)
        } else {
          dropped.append(item.debt)
        }
      }
      items[token] = kept.isEmpty ? nil : kept
    }
    return dropped
  }

  /// Where the programs of a token stand that are owed, in their order.
  public func items(of token: Int64) -> [Item] { items[token] ?? [] }

  /// How many programs failed and were not run with success since.
  public var failing: Int { items.values.reduce(0) { $0 + $1.count { $0.failures > 0 } } }

  /// Whether a program waits or runs.
  public var isBusy: Bool { items.values.contains { $0.contains { $0.stage != .failed } } }

  private func place(_ debt: ProgramDebt, where isWanted: (Item.Stage) -> Bool) -> Int? {
    items[debt.token]?.firstIndex { $0.debt.isSamePlace(as: debt) && isWanted($0.stage) }
  }

  private mutating func end(_ debt: ProgramDebt) -> Int? {
    guard let place = place(debt, where: { $0 == .running }) else { return nil }
    running -= 1
    ready.append(debt.token)
    return place
  }

  @discardableResult private mutating func remove(_ token: Int64, _ place: Int) -> Item {
    var own = items[token] ?? []
    let item = own.remove(at: place)
    items[token] = own.isEmpty ? nil : own
    return item
  }
}
