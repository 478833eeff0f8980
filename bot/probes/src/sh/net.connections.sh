# Sockets by state, and the counters of queues that overflowed.
grep -sH '' /proc/net/sockstat /proc/net/sockstat6 /proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/tcp_max_tw_buckets
grep -s '^TcpExt:' /proc/net/netstat | awk 'NR == 1 { for (i = 2; i <= NF; i++) name[i] = $i } NR == 2 { for (i = 2; i <= NF; i++) if (name[i] ~ /^(ListenOverflows|ListenDrops|TCPReqQFullDrop|TCPAbortOnMemory|PruneCalled|TCPTimeouts)$/) print "counter " name[i] " " $i }'
# Counting connections by state reads them all: only where there are not too many.
read -r _ _ used </proc/net/sockstat
if [ "${used:-0}" -lt 20000 ]; then
  awk 'FNR > 1 { n[$4]++ } END { for (s in n) print "state " s " " n[s] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
fi
exit 0
