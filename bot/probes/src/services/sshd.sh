program=$(command -v sshd 2>/dev/null) || exit 0
wanted ssh.service sshd.service ssh.socket sshd.socket || exit 0
check "$program" -t
