# Completion of tokenroll for fish: commands, options, and the names of entries.

set -l commands run check plan status history roll reload calendar adopt-state version help

complete -c tokenroll -f
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a run -d 'Run the service in the foreground'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a check -d 'Judge the configuration, destinations and credentials'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a plan -d 'Print when each entry is due next'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a status -d 'Print what the running service is doing'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a history -d 'Print the last rolls'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a roll -d 'Roll entries now'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a reload -d 'Have the service read its configuration again'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a calendar -d 'Print how a calendar expression is understood'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a adopt-state -d 'Make the state of another machine that of this one'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a version -d 'Print the version'
complete -c tokenroll -n "not __fish_seen_subcommand_from $commands" -a help -d 'Print the commands, or explain one'
complete -c tokenroll -n '__fish_seen_subcommand_from run check' -l config -r -F -d 'Read this file'
complete -c tokenroll -n '__fish_seen_subcommand_from run' -l log-format -x -a 'text json' -d 'Form of the messages'
complete -c tokenroll -n '__fish_seen_subcommand_from plan status history' -l json -d 'Print one JSON document'
complete -c tokenroll -n '__fish_seen_subcommand_from roll history' -a '(tokenroll __entries 2>/dev/null)' -d Entry
complete -c tokenroll -n '__fish_seen_subcommand_from help' -a "$commands"
