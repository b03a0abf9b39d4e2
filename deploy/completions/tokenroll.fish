# Completion of tokenroll for fish: commands, options, and the names of entries.

set -l commands run check plan calendar history version help

function __tokenroll_entries
    tokenroll plan --json 2>/dev/null | sed -n 's/^ *"entry": *"\(.*\)",*$/\1/p' | sort -u
end

complete -c tokenroll -f
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a run -d 'Run the service in the foreground'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a check -d 'Judge the configuration'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a plan -d 'Show when entries are rolled next'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a calendar -d 'Explain calendar expressions'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a history -d 'Show past rolls'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a version -d 'Print the version'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a help -d 'Explain a command'
complete -c tokenroll -n '__fish_seen_subcommand_from run check plan history' -l config -r -F -d 'Read this configuration'
complete -c tokenroll -n '__fish_seen_subcommand_from run' -l log-format -x -a 'auto text json' -d 'Form of the messages'
complete -c tokenroll -n '__fish_seen_subcommand_from run' -l log-level -x -a 'error warning notice info debug' -d 'Least grave events to log'
complete -c tokenroll -n '__fish_seen_subcommand_from check' -l probe -d 'Also try credentials and destinations'
complete -c tokenroll -n '__fish_seen_subcommand_from plan history' -l entry -x -a '(__tokenroll_entries)' -d 'This entry alone'
complete -c tokenroll -n '__fish_seen_subcommand_from plan' -l until -x -d 'How far to look ahead'
complete -c tokenroll -n '__fish_seen_subcommand_from history' -l limit -x -d 'At most so many rolls'
complete -c tokenroll -n '__fish_seen_subcommand_from plan history' -l json -d 'JSON instead of a table'
complete -c tokenroll -n '__fish_seen_subcommand_from calendar' -l iterations -x -d 'So many elapses of each'
complete -c tokenroll -n '__fish_seen_subcommand_from help' -a "$commands"
