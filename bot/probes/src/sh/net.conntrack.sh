# The table of tracked connections: how full.
grep -sH '' /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max
exit 0
