/// The interfaces that the control socket serves, in the language of varlink.org.
enum ControlInterface {
  /// That of the protocol.
  static let serviceName = "org.varlink.service"
  /// Ours.
  static let name = "org.tokenroll.Control"
  /// What explains the protocol.
  static let url = "https://varlink.org"

  /// By name.
  static let descriptions = [serviceName: service, name: control]

  private static let service = """
    # What every Varlink service provides (varlink.org).
    interface org.varlink.service

    # The interfaces of the service, and what it is.
    method GetInfo() -> (
      vendor: string,
      product: string,
      version: string,
      url: string,
      interfaces: []string
    )

    # The description of an interface.
    method GetInterfaceDescription(interface: string) -> (description: string)

    # There is no such interface.
    error InterfaceNotFound (interface: string)

    # The interface has no such method.
    error MethodNotFound (method: string)

    # The interface has the method, and the service does not.
    error MethodNotImplemented (method: string)

    # A parameter is missing, unknown, or has a value that it cannot have.
    error InvalidParameter (parameter: string)

    # The method is not for this client.
    error PermissionDenied ()

    # The method is to be called with `more`.
    error ExpectedMore ()

    """

  /// `deploy/org.tokenroll.Control.varlink`, word for word.
  static let control = """
    # What a running tokenroll does, and what an operator can ask of it.
    #
    # An instant is a string of RFC 3339 in UTC, a time span a number of microseconds. Whoever can connect may read; Roll, Retry,
    # RunActions, Reload, Pause and Resume are for root and the service's own user, others get
    # org.varlink.service.PermissionDenied.
    interface org.tokenroll.Control

    # Where an entry stands. `curing`: its secret is lost and consumers are down until there is a new one. `unpublished`: the new
    # secret is in escrow and not in every destination. `held`: the API refused the secret of the last roll, and only an operator has
    # the entry rolled again. `unready`: it cannot be rolled as things stand, and nothing was tried yet. `leaving`: gone from the configuration, its last roll is brought to its end.
    type State (
      waiting,
      rolling,
      backing_off,
      failed,
      uncertain,
      curing,
      unpublished,
      verifying,
      held,
      unready,
      paused,
      disabled,
      leaving
    )

    # Why no new roll is begun, since when, and until when; without `until` for good.
    type Suspension (
      reason: string,
      since: string,
      until: ?string
    )

    # A unit that is to be reloaded for an entry's new secret and was not yet; after a failure `trouble` says why.
    type Unreloaded (
      unit: string,
      failures: int,
      trouble: ?string,
      next_attempt: ?string
    )

    # A program that is to be run for an entry. `occasion`: what for. `failed`: it is run again by Retry, or after the next roll;
    # `failures` counts its runs in a row that failed, `trouble` says why the last one did.
    type Program (
      program: string,
      occasion: (published, failure, recovery),
      state: (waiting, running, failed),
      failures: int,
      trouble: ?string
    )

    # A token that a replacement of the entry's left behind. `due`: when it is deleted, or that is tried again. Without a `token_id` it is
    # looked for what a creation without an answer may have made. `trouble`: why it could not be deleted; `failing_since`: since when.
    type Deletion (
      entry: string,
      token_id: ?string,
      due: string,
      trouble: ?string,
      failing_since: ?string
    )

    # One entry. `phase`: where the roll machine stands, as in the journal's TOKENROLL_PHASE. `failures`: attempts in a row that
    # came to nothing. `next_due` is by the schedule, `next_attempt` after a failure. `hold`: why only an operator has it rolled again.
    # Of a pair, `token_id` is the token whose secret consumers hold, and `standby_token_id` the one that is rolled next.
    # `verified_at`: when the API accepted the published secret last. `drift`: what is not as it should be with the token, its secret or
    # its files, as far as `verify` of the configuration has that looked at.
    # `provides`: the credential that its token is. `unready`: why it cannot be rolled as things stand, as far as a start, a reload, an
    # attempt or an answer of the API has shown. `advice`: what to do about an entry that is not `healthy`.
    type EntryStatus (
      name: string,
      account_id: string,
      token_id: string,
      standby_token_id: ?string,
      credential: string,
      provides: ?string,
      state: State,
      healthy: bool,
      phase: string,
      roll_id: ?string,
      cause: ?string,
      failures: int,
      trouble: ?string,
      last_attempt: ?string,
      last_success: ?string,
      next_due: ?string,
      next_attempt: ?string,
      destinations: []string,
      unreloaded: []Unreloaded,
      programs: []Program,
      pause: ?Suspension,
      hold: ?string,
      verified_at: ?string,
      drift: []string,
      deletions: []Deletion,
      unready: ?string,
      advice: ?string
    )

    # A credential of the service. `rolling`: nothing is sent with it until its roll is over. `path`: where its secret lies since
    # `since`, where a roll put it there and its own file still holds the one from before.
    type CredentialStatus (
      name: string,
      provided_by: ?string,
      rolling: bool,
      path: ?string,
      since: ?string
    )

    # How many entries there are, and how many of them are in which trouble. `unready`: cannot be rolled as things stand.
    # `unreloaded`: have a new secret for which a unit could not be reloaded. `failed_programs`: have a
    # program that failed. `held`: are rolled only once an operator asks for it.
    # `drifted`: have a secret or a file that is not as it was published. `ending`: have a token that is disabled, expired, or soon will be.
    # `undeleted`: not entries but replaced tokens, which could not be deleted so far.
    type Counts (
      entries: int,
      rolling: int,
      failing: int,
      uncertain: int,
      unpublished: int,
      unreloaded: int,
      failed_programs: int,
      unready: int,
      paused: int,
      held: int,
      drifted: int,
      ending: int,
      undeleted: int
    )

    # What is due next.
    type Next (
      entry: string,
      due: string
    )

    # One roll that ended.
    type RollRecord (
      roll_id: string,
      entry: string,
      account_id: string,
      token_id: string,
      cause: string,
      outcome: string,
      started_at: string,
      ended_at: string,
      outage_usec: ?int,
      detail: ?string
    )

    # How far the roll of an entry is. The last one of an entry has a `result`: `failed` is tried again by itself, `dropped` was
    # taken back by a reload before it began.
    type Progress (
      entry: string,
      phase: string,
      roll_id: ?string,
      trouble: ?string,
      next_attempt: ?string,
      result: ?(settled, failed, dropped)
    )

    # Something that happened, with the fields of the journal.
    type Event (
      time: string,
      event: string,
      message_id: string,
      priority: int,
      message: string,
      entry: ?string,
      roll_id: ?string,
      phase: ?string,
      http_status: ?int,
      api_code: ?int,
      attempt: ?int,
      duration_usec: ?int,
      unit: ?string,
      program: ?string,
      exit_status: ?int
    )

    # The whole service; of the credentials those that an entry provides, or that a roll has replaced. `clock_doubt`: why nothing is
    # rolled for now. `clock_error`: by how much the clock is wrong by that of the API, where it is too much for a schedule.
    # `deletions`: those left behind by entries that have left the configuration. With `more` the entries come in portions, a reply each; without it all at once, up to 512 of them.
    method Status() -> (
      version: string,
      started_at: string,
      healthy: bool,
      counts: Counts,
      next: ?Next,
      clock_doubt: ?string,
      clock_error: ?string,
      pause: ?Suspension,
      credentials: []CredentialStatus,
      deletions: []Deletion,
      entries: []EntryStatus
    )

    # One entry.
    method Entry(name: string) -> (entry: EntryStatus)

    # The last rolls, the newest first: `limit` of them, 1 to 1000; 20 where it is left out.
    method History(entry: ?string, limit: ?int) -> (rolls: []RollRecord)

    # Rolls the named entries now, or with `all` every one that can be; in a window of not_during too, for an operator asked for it.
    # Where one of those that are named cannot be rolled, none is. The first reply says which entries were taken; with `more` a
    # reply follows for each step of an entry, until every entry has a result. Whoever hangs up stops no roll.
    method Roll(entries: ?[]string, all: ?bool) -> (accepted: ?[]string, progress: ?Progress)

    # Has entries that wait for another attempt make it at once, and their programs that failed run again; all where `entries` is
    # left out or empty. Those that are named and held are `released`: rolled by their schedule again. Of those that were not ready it is
    # looked again whether they are (`proved`). `deletions`: tokens whose deletion had failed, and is tried again.
    method Retry(entries: ?[]string) -> (retried: []string, released: []string, proved: []string, deletions: []string)

    # Reloads the units and runs the programs of the entry as after a roll, without one; says which. Watch tells what becomes of
    # them.
    method RunActions(entry: string) -> (units: []string, programs: []string)

    # Reads the configuration again; answers when it is in use, or refused with all its problems, and then nothing has changed.
    method Reload() -> (accepted: bool, problems: []string)

    # Begins no new roll of the entry, or of any where it is left out, until `until` or Resume; a restart changes nothing about it.
    # What is in hand is brought to its end, and a lost secret is cured all the same.
    method Pause(entry: ?string, reason: string, until: ?string) -> ()

    # Ends a pause; says whether there was one.
    method Resume(entry: ?string) -> (was_paused: bool)

    # Every event from now on, whatever the service logs; needs `more`. The first reply has no event and says that it has begun.
    method Watch() -> (event: ?Event)

    # Numbers for monitoring, as a text in the OpenMetrics format, gathered once a second at most.
    method Metrics() -> (text: string)

    # There is no such entry.
    error NoSuchEntry (name: string, nearest: ?string)

    # The entry is frozen by `enabled`.
    error EntryDisabled (name: string)

    # The entry, or the whole service, is paused.
    error EntryPaused (name: string, reason: string)

    # A roll of the entry is in hand already.
    error RollInHand (name: string, phase: string)

    # The clock cannot be trusted, and nothing is rolled.
    error ClockDoubted (reason: string)

    # The service is stopping.
    error Stopping ()

    # The reply would be too long: ask with `more`.
    error ReplyTooLong ()

    # What was asked for could not be done.
    error Failed (reason: string)

    """
}
