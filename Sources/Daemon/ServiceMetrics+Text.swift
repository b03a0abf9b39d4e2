internal import Core

extension ServiceMetrics {
  /// The metrics as a text. An instant is in seconds since 1970 and never an age, for the text may be read long after.
  func text(_ format: MetricsText.Format) -> String {
    var text = MetricsText(format)
    writeService(&text)
    writeEntries(&text)
    writeRequests(&text)
    text.family("tokenroll_rolls", .counter, "Rolls that came to an end, by how they did")
    for outcome in RollOutcome.allCases {
      text.sample(rolls[outcome] ?? 0, [("outcome", outcome.rawValue)])
    }
    text.family("tokenroll_events", .counter, "Events since the start, by the names that the log uses")
    for kind in EventKind.allCases { text.sample(events[kind] ?? 0, [("event", kind.rawValue)]) }
    text.end()
    return text.text
  }

  private func writeService(_ text: inout MetricsText) {
    text.family("tokenroll_build", .info, "The version that runs")
    text.sample(1, [("version", Version.current)])
    text.family("tokenroll_running", .gauge, "1 while the service is at work, 0 once it was stopped")
    text.sample(isRunning)
    text.family("tokenroll_start_time_seconds", .gauge, "When the service started")
    text.sample(startedAt)
    text.family(
      "tokenroll_clock_trusted", .gauge, "1 where the wall clock is gone by, 0 where nothing is rolled")
    text.sample(isClockTrusted)
    text.family(
      "tokenroll_config_last_reload_successful", .gauge,
      "1 where the configuration that was read last is in use, 0 where it was refused")
    text.sample(lastReload.isAccepted)
    text.family(
      "tokenroll_config_last_reload_timestamp_seconds", .gauge, "When the configuration was read last")
    text.sample(lastReload.time)
  }

  private func writeEntries(_ text: inout MetricsText) {
    text.family("tokenroll_entries", .gauge, "Entries by state")
    for state in EntryState.Summary.allCases {
      text.sample(entriesByState[state] ?? 0, [("state", state.rawValue)])
    }
    text.family("tokenroll_uncertain_rolls", .gauge, "Rolls of which it is not known whether they took place")
    text.sample(uncertain)
    text.family("tokenroll_unpublished_secrets", .gauge, "New secrets that are not in every destination yet")
    text.sample(unpublished)
    text.family("tokenroll_unready_entries", .gauge, "Entries that cannot be rolled as things stand")
    text.sample(unready)
    text.family(
      "tokenroll_drifted_entries", .gauge, "Entries whose secret or files are not as they were published")
    text.sample(drifted)
    text.family(
      "tokenroll_ending_tokens", .gauge, "Tokens that are disabled or expired, or will be expired soon")
    text.sample(ending)
    text.family("tokenroll_units_unreloaded", .gauge, "Units that could not be reloaded for a new secret")
    text.sample(unreloaded)
    text.family(
      "tokenroll_programs_failed", .gauge, "Programs that failed and were not run with success since")
    text.sample(failedPrograms)
    text.family(
      "tokenroll_deletions_pending", .gauge, "Tokens that replacements left behind and that are to be deleted"
    )
    text.sample(deletions)
    text.family("tokenroll_deletions_failing", .gauge, "Those of them that could not be deleted so far")
    text.sample(undeleted)
    text.family(
      "tokenroll_deletion_failing_since_timestamp_seconds", .gauge,
      "Since when the deletion fails that does for the longest; none where none fails")
    if let deletionFailingSince { text.sample(deletionFailingSince) }
    text.family("tokenroll_paused_entries", .gauge, "Entries of which no new roll is begun")
    text.sample(paused)
    text.family(
      "tokenroll_pause_start_timestamp_seconds", .gauge,
      "Since when no new roll of the entry is begun, or of any where the entry is empty")
    for pause in pauses { text.sample(pause.since, [("entry", pause.entry)]) }
    text.family("tokenroll_entry_healthy", .gauge, "1 where nothing about the entry wants attention")
    for entry in entries { text.sample(entry.isHealthy, [("entry", entry.name)]) }
    text.family("tokenroll_entry_failures", .gauge, "Attempts in a row that came to nothing")
    for entry in entries { text.sample(entry.failures, [("entry", entry.name)]) }
    for (name, help, time) in [
      ("last_attempt", "When a roll of the entry was sent last", \EntryNumbers.lastAttempt),
      ("last_success", "When the secret in force was issued", \.lastSuccess),
      (
        "next_due", "When the entry is due; none while it is being rolled, or paused without an end",
        \.nextDue
      ),
      (
        "replacement_due", "When the schedule wants the secret in force replaced, whatever came in between",
        \.replacementDue
      ),
      ("verified", "When the API accepted the published secret last", \.verified),
    ] {
      text.family("tokenroll_entry_\(name)_timestamp_seconds", .gauge, help)
      for entry in entries { text.sample(entry[keyPath: time], [("entry", entry.name)]) }
    }
  }

  private func writeRequests(_ text: inout MetricsText) {
    text.family(
      "tokenroll_credential_requests_left", .gauge, "Requests that the budget of the credential allows now")
    for credential in credentials { text.sample(credential.requestsLeft, [("credential", credential.name)]) }
    text.family(
      "tokenroll_credential_requests_waiting", .gauge,
      "Requests that wait for the budget, or for a place in flight")
    for credential in credentials {
      text.sample(credential.requestsWaiting, [("credential", credential.name)])
    }
    text.family("tokenroll_request_limit", .gauge, "Requests in the whole budget of a credential")
    text.sample(requestLimit)
    text.family("tokenroll_api_requests", .counter, "Requests to the API, by what came of them")
    for call in APICall.allCases {
      for result in APIResult.allCases {
        text.sample(requests[call]?[result] ?? 0, [("call", call.rawValue), ("result", result.rawValue)])
      }
    }
    text.family(
      "tokenroll_api_request_duration_seconds", .histogram,
      "How long requests to the API took, answered or not")
    for call in APICall.allCases {
      text.sample(latencies[call] ?? Histogram(), [("call", call.rawValue)])
    }
  }
}
