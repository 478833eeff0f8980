# Logins over SSH: refused and accepted. $1: seconds to look back.
if [ -d /run/systemd/system ] && command -v journalctl >/dev/null 2>&1; then
  journalctl -q --no-pager -o short-unix --since "-${1}s" -t sshd -t sshd-session -t sudo -t login -n 3000 2>/dev/null
elif [ -r /var/log/auth.log ]; then tail -n 1500 /var/log/auth.log
elif [ -r /var/log/secure ]; then tail -n 1500 /var/log/secure
elif [ -r /var/log/messages ]; then tail -n 1500 /var/log/messages
elif [ "$(id -u)" = 0 ]; then echo 'sickbay: absent: record of logins'
else echo 'sickbay: needs root: record of logins'; fi | grep -E 'sickbay:|Failed password|Invalid user|authentication failure|Accepted |maximum authentication attempts|incorrect password' | tail -n 300
exit 0
