# The probe helper's own part: what it reads and what it lets through. The lane's functions stand before it.
# An argument's kinds are the bot's; they are checked again here, because root does not take the bot's word for it.
is_line() { case $1 in *[[:cntrl:]]*) return 1 ;; esac; [ ${#1} -le 1024 ]; }
is_number() { case $1 in ''|*[!0-9]*) return 1 ;; esac; [ ${#1} -le 18 ]; }
is_path() { case $1 in /*) ;; *) return 1 ;; esac; case $1/ in *//*|*/../*|*/./*|*[[:cntrl:]]*) return 1 ;; esac; [ ${#1} -le 4095 ]; }
is_unit() { case $1 in ''|-*|*[!A-Za-z0-9:_.\\@-]*) return 1 ;; esac; case $1 in ?*.service|?*.socket|?*.timer|?*.mount|?*.automount|?*.target|?*.path|?*.slice|?*.swap) [ ${#1} -le 255 ] ;; *) return 1 ;; esac; }
is_name() { case $1 in -*) return 1 ;; *[!A-Za-z0-9_.@:\ /+~-]*) return 1 ;; esac; [ ${#1} -le 128 ]; }
is_package() { case $1 in [A-Za-z0-9]*) ;; *) return 1 ;; esac; case $1 in *[!A-Za-z0-9+._:-]*) return 1 ;; esac; [ ${#1} -le 128 ]; }
# Sets DEC to the bytes that a token stands for.
decode() {
  case $1 in
    %) DEC= ;;
    *%00*) return 1 ;;
    *%*) DEC=$(printf '%s\n' "$1" | awk '
        BEGIN { h = "0123456789ABCDEF" }
        { n = split($0, a, "%"); printf "%s", a[1]
          for (i = 2; i <= n; i++) {
            x = index(h, substr(a[i], 1, 1)); y = index(h, substr(a[i], 2, 1))
            if (!x || !y || length(a[i]) < 2) exit 1
            printf "%c%s", (x - 1) * 16 + y - 1, substr(a[i], 3) } }' && printf x) || return 1; DEC=${DEC%x} ;;
    *) DEC=$1 ;;
  esac
}
bad() { echo "sickbay-probe: $*" >&2; exit 64; }
# One line of the request: run INDEX PROBE ARG…
ask() {
  is_number "$2" || bad "a run without a number"
  I=$2 P=$3; shift 3; _k=$#
  while [ $_k -gt 0 ]; do decode "$1" || bad "an argument of $P is no token"; set -- "$@" "$DEC"; shift; _k=$((_k - 1)); done
  if ! known "$P"; then echo "@@$N UNKNOWN $I"; return; fi
  fits "$P" "$@" || bad "$P does not take these arguments"
  run "$I" "$P" "$@"
}
main() {
  case $# in 0) ;; *) echo "sickbay-probe $VERSION"; return ;; esac
  set -f; N= C=0
  while IFS= read -r L; do
    case $L in *[!A-Za-z0-9._/:@=+,%\ -]*) bad "the request holds characters that do not belong there" ;; esac
    [ ${#L} -le 16384 ] || bad "a line of the request is too long"
    set -- $L
    case ${1:-}:$N in
      nonce:) case ${2:-} in *[!0-9a-f]*) bad "no nonce" ;; esac; [ ${#2} = 32 ] || bad "no nonce"; N=$2; echo "$(hello) $VERSION" ;;
      run:?*) C=$((C + 1)); [ $C -le 200 ] || bad "more than 200 runs"; [ $# -ge 3 ] || bad "a run without a probe"; ask "$@" ;;
      end:?*) echo "@@$N DONE"; return ;;
      *) bad "a line that is neither nonce, run nor end" ;;
    esac
  done
}
