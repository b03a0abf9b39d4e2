# Completion of tokenroll for fish: commands, options, and the names of entries.

set -l commands run check doctor discover audit plan calendar history status roll adopt retry run-actions reload watch metrics pause resume adopt-state version help

function __tokenroll_entries
    tokenroll __entries 2>/dev/null
end

complete -c tokenroll -f
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a run -d 'Run the service in the foreground'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a check -d 'Judge the configuration'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'Examine everything that can be wrong'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a discover -d 'List the tokens of an account'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a audit -d 'Compare the schedule with the accounts'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a plan -d 'Show when entries are rolled next'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a calendar -d 'Explain calendar expressions'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a history -d 'Show past rolls'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a status -d 'Show what the running service does'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a roll -d 'Roll entries now'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a adopt -d 'Publish a secret that you have as the current one of an entry'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a retry -d 'Make the next attempt of entries now'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a run-actions -d 'Run the actions of an entry without a roll'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a reload -d 'Have the running service read its configuration again'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a watch -d 'Show events as they happen'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a metrics -d 'Print numbers for monitoring'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a pause -d 'Begin no new rolls'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a resume -d 'End a pause'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a adopt-state -d 'Take over the state of another machine'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a version -d 'Print the version'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a help -d 'Explain a command'
complete -c tokenroll -n '__fish_seen_subcommand_from run check doctor discover audit plan history status roll adopt retry run-actions reload watch metrics pause resume' -l config -r -F -d 'Read this configuration'
complete -c tokenroll -n '__fish_seen_subcommand_from run roll' -l log-format -x -a 'auto text json' -d 'Form of the messages'
complete -c tokenroll -n '__fish_seen_subcommand_from run roll' -l log-level -x -a 'error warning notice info debug' -d 'Least grave events to log'
complete -c tokenroll -n '__fish_seen_subcommand_from check' -l probe -d 'Also try credentials and destinations'
complete -c tokenroll -n '__fish_seen_subcommand_from check' -l unit -d 'Also hold the installed unit against the configuration'
complete -c tokenroll -n '__fish_seen_subcommand_from doctor' -l offline -d 'Make no request to the API'
complete -c tokenroll -n '__fish_seen_subcommand_from check' -l print-reload-units -d 'Print the units to reload'
complete -c tokenroll -n '__fish_seen_subcommand_from plan history' -l entry -x -a '(__tokenroll_entries)' -d 'This entry alone'
complete -c tokenroll -n '__fish_seen_subcommand_from discover' -l credential -x -d 'A credential of the configuration'
complete -c tokenroll -n '__fish_seen_subcommand_from discover' -l account -x -d 'Identifier of the account'
complete -c tokenroll -n '__fish_seen_subcommand_from discover' -l match -x -d 'Tokens with such names alone'
complete -c tokenroll -n '__fish_seen_subcommand_from discover' -l older-than -x -d 'Tokens not changed for so long alone'
complete -c tokenroll -n '__fish_seen_subcommand_from discover' -l write -r -F -d 'Write a configuration to this new file'
complete -c tokenroll -n '__fish_seen_subcommand_from discover' -l directory -r -F -d 'Where to publish'
complete -c tokenroll -n '__fish_seen_subcommand_from audit' -l unused-for -x -d 'How long a token may go without use'
complete -c tokenroll -n '__fish_seen_subcommand_from plan' -l until -x -d 'How far to look ahead'
complete -c tokenroll -n '__fish_seen_subcommand_from history' -l since -x -d 'Rolls that ended so long ago or later'
complete -c tokenroll -n '__fish_seen_subcommand_from history' -l outcome -x -a 'settled unverified refused-secret other-token withheld not-rolled did-not-happen lost' -d 'Rolls that ended so'
complete -c tokenroll -n '__fish_seen_subcommand_from history' -l limit -x -d 'At most so many rolls'
complete -c tokenroll -n '__fish_seen_subcommand_from doctor discover audit plan history status watch' -l json -d 'JSON instead of a table'
complete -c tokenroll -n '__fish_seen_subcommand_from calendar' -l iterations -x -d 'So many elapses of each'
complete -c tokenroll -n '__fish_seen_subcommand_from status roll retry run-actions reload watch metrics pause resume' -l socket -r -F -d 'Socket of the running service'
complete -c tokenroll -n '__fish_seen_subcommand_from status roll adopt retry run-actions pause resume' -a '(__tokenroll_entries)' -d Entry
complete -c tokenroll -n '__fish_seen_subcommand_from roll' -l all -d 'Every entry that can be rolled'
complete -c tokenroll -n '__fish_seen_subcommand_from roll' -l once -d 'Roll without a service'
complete -c tokenroll -n '__fish_seen_subcommand_from roll' -l due -d 'What is due by its schedule'
complete -c tokenroll -n '__fish_seen_subcommand_from roll' -l timeout -x -d 'How long to wait for the end'
complete -c tokenroll -n '__fish_seen_subcommand_from roll' -l yes -d 'Do not ask first'
complete -c tokenroll -n '__fish_seen_subcommand_from pause' -l reason -x -d Why
complete -c tokenroll -n '__fish_seen_subcommand_from pause' -l for -x -d 'How long'
complete -c tokenroll -n '__fish_seen_subcommand_from help' -a "$commands"
