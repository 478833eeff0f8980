# Finds kubectl and whose settings it uses: root's own, the control plane's, or those of the account that came here, read as that account.
# A file that another account may write is never read as root, since it may name programs to run. `k WORDS…` then asks; it keeps nothing on disk.
kt='' kc='' ku=''
trusted() {
  set -- "$1" "$(stat -c '%u %a' "$1" 2>/dev/null)"
  [ "${2% *}" = 0 ] && [ $((0${2#* } & 022)) = 0 ]
}
for tool in kubectl /usr/local/bin/kubectl /usr/local/bin/k3s; do
  kt=$(command -v "$tool" 2>/dev/null) && [ -n "$kt" ] && break
done
[ -n "$kt" ] || exit 0
safe "$kt" || { echo "sickbay: unseen: the cluster ($kt can be written by others than root)"; exit 0; }
me=$(id -u)
for file in "${HOME:-/root}/.kube/config" /etc/kubernetes/admin.conf /etc/rancher/k3s/k3s.yaml /var/lib/k0s/pki/admin.conf; do
  if [ -r "$file" ] && { [ "$me" != 0 ] || trusted "$file"; }; then kc=$file; break; fi
done
if [ -z "$kc" ] && [ "$me" = 0 ] && [ "${SUDO_UID:-0}" != 0 ] && command -v runuser >/dev/null 2>&1; then
  ku=$(awk -F: -v u="$SUDO_UID" '$3 == u { print $1; exit }' /etc/passwd)
  kc=$(awk -F: -v u="$SUDO_UID" '$3 == u { print $6; exit }' /etc/passwd)/.kube/config
  [ -n "$ku" ] && [ -f "$kc" ] || kc=
fi
if [ -z "$kc" ]; then
  [ "$me" = 0 ] || for file in /etc/kubernetes/admin.conf /etc/rancher/k3s/k3s.yaml; do
    if [ -e "$file" ]; then echo "sickbay: needs root: the cluster ($file)"; break; fi
  done
  exit 0
fi
k() {
  case $kt in */k3s) set -- kubectl "$@" ;; esac
  set -- "$kt" "$@" --kubeconfig "$kc" --cache-dir=/dev/null/none --request-timeout=4s
  [ -z "$ku" ] || set -- runuser -u "$ku" -- "$@"
  timeout 5 env -u KUBECONFIG "$@" 2>&1
}
# What the cluster refuses is told apart from what it does not have.
refused() { # OUTPUT
  case $1 in
    *'(Forbidden)'* | *'is forbidden'*) echo "sickbay: unseen: $(printf '%s' "$1" | tail -n 1 | sed 's/.*(Forbidden): *//' | tr -d '"' | cut -c1-100)" ;;
    *Unauthorized* | *'must be logged in'* | *'exec plugin'* | *'executable '*' not found'* | *'getting credentials'*)
      echo "sickbay: unseen: the cluster: $(printf '%s' "$1" | tail -n 1 | tr -d '"' | cut -c1-100)" ;;
    *) return 1 ;;
  esac
}
# Without what kubectl says for itself between the rows.
rows() { printf '%s\n' "$1" | grep -vE '^[EWI][0-9]{4} |^Warning:'; }
