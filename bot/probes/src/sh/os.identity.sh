# Who this host is, and whether it is a container or a virtual machine. Two forks.
grep -sH '' /etc/os-release /proc/sys/kernel/osrelease /proc/sys/kernel/hostname /proc/sys/kernel/random/boot_id \
  /proc/1/comm /run/systemd/container /run/host/container-manager /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name |
  grep -vE 'os-release:(HOME_URL|SUPPORT_URL|BUG_REPORT_URL|DOCUMENTATION_URL|ANSI_COLOR|LOGO|CPE_NAME)='
[ -d /run/systemd/system ] && echo 'init:systemd'
# Images made of a container keep its marker; a real container has no device of its own as root.
[ -e /.dockerenv ] && ! grep -qsE '^/dev/[^ ]+ / ' /proc/self/mounts && echo 'container:docker'
[ -e /run/.containerenv ] && echo 'container:podman'
[ -d /run/openrc ] && echo 'init:openrc'
exit 0
