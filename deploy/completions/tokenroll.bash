# shellcheck shell=bash
# Completion of tokenroll for bash: commands, options, and the names of entries.

_tokenroll() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} choices='' i
  local commands='run check doctor discover audit plan calendar history status roll adopt retry run-actions reload watch metrics pause resume adopt-state version help' config=()
  COMPREPLY=()

  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i - 1]} != --config ]] || config=(--config "${COMP_WORDS[i]}")
  done
  case $previous in
    --config)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --entry) choices=$(tokenroll __entries "${config[@]}" 2>/dev/null) ;;
    --socket | --write | --directory)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --log-format) choices='auto text json' ;;
    --log-level) choices='error warning notice info debug' ;;
    --until | --limit | --timeout | --credential | --account | --match | --older-than | --unused-for | --iterations | --for | --reason) return ;;
    *)
      if ((COMP_CWORD == 1)); then
        choices="$commands --help --version"
      else
        case $command in
          run) choices='--config --log-format --log-level --help' ;;
          check) choices='--config --probe --unit --print-reload-units --help' ;;
          doctor) choices='--config --socket --offline --json --help' ;;
          discover) choices='--config --credential --account --match --older-than --write --directory --json --help' ;;
          audit) choices='--config --unused-for --json --help' ;;
          plan) choices='--config --entry --until --json --help' ;;
          calendar) choices='--iterations --help' ;;
          history) choices='--config --entry --since --outcome --limit --json --help' ;;
          status) choices='--config --socket --json --help' ;;
          roll) choices='--config --socket --all --yes --once --due --timeout --log-format --log-level --help' ;;
          adopt) choices='--config --help' ;;
          retry | run-actions | reload | metrics | resume) choices='--config --socket --help' ;;
          watch) choices='--config --socket --json --help' ;;
          pause) choices='--config --socket --reason --for --help' ;;
          help) choices=$commands ;;
        esac
        case $command in
          status | roll | adopt | retry | run-actions | pause | resume) choices+=" $(tokenroll __entries "${config[@]}" 2>/dev/null)" ;;
        esac
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current" | sort -u)
}

complete -F _tokenroll tokenroll
