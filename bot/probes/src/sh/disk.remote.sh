# Asks every remote mount for its numbers, each on its own, for two seconds at most: a dead server blocks whoever asks.
list=$(awk '$3 ~ /^(nfs|nfs4|cifs|smb3?|9p|virtiofs|afs|ceph|lustre|glusterfs|beegfs|fuse\.(sshfs|glusterfs|s3fs|rclone|ceph|davfs).*)$/ { print $3 " " $2 }' /proc/self/mounts)
[ -n "$list" ] || exit 0
printf '%s\n' "$list" | {
  n=0
  while read -r kind path; do
    n=$((n + 1))
    [ "$n" -le 24 ] || break
    echo "mount $kind $path"
    { timeout 2 stat -f -c "%b %a %S" "$(printf '%b' "$(printf '%s' "$path" | sed 's/\\/\\0/g')")" >/dev/null 2>&1; echo "answer $? $path"; } &
  done
  wait
}
exit 0
