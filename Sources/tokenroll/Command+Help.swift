extension Command {
  /// One line for the list of commands.
  var summary: String {
    switch self {
    case .run: "run the service in the foreground"
    case .check: "judge the configuration; with --probe also credentials and destinations"
    case .doctor: "examine everything that can be wrong, with a cure for each"
    case .discover: "list the tokens of an account, and write a configuration for them"
    case .audit: "compare the schedule with the accounts: who is forgotten, gone, idle"
    case .plan: "show when entries are rolled next"
    case .calendar: "explain calendar expressions: normal form and next elapses"
    case .history: "show past rolls, with or without a running service"
    case .status: "show what the running service does, and which entries are in trouble"
    case .roll: "roll entries now: by the running service, or with --once without one"
    case .adopt: "publish a secret that you have as the current one of an entry"
    case .retry: "have entries that wait for another attempt make it now"
    case .runActions: "reload the units and run the programs of an entry, without a roll"
    case .reload: "have the running service read its configuration again"
    case .watch: "show events as they happen"
    case .metrics: "print the numbers of the running service for monitoring"
    case .pause: "begin no new rolls, of one entry or of any"
    case .resume: "end a pause"
    case .adoptState: "take over the state of another machine"
    case .entries: "print the names of the entries, for completions"
    case .encrypt: "encrypt a secret for the service, as its helper"
    case .version: "print the version"
    case .help: "explain a command"
    }
  }

  /// The placeholder of the operands; nil where there are none.
  var operands: String? {
    switch self {
    case .calendar: "EXPRESSION..."
    case .help: "[COMMAND]"
    case .status, .pause, .resume: "[ENTRY]"
    case .roll: "[ENTRY...]"
    case .retry: "[ENTRY...]"
    case .adopt, .runActions: "ENTRY"
    default: nil
    }
  }

  private var text: String {
    switch self {
    case .run:
      """
      Rolls the tokens of the configuration when they are due, until SIGTERM or
      SIGINT. SIGHUP reads the configuration again; one with problems is refused and
      the old one stays in use.

      Exit status: 0 stopped as asked; 66 a file cannot be read; 69 something that is
      needed is missing; 74 the state cannot be used; 75 another service is at work
      on this state; 78 the configuration has problems.
      """
    case .check:
      """
      Reads the configuration and prints every problem as FILE:LINE:COLUMN. With
      --probe it also reads the credentials, asks the API about them and about every
      token, and makes and removes a file beside every destination. Nothing is rolled.

      With --unit it reads the installed unit and its drop-ins, and prints the lines
      that a drop-in needs for this configuration, ready for `systemctl edit`.

      Units that the configuration has reloaded and that the list of the polkit rule
      lacks are named on standard error. That list is made by root with
        tokenroll check --print-reload-units >/run/reload-units &&
          install -m 0644 /run/reload-units /etc/tokenroll/reload-units

      Exit status: 0 all in order; 1 a probe failed, or the unit lacks something; 66 a
      file cannot be read; 69 no unit is installed; 78 the configuration has problems.

      Example: tokenroll check --unit
      """
    case .doctor:
      """
      Examines configuration, credentials, destinations, disks, state, unit, clock, the
      API and the running service, with the service's rights where it is run as root,
      and prints what to do about each trouble. Nothing is changed and nothing rolled.
      OK is as it should be; WARN deserves a look, or could not be seen by this user;
      FAIL has to be mended.

      Exit status: 0 nothing to mend; 1 something has to be mended.

      Examples: tokenroll doctor
                tokenroll doctor --offline --json
      """
    case .discover:
      """
      Lists the tokens of an account. With --write it makes a configuration for those
      chosen, each rolled every 30 days and published in a file of its own in
      DIR, ready to be looked over and used; the credential itself and tokens that are
      not in force are left out. No secret is in it, and no file is overwritten.

      The age is the time since a token was last changed; a roll is such a change.

      The credential is one of the configuration (--credential, or its only one), or
      CLOUDFLARE_API_TOKEN; the account is --account, or CLOUDFLARE_ACCOUNT_ID, or the
      only one of the configuration; CLOUDFLARE_BASE_URL counts where there is no
      base_url. A secret is never given on the command line.

      Exit status: 0 listed, and written where that was asked; 64 it is not said with
      what; 66 a file cannot be read; 69 the API does not answer, or refuses; 74 the
      file cannot be written, or is there; 78 the configuration has problems.

      Examples: tokenroll discover --older-than 90d
                tokenroll discover --match 'dns-*' --write ./config.json
      """
    case .audit:
      """
      Compares the configuration with its accounts: tokens that nobody rolls; entries
      whose token is gone, disabled or expired, or ends before its next roll; tokens
      of entries that may roll others; tokens that were not used for long. Nothing is
      changed and nothing rolled.

      CLOUDFLARE_API_TOKEN and CLOUDFLARE_BASE_URL count as for `tokenroll roll
      --once`.

      Exit status: 0 nothing wants attention; 1 something does; 66 a file cannot be
      read; 74 the state cannot be read; 78 the configuration has problems.

      Example: tokenroll audit --unused-for 180d
      """
    case .plan:
      """
      Shows the next rolls as the schedules give them, from the state database where
      there is one, else as if every entry were seen now for the first time.
      """
    case .calendar:
      """
      Example: tokenroll calendar "Mon..Fri 04:00 Europe/Berlin" --iterations 3
      """
    case .history:
      """
      Reads the state database; the service need not run.
      Example: tokenroll history --since 7d --outcome lost
      """
    case .status:
      """
      Exit status: 0 all is well; 1 something is failing; 3 the service does not run;
      64 there is no such entry; 69 it does not answer.
      """
    case .roll:
      """
      A roll ends the secret in force at once: consumers are without a working one
      until the new one is published, and have to read it then. Windows of not_during
      do not matter, since you ask for it. The service goes on whatever becomes of
      this command.

      With --once no service is needed, and none may run: for cron and CI. What a
      crash left is settled first; then what is due is rolled, or the entries that
      are named, or with --all every one. Nothing is asked, for this is no terminal's
      business. Interrupt it at any time: a roll in flight is brought to where its
      secret is safe, and the next run goes on.

      CLOUDFLARE_API_TOKEN is used where the configuration has one credential alone
      and its file does not exist, CLOUDFLARE_BASE_URL where it has no base_url.

      Exit status: 0 all were rolled, or nothing was due; 1 one came to nothing, and
      is tried again; 64 there is no such entry, or it is frozen; 66 the configuration
      cannot be read; 69 the service does not run; 74 the state cannot be used; 75 a
      roll is in hand, or paused, or not settled in time, or with --once: another
      process is at work; 77 not for this user; 78 the configuration has problems.

      Examples: tokenroll roll dns-edge
                tokenroll roll --once --config ./config.json
                tokenroll roll --once --config ./config.json dns-edge mail
      """
    case .adopt:
      """
      Takes the secret on standard input as the current one of the entry: after you
      rolled the token by hand in Cloudflare's dashboard, or to begin with a secret
      that you have. On a terminal it is asked for and not shown. It is never given on
      the command line.

      The API is asked first: the secret has to be in force, its token active and of
      the entry (of a pair either). Then every destination is written, and the secret
      is recorded as if a roll had brought it. Nothing is rolled, no unit is reloaded
      and no program run: `tokenroll run-actions` does that. Interrupted, run it again.

      The service must not run meanwhile (systemctl stop tokenroll). Run this as its
      user.

      Exit status: 0 adopted; 1 the secret is not in force, or not of the entry, and
      nothing was changed; 64 there is no such entry, or no secret; 66 a file cannot be
      read; 69 the API cannot be asked; 74 the state or a destination cannot be
      written; 75 the service is at work, or a roll of the entry is not settled; 77 not
      for this user; 78 the configuration has problems.

      Examples: runuser -u tokenroll -- tokenroll adopt dns-edge
                pass show cloudflare/dns-edge | tokenroll adopt dns-edge --config ./config.json
      """
    case .retry:
      """
      Reloads of units that failed are tried again too, and programs that failed are
      run again. Without an entry, all that wait. Exit status: 0 at least one was
      waiting; 1 none was.
      """
    case .runActions:
      """
      Tries what "reload" and "run" say for the entry with the secret that is published
      now. Nothing is rolled. The output of the programs is printed as it comes.

      Exit status: 0 all went well; 1 an action failed, or there is none; 64 there is no
      such entry; 69 the service does not run; 77 not for this user.

      Example: tokenroll run-actions edge
      """
    case .reload:
      """
      Returns when the new configuration is in use, or was refused; then its problems
      are printed as `tokenroll check` does, and nothing has changed.

      Exit status: 0 in use; 78 refused; 69 the service does not run; 77 not for this
      user.
      """
    case .watch:
      """
      Every event from now on, whatever the service logs, until interrupted.
      """
    case .metrics:
      """
      In the OpenMetrics format. For node_exporter, the service keeps a file by itself:
      the key "metrics" of the configuration.

      Exit status: 0; 3 the service does not run; 69 it does not answer.
      """
    case .pause:
      """
      What is in hand is brought to its end, and a lost secret is cured all the same.
      A pause outlives restarts, and shows in the status.
      """
    case .adoptState:
      """
      The state is bound to the machine that made it, for two services with copies of
      one state would roll each other's tokens away. Run this where the other machine
      no longer runs tokenroll, with the service stopped here, as root or as the
      service's user.
      """
    case .resume:
      """
      What became due during the pause is rolled at once. Exit status: 0 the pause is
      over; 1 there was none.
      """
    case .version, .help, .entries, .encrypt: ""
    }
  }

  /// The whole help of the command.
  var help: String {
    let options = Options.definitions.filter { $0.commands.contains(self) }
    var lines = [
      "usage: tokenroll \(rawValue)" + (options.isEmpty ? "" : " [OPTION...]")
        + (operands.map { " " + $0 } ?? ""), "",
      summary.prefix(1).uppercased() + summary.dropFirst() + ".",
    ]
    if !text.isEmpty { lines += ["", text] }
    if !options.isEmpty { lines += ["", "Options:"] }
    for option in options {
      lines.append("  " + option.name + (option.value.map { " " + $0 } ?? ""))
      lines.append("      " + option.help)
    }
    return lines.joined(separator: "\n")
  }
}
