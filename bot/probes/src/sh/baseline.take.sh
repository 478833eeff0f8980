# What this host is made of, to be compared with another day: names, versions, modes and hashes, never what a file says.
# A part that was looked at ends with `seen PART`; without that line nothing of it may be taken for gone.
boxed=; if [ -e /run/systemd/container ] || [ -e /run/host/container-manager ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then boxed=1; fi
PATH=$PATH:/usr/sbin:/sbin
echo 'baseline 1'
if command -v sha256sum >/dev/null 2>&1; then sums() { sha256sum -- "$@" 2>/dev/null; }; else echo 'sickbay: absent: sha256sum'; sums() { :; }; fi
each() { tr '\n' '\0' | xargs -0 "$@" 2>/dev/null; }

for file in /etc/machine-id /var/lib/dbus/machine-id; do
  if [ -s "$file" ]; then sha256sum <"$file" 2>/dev/null | sed 's/^\(.\{24\}\).*/machine \1/'; break; fi
done
echo "fact os $(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null | tr -d '"') $(sed -n 's/^VERSION_ID=//p' /etc/os-release 2>/dev/null | tr -d '"')"
read -r name </proc/sys/kernel/hostname && echo "fact hostname $name"
if [ -z "$boxed" ]; then
  read -r release </proc/sys/kernel/osrelease && echo "fact kernel $release"
  tr ' ' '\n' </proc/cmdline 2>/dev/null | grep -vE '^(BOOT_IMAGE|initrd)=' | sha256sum 2>/dev/null | sed 's/^\(.\{24\}\).*/fact cmdline \1/'
fi
echo 'seen fact'

# The modules of a container are its machine's.
if [ -z "$boxed" ] && [ -r /proc/modules ]; then
  tree=/lib/modules/$release
  { grep -sH '' /sys/module/*/srcversion /sys/module/*/taint
    [ ! -r "$tree/modules.dep" ] || awk -v tree="$tree" 'FNR == NR { loaded[$1] = 1; next } { path = $1; sub(/:$/, "", path); name = path; sub(/.*\//, "", name); sub(/\.ko.*/, "", name); gsub(/-/, "_", name); if (name in loaded) print (path ~ /^\// ? path : tree "/" path) }' /proc/modules "$tree/modules.dep" | each sha256sum
    sed 's/ .*//;s/^/loaded /' /proc/modules; } | awk '
    /^\/sys\/module\// { path = $0; sub(/:.*/, "", path); value = $0; sub(/^[^:]*:/, "", value); n = split(path, part, "/"); if (value != "") about[part[n], part[n - 1]] = value; next }
    /^loaded / { print "mod", $2, (($2 in sum) ? sum[$2] : "-"), (("srcversion", $2) in about ? about["srcversion", $2] : "-"), (("taint", $2) in about ? about["taint", $2] : "-"); next }
    { name = $2; sub(/.*\//, "", name); sub(/\.ko.*/, "", name); gsub(/-/, "_", name); sum[name] = substr($1, 1, 32) }' | sort
  echo 'seen mod'
fi

# Parameters that people set, and those that the configuration names; most of a container are its machine's.
{ grep -shE '^[[:space:]]*-?[A-Za-z][A-Za-z0-9_./-]*[[:space:]]*=' /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /etc/sysctl.conf |
    sed -e 's/^[[:space:]]*-*\([^=[:space:]]*\).*/\1/' -e '/\//!y/./\//' -e '/\*/d' | head -n 150
  for key in kernel/panic kernel/panic_on_oops kernel/sysrq kernel/core_pattern kernel/modules_disabled kernel/dmesg_restrict kernel/kptr_restrict kernel/yama/ptrace_scope kernel/randomize_va_space kernel/pid_max \
    kernel/unprivileged_bpf_disabled kernel/apparmor_restrict_unprivileged_userns kernel/hung_task_timeout_secs kernel/shmmax kernel/shmall kernel/sem kernel/msgmax \
    vm/swappiness vm/overcommit_memory vm/overcommit_ratio vm/max_map_count vm/dirty_ratio vm/dirty_background_ratio vm/nr_hugepages vm/zone_reclaim_mode vm/panic_on_oom vm/vfs_cache_pressure \
    fs/nr_open fs/suid_dumpable fs/protected_hardlinks fs/protected_symlinks fs/inotify/max_user_watches fs/inotify/max_user_instances fs/aio-max-nr \
    net/core/somaxconn net/core/netdev_max_backlog net/core/rmem_max net/core/wmem_max net/core/default_qdisc net/ipv4/ip_forward net/ipv4/ip_local_port_range net/ipv4/ip_unprivileged_port_start net/ipv4/ip_nonlocal_bind \
    net/ipv4/tcp_syncookies net/ipv4/tcp_max_syn_backlog net/ipv4/tcp_tw_reuse net/ipv4/tcp_fin_timeout net/ipv4/tcp_keepalive_time net/ipv4/tcp_congestion_control net/ipv4/tcp_timestamps net/ipv4/tcp_mtu_probing net/ipv4/icmp_echo_ignore_all \
    net/ipv4/conf/all/rp_filter net/ipv4/conf/default/rp_filter net/ipv4/conf/all/accept_redirects net/ipv4/conf/all/accept_source_route net/ipv4/conf/all/arp_ignore net/ipv4/conf/all/arp_announce \
    net/ipv6/conf/all/disable_ipv6 net/ipv6/conf/default/disable_ipv6 net/ipv6/conf/all/forwarding net/ipv6/conf/all/accept_ra net/ipv6/bindv6only net/netfilter/nf_conntrack_max; do echo "$key"; done
} | sort -u | if [ -n "$boxed" ]; then grep '^net/'; else cat; fi | sed 's|^|/proc/sys/|' | each grep -sH '' /dev/null | sed 's|^/proc/sys/\([^:]*\):|sysctl \1 |' | tr '\t' ' ' | sort
echo 'seen sysctl'

# Disks by what they hold, since their names change places at a boot. What is mounted when it is used comes and goes.
{ ls -l /dev/disk/by-uuid 2>/dev/null | sed -n 's|.* \([^ ]*\) -> .*/\([^/]*\)$|uuid /dev/\2 \1|p'; cat /proc/self/mounts; } | awk '
  $1 == "uuid" { uuid[$2] = $3; next }
  $3 == "autofs" { auto[$2] = 1; next }
  $2 ~ /^\/(proc|sys|run|dev|media|snap)(\/|$)/ || $2 ~ /^\/var\/lib\/(docker|containers|containerd|kubelet|lxc|lxd)\// || $2 ~ /\/\.snapshots?(\/|$)/ { next }
  $3 ~ /^(nsfs|squashfs|rpc_pipefs|binfmt_misc|fuse\.(gvfsd-fuse|portal|lxcfs|snapfuse))$/ { next }
  { source = $1; if (source in uuid && source ~ /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk)/) source = "UUID=" uuid[source]; else if (source ~ /^\/dev\/(loop|dm-|ram)/) source = "/dev/loop"
    split($4, option, ","); flags = ""; for (i = 1; i in option; i++) if (option[i] ~ /^(ro|rw|noexec|nosuid|nodev)$/) flags = flags (flags == "" ? "" : ",") option[i]
    line[$2] = "mount " $2 " " source " " $3 " " flags; next }
  END { for (at in line) if (!(at in auto)) print line[at] }' | sort
echo 'seen mount'

awk -F: 'NF >= 7 { print "user " $1 " " $3 ":" $4 ":" $6 ":" $7 }' /etc/passwd 2>/dev/null | sort && echo 'seen user'
awk -F: 'NF >= 4 { print "group " $1 " " $3 ":" $4 }' /etc/group 2>/dev/null | sort && echo 'seen group'

# Units: whether they are enabled, whether they run where that is theirs to say, and the hash of their file. What is started for a
# moment, on demand or for a login is not at rest and not told.
programs=
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
  shown=$(timeout 4 systemctl show --no-pager -p Id -p LoadState -p ActiveState -p SubState -p UnitFileState -p Type -p RemainAfterExit -p Transient -p TriggeredBy -p BusName -p Slice -p FragmentPath -p ExecStart -- '*.service' '*.socket' '*.timer' '*.path' 2>/dev/null) || shown=
  if [ -n "$shown" ]; then
    programs=$(printf '%s\n' "$shown" | sed -n 's/^ExecStart={ path=\([^ ;]*\) ;.*/\1/p' | grep -E '^/(usr/|opt/|srv/|s?bin/)' | sort -u | head -n 120)
    { for dir in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
        if [ -d "$dir" ] && { [ ! -L /lib ] || [ "$dir" != /lib/systemd/system ]; }; then find "$dir" -maxdepth 1 -type f \( -name '*.service' -o -name '*.socket' -o -name '*.timer' -o -name '*.path' \) 2>/dev/null; fi
      done | each sha256sum
      # The service manager takes long to say what is enabled, and forgets units that rest: links say it too.
      echo '-- links'
      for link in /etc/systemd/system/*.wants/* /etc/systemd/system/*.requires/*; do [ ! -L "$link" ] || echo "enabled ${link##*/}"; done
      find /etc/systemd/system -maxdepth 1 -type l 2>/dev/null | each stat -c %N | tr -d "'\`\"" | awk '{ from = $1; to = $3; sub(/.*\//, "", from); sub(/.*\//, "", to); if ($3 == "/dev/null") print "masked", from; else if (to != from) { print "enabled", to; print "alias", from } }'
      printf '%s\n' '-- show' "$shown" ''; } | awk '
      function flush() {
        if (id == "") return
        stands = p["UnitFileState"]
        enabled = stands == "enabled" || stands == "masked" ? stands : "disabled"
        if (p["LoadState"] ~ /^(loaded|masked)$/ && p["Transient"] != "yes" && stands !~ /^(generated|transient)$/ && p["Slice"] !~ /^user-/) {
          base = p["FragmentPath"]; sub(/.*\//, "", base)
          demand = (p["TriggeredBy"] != "" || p["BusName"] != "") && enabled != "enabled"
          passing = p["Type"] == "oneshot" && (p["RemainAfterExit"] != "yes" || enabled != "enabled")
          act = p["ActiveState"]
          if (act == "failed") does = "failed"; else if (demand || (passing && id ~ /\.service$/)) does = "-"
          else if (act == "active" || act == "reloading") does = "on"; else if (act == "inactive") does = "off"; else does = "-"
          if (!(id ~ /@/ && does == "-")) print "unit", id, enabled, does, (base in sum ? sum[base] : "-")
        }
        done[id] = 1; id = ""; split("", p)
      }
      part == "" && /^-- links$/ { part = "links"; next }
      part == "" { base = $2; sub(/.*\//, "", base); if (!(base in sum)) sum[base] = substr($1, 1, 24); next }
      part == "links" && /^-- show$/ { part = "show"; next }
      part == "links" { if ($2 ~ /\.(service|socket|timer|path)$/ && state[$2] != "masked") state[$2] = $1; next }
      /^$/ { flush(); next }
      { at = index($0, "="); key = substr($0, 1, at - 1); if (key != "ExecStart") { p[key] = substr($0, at + 1); if (key == "Id") id = p["Id"] } }
      END { flush(); for (unit in sum) if (!(unit in state)) state[unit] = "disabled"
        for (unit in state) if (!(unit in done) && state[unit] != "alias") { base = unit; sub(/@[^.]*\./, "@.", base)
          print "unit", unit, state[unit], (state[unit] == "enabled" && unit !~ /@\./ ? "off" : "-"), (base in sum ? sum[base] : "-") } }' | sort
    echo 'seen unit'
  fi
elif [ -d /etc/runlevels ]; then
  { for link in /etc/runlevels/*/*; do [ ! -L "$link" ] || { level=${link%/*}; echo "${link##*/} ${level##*/}"; }; done; } | awk '{ at[$1] = at[$1] (at[$1] == "" ? "" : ",") $2 } END { for (name in at) print "unit", name, at[name], "-", "-" }' | sort
  echo 'seen unit'
fi

# What listens, but for ports that the system gives to whoever asks. Only root sees whose they are.
read -r low high </proc/sys/net/ipv4/ip_local_port_range 2>/dev/null || { low=32768; high=60999; }
ports() {
  awk -v low="$low" -v high="$high" -v kind="$1" '
    $1 !~ /^(tcp|udp)/ { next }
    { if (kind == "ss") { local = $5; who = "-"; rest = $0
        if (rest ~ /,pid=1,/) who = "systemd"; else if (match(rest, /\(\("[^"]*"/)) who = substr(rest, RSTART + 3, RLENGTH - 4) }
      else { local = $4; who = $NF; if (who ~ /^[0-9]+\//) sub(/^[0-9]+\//, "", who); else who = "-"; sub(/:$/, "", who) }
      gsub(/ /, "_", who)
      port = local; sub(/.*:/, "", port); host = substr(local, 1, length(local) - length(port) - 1); sub(/%.*/, "", host); gsub(/[][]/, "", host)
      if (port !~ /^[0-9]+$/ || (port + 0 >= low + 0 && port + 0 <= high + 0) || host ~ /^fe80/) next
      if (host == "0.0.0.0" || host == "::" || host == "") host = "*"
      print "port", port "/" substr($1, 1, 3), host, who }' | sort -u; }
said=; if command -v ss >/dev/null 2>&1 && said=$(ss -H -l -t -u -n -p 2>/dev/null); then printf '%s\n' "$said" | ports ss; echo 'seen port'
elif command -v netstat >/dev/null 2>&1 && { said=$(netstat -l -t -u -n -p 2>/dev/null) || said=$(netstat -l -t -u -n 2>/dev/null); }; then printf '%s\n' "$said" | ports netstat; echo 'seen port'; fi
if [ "$(id -u)" = 0 ]; then echo 'seen program'; fi

# Packages, each with a hash of the list of its files where there is one.
if [ -r /var/lib/dpkg/status ]; then
  { (cd /var/lib/dpkg/info 2>/dev/null && ls 2>/dev/null | grep '\.md5sums$' | each sha256sum); echo '-- status'; grep -E '^(Package|Status|Version|Architecture):' /var/lib/dpkg/status; echo 'Package: '; } | awk '
    function flush() { if (name != "" && status !~ /not-installed|config-files/) { sum = (name in sums) ? sums[name] : ((name ":" arch) in sums) ? sums[name ":" arch] : "-"; print "pkg", name ":" arch, version, sum, (status ~ / ok installed$/ ? "" : status) } name = "" }
    !part && /^-- status$/ { part = 1; next }
    !part { of = $2; sub(/\.md5sums$/, "", of); sums[of] = substr($1, 1, 16); next }
    /^Package:/ { flush(); name = $2; version = "-"; arch = "-"; status = ""; next }
    /^Status:/ { status = $2 " " $3 " " $4; next } /^Version:/ { version = $2; next } /^Architecture:/ { arch = $2 }' | sort
  echo 'seen pkg'
elif [ -r /lib/apk/db/installed ]; then
  awk '/^C:/ { sum = substr($0, 3) } /^P:/ { name = substr($0, 3) } /^V:/ { version = substr($0, 3) } /^$/ { if (name != "") print "pkg", name, version, sum; name = "" } END { if (name != "") print "pkg", name, version, sum }' /lib/apk/db/installed | sort
  echo 'seen pkg'
elif command -v rpm >/dev/null 2>&1; then
  said=$(timeout 5 rpm -qa --qf 'pkg %{NAME}.%{ARCH} %{VERSION}-%{RELEASE} %{SHA256HEADER}\n' 2>/dev/null) && [ -n "$said" ] && { printf '%s\n' "$said" | cut -c1-160 | sort; echo 'seen pkg'; }
fi

# Certificates of servers: until when, and their fingerprint. Those of authorities come with a package.
if command -v openssl >/dev/null 2>&1; then
  certs=$(find /etc -xdev \( -path /etc/ssl/certs -o -path /etc/ca-certificates -o -path /etc/pki/ca-trust -o -path '/etc/letsencrypt/archive' \) -prune -o \( -name '*.crt' -o -name '*.pem' -o -name '*.cer' -o -name '*.cert' \) ! -type d -print 2>/dev/null | grep -v '[^A-Za-z0-9/._@+-]' | sort)
  held=$(printf '%s\n' "$certs" | head -n 150 | each grep -ls -- '-BEGIN CERTIFICATE-')
  if [ "$(printf '%s\n' "$certs" | wc -l)" -gt 150 ] || [ "$(printf '%s\n' "$held" | wc -l)" -gt 25 ]; then echo 'cut cert'; fi
  printf '%s\n' "$held" | sed '/^$/d' | head -n 25 | while read -r path; do
    openssl x509 -noout -enddate -fingerprint -sha256 -in "$path" 2>/dev/null </dev/null | awk -v path="$path" '/^notAfter=/ { end = substr($0, 10) } /ingerprint=/ { sub(/.*=/, ""); gsub(/:/, ""); print "cert", tolower(substr($0, 1, 32)), path, end }'
  done
  echo 'seen cert'
fi

# Files of the configuration and programs of services. What may be a secret, and what cannot be read, is known by its size and time alone.
set -- /etc; for path in /usr/local/bin /usr/local/sbin /usr/local/etc /usr/local/lib/systemd /opt /var/spool/cron /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys; do [ ! -e "$path" ] || set -- "$@" "$path"; done
list=$(find "$@" -xdev \( -path /etc/ssl/certs -o -path /etc/ca-certificates -o -path '/etc/rc[0-9S].d' -o -path '/etc/pki/ca-trust/extracted' -o -path /etc/letsencrypt/archive -o -path '/etc/lvm/archive' -o -path '/etc/lvm/backup' -o -path '/etc/lvm/cache' \
    -o -path '/etc/selinux/*/policy' -o -path '/etc/systemd/system/*' -type l -o -path '/etc/systemd/*.wants' -o -path '/etc/systemd/*.requires' -o -path '/etc/apparmor.d/cache*' -o -path '/opt/*/*/*' -o -name .git -o -name node_modules -o -name __pycache__ -o -name '.cache' \) -prune -o \
    \( -type f -o -type l \) ! -name '*[!-A-Za-z0-9._@+:,=%~ ]*' ! -name '*~' ! -name '*.sw?' ! -name '*-' ! -name '.pwd.lock' ! -name '*.lock' ! -name '*.pid' ! -name '*.log' ! -name '*.cache' ! -name '*.dpkg-*' ! -name '*.ucf-*' ! -name '*.rpm[ns]*' ! -name '.#*' \
    ! -path /etc/ld.so.cache ! -path /etc/adjtime ! -path /etc/mtab ! -path /etc/machine-id ! -path /etc/passwd ! -path /etc/group ! -path /etc/gshadow ! -path /etc/.updated ! -path /etc/udev/hwdb.bin ! -path /etc/fake-hwclock.data \
    ! -path '/etc/blkid.*' ! -path '/etc/cups/subscriptions*' ! -path '/etc/cups/printers.conf*' ! -path '/etc/alternatives/*.gz' -print 2>&1)
blind=$(printf '%s\n' "$list" | sed -n "s|^find: *[\`'\"]*\(/.*[^'\"]\)['\"]*: Permission denied\$|\1|p")
for path in /root /root/.ssh /home/* /home/*/.ssh; do if [ -d "$path" ] && { [ ! -r "$path" ] || [ ! -x "$path" ]; }; then blind="$blind
$path"; fi; done
[ -z "$blind" ] || printf '%s\n' "$blind" | sed '/^$/d' | sort | head -n 50 | sed 's/^/blind /'
list=$(printf '%s\n' "$list" | grep '^/' | sort)
most=4000
if [ "$(printf '%s\n' "$list" | wc -l)" -gt $most ]; then echo 'cut file'; list=$(printf '%s\n' "$list" | head -n $most); fi
plain=$(printf '%s\n' "$list" | awk 'tolower($0) !~ /passw|secret|token|credential|shadow|\.key$|\/private\/|_key$|\.keytab$|\/system-connections\/|\.p12$|\.pfx$|\.jks$|\.htdigest|\/wireguard\/|\/openvpn\/|\.ovpn$|\.env$|\.env\.|pgpass|netrc|\.my\.cnf|debian\.cnf|wpa_supplicant|\/snmpd?\.conf|iscsid\.conf|\.users$|\.psk$|htaccess|\.boto|\.s3cfg|\.git-credential/ || /^\/etc\/(pam\.d|apt\/trusted\.gpg\.d)\//')
small=$(printf '%s\n' "$plain" | each stat -c '%s %f %n' | awk '$1 <= 524288 && $2 ~ /^8/ { sub(/^[^ ]* [^ ]* /, ""); print }')
keys=$(printf '%s\n' "$small" | each grep -ls -- 'PRIVATE KEY-----')
{ printf '%s\n' "$keys" | sed 's/^/key /'; printf '%s\n' "$small" | each grep -Hsc '' | sed -n 's/:[0-9]*$//p' | each sha256sum
  printf '%s\n' "$list" | each stat -c 'stat %f %U:%G %s.%Y %N'; printf '%s\n' "$programs" | sed '/^$/d' | each stat -L -c 'exe %f %U:%G ~%s.%Y %n'; } | awk '
  /^key / { secret[substr($0, 5)] = 1; next }
  /^exe / { print; next }
  /^stat / { mode = $2; owner = $3; about = $4; path = $0; sub(/^stat [^ ]* [^ ]* [^ ]* /, "", path); gsub(/[\047"`]/, "", path)
    if (mode ~ /^a/) { at = index(path, " -> "); if (at) print "link " substr(path, 1, at - 1) " " substr(path, at + 4); next }
    print "file " mode " " owner " " ((path in sum) && !(path in secret) ? sum[path] : "~" about) " " path; next }
  { path = $0; sub(/^[^ ]* [ *]/, "", path); sum[path] = substr($1, 1, 24) }' | sort -u
echo 'seen file'
exit 0
