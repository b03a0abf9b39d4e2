/// The keys that each object of the configuration may have; the schema and the reference are held against them.
package enum ConfigurationKey {
  /// The file.
  package enum Top: String, CaseIterable, Sendable {
    case schema = "$schema"
    case stateDirectory = "state_directory"
    case escrow
    case waitForClock = "wait_for_clock"
    case api, metrics, credentials, defaults, tokens
  }

  /// `api`.
  package enum API: String, CaseIterable, Sendable {
    case baseURL = "base_url"
    case timeout
    case connectTimeout = "connect_timeout"
    case settleTime = "settle_time"
    case caFile = "ca_file"
    case maxInFlight = "max_in_flight"
    case rateLimit = "rate_limit"
  }

  /// `api.rate_limit`.
  package enum RateLimit: String, CaseIterable, Sendable {
    case requests, per
  }

  /// `metrics`.
  package enum Metrics: String, CaseIterable, Sendable {
    case file, every
  }

  /// `credentials.NAME`.
  package enum Credential: String, CaseIterable, Sendable {
    case file
  }

  /// `defaults`.
  package enum Defaults: String, CaseIterable, Sendable {
    case accountID = "account_id"
    case credential, schedule, publish, reload, verify, run
    case onFailure = "on_failure"
    case onRecovery = "on_recovery"
  }

  /// `defaults.publish`.
  package enum DefaultDestination: String, CaseIterable, Sendable {
    case format, mode, owner, group, allow
    case keepPrevious = "keep_previous"
  }

  /// An element of `tokens`.
  package enum Entry: String, CaseIterable, Sendable {
    case name, enabled
    case accountID = "account_id"
    case tokenID = "token_id"
    case tokenIDs = "token_ids"
    case strategy, grace, credential, provide
    case allowSelfRoll = "allow_self_roll"
    case schedule, publish, reload, verify, run
    case onFailure = "on_failure"
    case onRecovery = "on_recovery"
  }

  /// `verify` of an entry or of `defaults`.
  package enum Verify: String, CaseIterable, Sendable {
    case afterRoll = "after_roll"
    case timeout, every
    case onDrift = "on_drift"
    case expiryWarning = "expiry_warning"
  }

  /// An element of `run`.
  package enum Program: String, CaseIterable, Sendable {
    case command, timeout, stdin
  }

  /// An element of `on_failure` or `on_recovery`.
  package enum AlertProgram: String, CaseIterable, Sendable {
    case command, timeout
  }

  /// `schedule` of an entry or of `defaults`.
  package enum Schedule: String, CaseIterable, Sendable {
    case every, calendar, jitter
    case catchUp = "catch_up"
    case first
    case notDuring = "not_during"
  }

  /// An element of `publish` with a directory.
  package enum Directory: String, CaseIterable, Sendable {
    case directory, link, files, mode, group, allow
    case keepPrevious = "keep_previous"
  }

  /// An element of `files`.
  package enum DirectoryFile: String, CaseIterable, Sendable {
    case name, format, key, template
  }

  /// An element of `publish` with a file.
  package enum Destination: String, CaseIterable, Sendable {
    case file, format, key, template, name, mode, owner, group, allow
    case keepPrevious = "keep_previous"
  }
}
