# shellcheck shell=bash
# Completes the command line of troupe(1) in bash. A test compares it with what
# `troupe --help` prints (tests/tools/troupe/completion/run).

_troupe_commands=(run call list tools reload close status doctor)

# Sets `options` to those of a command; of none: those before a command.
_troupe_options_of() {
  local asking=(-c --config -s --socket)
  options=(-h --help)
  case $1 in
    '') options+=(--version) && return ;;
    run) options+=(-s --socket --live-max) ;;
    call) options+=("${asking[@]}" -t --timeout) ;;
    close) options+=("${asking[@]}" --drain) ;;
    doctor) ;;
    *) options+=("${asking[@]}") ;;
  esac
  options+=(-j --json -v --verbose)
}

# -- the command line ----------------------------------------------------------

# Sets `words` to the words up to the cursor. bash cuts them at ':' and '=', and
# so the name of a server: what has no space between is one word here.
_troupe_find_words() {
  local rest=$COMP_LINE i
  words=()
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    if [[ $i == 0 || -z $COMP_LINE || $rest == [[:space:]]* ]]; then
      words+=("${COMP_WORDS[i]}")
    else
      words[-1]+=${COMP_WORDS[i]}
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"${COMP_WORDS[i]}"}
  done
}

# Sets `plain` to what a word means, as far as no shell is needed for that.
_troupe_read_word() {
  case $1 in
    \'*) plain=${1#\'} plain=${plain%\'} ;;
    \"*) plain=${1#\"} plain=${plain%\"} plain=${plain//\\/} ;;
    \~/*) plain=$HOME/${1#\~/} plain=${plain//\\/} ;;
    *) plain=${1//\\/} ;;
  esac
}

# Sets `command`; `places`, the words behind it that are no options; `which`,
# the options that say which program is asked; and `open_option`, where the word
# at the cursor is its value.
_troupe_read_line() {
  local i plain
  for ((i = 1; i < ${#words[@]} - 1; ++i)); do
    case ${words[i]} in
      -c | --config | -s | --socket | -t | --timeout | --drain | --live-max)
        open_option=${words[i]}
        ((++i < ${#words[@]} - 1)) || return 0
        _troupe_read_word "${words[i]}"
        case $open_option in
          -[cs] | --config | --socket) which+=("$open_option" "$plain") ;;
        esac
        open_option= ;;
      --config=* | --socket=*)
        _troupe_read_word "${words[i]#*=}"
        which+=("${words[i]%%=*}" "$plain") ;;
      -?*) ;;
      *)
        _troupe_read_word "${words[i]}"
        if [[ -z $command ]]; then
          command=$plain
        else
          places+=("$plain")
        fi ;;
    esac
  done
}

# -- what the program knows ----------------------------------------------------

# Prints what the program says, if it says it at once. Starts no server.
_troupe_ask() {
  timeout 1 "$program" "$@" "${which[@]}" </dev/null 2>/dev/null
}

# Sets `servers` to the names of servers; of one phase, if that is given.
_troupe_find_servers() {
  local line name
  local head='\{"name":"([^"\\]|\\.)*","enabled":(true|false)'
  servers=()
  while IFS= read -r line; do
    [[ -z $1 || $line == *"\"phase\":\"$1\"" ]] || continue
    name=${line#'{"name":"'}
    name=${name%'","enabled":'*}
    printf -v name %b "${name//\\\"/\"}"
    servers+=("$name")
  done < <(_troupe_ask list --json |
    grep -oE "$head,\"lazy\":(true|false),\"phase\":\"[^\"]*\"")
}

# Sets `tools` to the names of a server's tools. Only one that is ready is
# asked: others would be started, or waited for.
_troupe_find_tools() {
  local line name servers
  tools=()
  _troupe_find_servers ready
  for name in "${servers[@]}"; do
    [[ $name == "$1" ]] || continue
    while IFS= read -r line; do
      [[ ! $line =~ ^'  '([^ ]+)'  ' ]] || tools+=("${BASH_REMATCH[1]}")
    done < <(_troupe_ask tools "$1")
  done
}

# -- offering ------------------------------------------------------------------

# Offers those of the texts that begin with the word at the cursor.
_troupe_offer() {
  local word=${words[-1]} cut=0 text plain
  _troupe_read_word "$word"
  # bash replaces what stands behind the last ':' only.
  if [[ $word == *:* && $word != [\'\"]* && $COMP_WORDBREAKS == *:* ]]; then
    cut=${word%:*}: cut=${#cut}
  fi
  for text in "$@"; do
    [[ $text == "$plain"* ]] || continue
    case $word in
      \'*) [[ $text != *\'* ]] || continue ;;
      \"*) [[ $text != *[\"\\\$\`!]* ]] || continue ;;
      *) printf -v text %q "$text" ;;
    esac
    COMPREPLY+=("${text:cut}")
  done
}

# Offers files whose paths begin with a word. bash quotes them.
_troupe_offer_files() {
  local plain
  compopt -o filenames 2>/dev/null
  _troupe_read_word "$1"
  mapfile -t COMPREPLY < <(compgen -f -- "$plain")
}

_troupe_offer_place() {
  local servers tools
  case $command:${#places[@]} in
    :0) _troupe_offer "${_troupe_commands[@]}" ;;
    run:0 | doctor:0) _troupe_offer_files "${words[-1]}" ;;
    tools:0 | call:0 | reload:0 | close:0)
      _troupe_find_servers ''
      _troupe_offer "${servers[@]}" ;;
    call:1)
      _troupe_find_tools "${places[0]}"
      _troupe_offer "${tools[@]}" ;;
  esac
}

_troupe() {
  local words options plain program command='' open_option=''
  local places=() which=()
  COMPREPLY=()
  _troupe_read_word "$1"
  program=$plain
  _troupe_find_words
  _troupe_read_line
  case $open_option:${words[-1]} in
    -[cs]:* | --config:* | --socket:*) _troupe_offer_files "${words[-1]}" ;;
    -*:*) ;;
    :--config=* | :--socket=*) _troupe_offer_files "${words[-1]#*=}" ;;
    :-*)
      _troupe_options_of "$command"
      _troupe_offer "${options[@]}" ;;
    *) _troupe_offer_place ;;
  esac
}

complete -F _troupe troupe
