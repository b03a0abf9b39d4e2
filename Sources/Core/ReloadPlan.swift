/// Which units have to be reloaded, and when, as a value: it decides, and performs nothing.
///
/// Times are on the clock that nobody sets (`Clock.bootTime`). What is owed for a unit while it waits is paid by one
/// reload; what comes while a reload runs is owed still, for the unit may have read its secrets before.
public struct ReloadPlan: Sendable {
  /// How long a unit waits for the other entries of a burst.
  public static let gathering = TimeSpan.milliseconds(250)
  /// The least from one reload of a unit to the next. A unit that cannot reload is restarted, and systemd lets none be
  /// started more than five times in ten seconds (systemd.unit(5), StartLimitBurst=).
  public static let spacing = TimeSpan.seconds(3)
  /// The most reloads at a time: each is a connection to the bus, which has room for a few hundred.
  public static let mostAtOnce = 8

  /// Where a unit stands.
  public struct Unit: Sendable {
    /// Its whole name.
    public let name: String
    /// For whom it has to be reloaded, by the rows of their tokens; the latest roll of each.
    public fileprivate(set) var debts: [Int64: ReloadDebt] = [:]
    /// Attempts in a row that failed.
    public fileprivate(set) var failures = 0
    /// Why the last attempt failed; nil while all is well.
    public fileprivate(set) var trouble: String?
    /// When the reload began that is under way.
    public fileprivate(set) var runningSince: TimeSpan?
    fileprivate var paying: [ReloadDebt] = []
    fileprivate var lastBegun: TimeSpan?
  }

  private var units: [Unit] = []
  private var places: [String: Int] = [:]
  private var dues = DueQueue<TimeSpan>()
  private var running = 0
  /// The units whose last attempt failed.
  public private(set) var failing = 0

  /// A plan in which nothing is owed.
  public init() {}

  /// Takes up a debt at `now`, in the place of an earlier one of the same token and unit.
  public mutating func owe(_ debt: ReloadDebt, at now: TimeSpan) {
    let place = place(of: debt.unit)
    let isFirst = units[place].debts.isEmpty
    units[place].debts[debt.token] = debt
    // A unit that waits after a failure goes on waiting: what is wrong with it is no matter of this secret.
    guard isFirst, units[place].runningSince == nil else { return }
    schedule(place, at: now + Self.gathering)
  }

  /// The next unit whose time has come, which counts as begun; nil where there is none, or enough are under way.
  public mutating func begin(at now: TimeSpan) -> String? {
    guard running < Self.mostAtOnce, let first = dues.first, first.time <= now else { return nil }
    dues.remove(first.slot)
    running += 1
    units[first.slot].runningSince = now
    units[first.slot].lastBegun = now
    units[first.slot].paying = Array(units[first.slot].debts.values)
    return units[first.slot].name
  }

  /// The reload of `unit` succeeded; returns the debts that it paid, and how many attempts had failed before.
  public mutating func succeed(_ unit: String, at now: TimeSpan) -> (paid: [ReloadDebt], failures: Int) {
    guard let place = end(unit) else { return ([], 0) }
    let (paid, failures) = (units[place].paying, units[place].failures)
    for debt in paid where units[place].debts[debt.token] == debt { units[place].debts[debt.token] = nil }
    clear(place)
    if !units[place].debts.isEmpty { schedule(place, at: now + Self.gathering) }
    return (paid, failures)
  }

  /// The reload of `unit` failed because of `reason`; it is tried again as `policy` says. Returns the unit and how long
  /// it waits; nil where nothing is owed any more, for the operator may have taken it out of the configuration.
  public mutating func fail(
    _ unit: String, _ reason: String, policy: RetryPolicy, random: UInt64, at now: TimeSpan
  ) -> (unit: Unit, wait: TimeSpan)? {
    guard let place = end(unit) else { return nil }
    guard !units[place].debts.isEmpty else {
      clear(place)
      return nil
    }
    if units[place].failures == 0 { failing += 1 }
    units[place].failures += 1
    units[place].trouble = reason
    schedule(place, at: now + policy.delay(failures: units[place].failures, random: random))
    return (units[place], (dues[place] ?? now) - now)
  }

  /// Has what is owed to a token tried at once where it waits after a failure; false where nothing does.
  public mutating func hasten(_ token: Int64, _ names: [String], at now: TimeSpan) -> Bool {
    var isHastened = false
    for place in names.compactMap({ places[$0] })
    where units[place].failures > 0 && units[place].debts[token] != nil && dues[place] != nil {
      dues.set(place, to: now)
      isHastened = true
    }
    return isHastened
  }

  /// Drops the debts that `isOwed` is not true for; returns them.
  public mutating func drop(unless isOwed: (ReloadDebt) -> Bool) -> [ReloadDebt] {
    var dropped: [ReloadDebt] = []
    for place in units.indices {
      let gone = units[place].debts.values.filter { !isOwed($0) }
      guard !gone.isEmpty else { continue }
      for debt in gone { units[place].debts[debt.token] = nil }
      dropped += gone
      guard units[place].debts.isEmpty, units[place].runningSince == nil else { continue }
      dues.remove(place)
      clear(place)
    }
    return dropped
  }

  /// When to call `begin` again; nil where nothing waits, or the end of one under way has to come first.
  public var wake: TimeSpan? { running < Self.mostAtOnce ? dues.first?.time : nil }

  /// Where `unit` stands on the debt to a token; nil where it owes nothing.
  public func debtor(_ unit: String, to token: Int64) -> (unit: Unit, due: TimeSpan?)? {
    guard let place = places[unit], units[place].debts[token] != nil else { return nil }
    return (units[place], dues[place])
  }

  private mutating func place(of unit: String) -> Int {
    if let place = places[unit] { return place }
    places[unit] = units.count
    units.append(Unit(name: unit))
    return units.count - 1
  }

  private mutating func schedule(_ place: Int, at time: TimeSpan) {
    dues.set(place, to: max(time, units[place].lastBegun.map { $0 + Self.spacing } ?? time))
  }

  private mutating func end(_ unit: String) -> Int? {
    guard let place = places[unit], units[place].runningSince != nil else { return nil }
    running -= 1
    units[place].runningSince = nil
    return place
  }

  private mutating func clear(_ place: Int) {
    if units[place].failures > 0 { failing -= 1 }
    units[place].failures = 0
    units[place].trouble = nil
    units[place].paying = []
  }
}
