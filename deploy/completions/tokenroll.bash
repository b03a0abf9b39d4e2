# shellcheck shell=bash
# Completion of tokenroll for bash: commands, options, and the names of entries.

_tokenroll() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' config=() word i
  local commands='run check plan status history roll reload calendar adopt-state version help'
  COMPREPLY=()

  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --config) config=(--config "${COMP_WORDS[i + 1]}"); i=$((i + 1)) ;;
      --log-format) i=$((i + 1)) ;;
      -*) ;;
      *) [[ -n $command ]] || command=$word ;;
    esac
  done

  case $previous in
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current"); return ;;
  esac

  local choices=''
  case $command in
    '') choices=$commands ;;
    run) choices='--config --log-format' ;;
    check) choices='--config' ;;
    plan | status) choices='--json' ;;
    history)
      choices='--json'
      [[ $current == -* ]] || choices=$(tokenroll __entries "${config[@]}" 2>/dev/null)
      ;;
    roll) choices=$(tokenroll __entries "${config[@]}" 2>/dev/null) ;;
    help) choices=$commands ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
}

complete -F _tokenroll tokenroll
