# Puts the helpers of an enrolled host in place, as root. Before it stand account, guard, probe, gate and sudoers.
# All is written and tried beside its place; then each comes in by one rename, and the sudoers file last.
set -eu; umask 022; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
refuse() { echo "$*" >&2; exit 1; }
uid=$(id -u "$account" 2>/dev/null) || refuse "there is no account $account"
[ "$uid" != 0 ] || refuse "$account is root, which needs no helpers; name the account that Sickbay is to log in as"
command -v sudo >/dev/null && command -v visudo >/dev/null || refuse "there is no sudo, or no visudo"
d=/usr/local/libexec
[ -d "$d" ] || mkdir -p "$d"
# Whoever may write to a directory above could put another program there.
c=$d
while :; do
  owner=$(stat -c %u "$c"); mode=$(stat -c %A "$c")
  [ "$owner" = 0 ] || refuse "$c belongs to somebody else than root"
  case $mode in
    ????????w*) refuse "everybody may write to $c" ;;
    ?????w*) echo "NOTE the group $(stat -c %G "$c") may write to $c: whoever is in it can replace the helpers" ;;
  esac
  [ "$c" != / ] || break
  c=${c%/*}; c=${c:-/}
done
t=$(mktemp -d "$d/.sickbay.XXXXXX"); trap 'rm -rf "$t"' EXIT
printf %s "$guard" >"$t/sickbay-guard"; printf %s "$probe" >"$t/sickbay-probe"; printf %s "$gate" >"$t/sickbay-gate"; printf %s "$sudoers" >"$t/sudoers"
chown -R 0:0 "$t"; chmod 0755 "$t/sickbay-guard" "$t/sickbay-probe" "$t/sickbay-gate"; chmod 0440 "$t/sudoers"
sh -n "$t/sickbay-gate"; "$t/sickbay-guard" version >&2; "$t/sickbay-probe" version >&2; visudo -cf "$t/sudoers" >&2
s=/etc/sudoers.d/sickbay
if [ -e "$s" ]; then cp -p "$s" "$t/before"; fi
cp -p "$t/sudoers" /etc/sudoers.d/.sickbay.new
sync "$t"/* 2>/dev/null || :
for f in guard probe gate; do mv -f "$t/sickbay-$f" "$d/sickbay-$f"; done
mv -f /etc/sudoers.d/.sickbay.new "$s"
# Not every sudo reads that directory.
if ! sudo -n -l -U "$account" "$d/sickbay-probe" >/dev/null 2>&1; then
  if [ -e "$t/before" ]; then cp -p "$t/before" "$s"; else rm -f "$s"; fi
  refuse "sudo does not let $account run $d/sickbay-probe; does /etc/sudoers include /etc/sudoers.d?"
fi
for more in "/bin/sh -s" "/bin/sh" "/usr/bin/id"; do
  # shellcheck disable=SC2086 # words of our own
  if sudo -n -l -U "$account" $more >/dev/null 2>&1; then
    echo "NOTE $account may also run ${more%% *} as root: as long as another sudoers entry allows that, a stolen key is root"; break
  fi
done
echo INSTALLED
