public import Core

/// One element of `tokens`: a token or an alternating pair, its schedule, its destinations, and what is done after a roll
/// and after failures.
public struct Entry: Sendable, Equatable {
  /// `name`: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, unique, beginning with a letter or a digit.
  public let name: String
  /// `token_id`, or the first of `token_ids`: 1 to 32 lower-case letters and digits.
  public var tokenID: String
  /// The second of `token_ids`; nil where the entry has one token.
  public var twinID: String? {
    get { others.first }
    set { others = newValue.map { [$0] } ?? [] }
  }
  /// In an array, for an empty one is a single word, and most entries have one token.
  private var others: [String] = []
  /// `publish`: at least one; of an entry that provides a credential there may be none.
  public let publish: [Destination]
  /// The rest, which entries share that say the same.
  var terms: Shared<EntryTerms>

  /// An entry of these parts.
  public init(
    name: String, enabled: Bool = true, accountID: String, tokenID: String, twinID: String? = nil,
    grace: TimeSpan? = nil, credential: String, provide: String? = nil, schedule: Schedule,
    publish: [Destination],
    reload: [String] = [], verify: VerifySettings = .standard, run: [Program] = [],
    onFailure: [Program] = [], onRecovery: [Program] = []
  ) {
    self.name = name
    self.tokenID = tokenID
    self.publish = publish
    terms = Shared(
      EntryTerms(
        enabled: enabled, accountID: accountID, grace: grace, credential: credential, provide: provide,
        schedule: schedule, reload: reload, verify: verify, run: run, onFailure: onFailure,
        onRecovery: onRecovery))
    self.twinID = twinID
  }

  /// The entry's tokens: one, or two.
  public var tokenIDs: [String] { [tokenID] + others }
}

// MARK: - What entries share

extension Entry {
  /// `enabled`: false freezes the entry.
  public var enabled: Bool { terms.value.enabled }
  /// `account_id`: 32 lower-case hexadecimal digits.
  public var accountID: String { terms.value.accountID }
  /// `grace`: how long a token stays valid once another has replaced it, 0 to 4 weeks; nil with the strategy `roll`.
  public var grace: TimeSpan? { terms.value.grace }
  /// `credential`: a name in `credentials`.
  public var credential: String { terms.value.credential }
  /// `provide`: the name in `credentials` whose secret is this token's, which no other entry provides; nil where there is none.
  public var provide: String? { terms.value.provide }
  /// `schedule`.
  public var schedule: Schedule { terms.value.schedule }
  /// `reload`: the units that are reloaded once a new secret is published, each once, by their whole names.
  public var reload: [String] { terms.value.reload }
  /// `verify`.
  public var verify: VerifySettings { terms.value.verify }
  /// `run`: the programs that are run once a new secret is published, one after another.
  public var run: [Program] { terms.value.run }
  /// `on_failure`: the programs that are run once when the entry begins to fail.
  public var onFailure: [Program] { terms.value.onFailure }
  /// `on_recovery`: the programs that are run once when it works again.
  public var onRecovery: [Program] { terms.value.onRecovery }
}
