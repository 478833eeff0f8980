# Nodes and troubled pods of the cluster that this host's kubectl speaks to, as the API itself sums them up: small tables, no settings.
case $kc in
  /etc/kubernetes/* | /etc/rancher/* | /var/lib/k0s/*) echo 'here' ;;
  *) if [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || [ -d /var/lib/rancher/k3s/server ]; then echo 'here'; fi ;;
esac
out=$(k get nodes --no-headers)
code=$?
if [ $code != 0 ] && ! refused "$out"; then
  echo "down $code $(printf '%s' "$out" | tail -n 1 | cut -c1-300)"
  exit 0
fi
echo 'cluster'
[ $code != 0 ] || rows "$out" | awk '$2 != "Ready" && NF > 2 { print "node " $1, $2; n++ } END { print "nodes", NR }' | head -n 60
out=$(k get pods --all-namespaces --no-headers)
code=$?
if [ $code != 0 ]; then
  refused "$out" || echo "sickbay: unseen: pods: $(printf '%s' "$out" | tail -n 1 | cut -c1-80)"
else
  # What runs with all its containers, and was not started anew within ten minutes, is left out; so is what has done its work.
  rows "$out" | awk 'NF > 4 {
      all++; split($3, r, "/"); ago = ""
      if ($6 ~ /^\(/) ago = substr($6, 2)
      if ($4 == "Completed" || $4 == "Succeeded") next
      if ($4 == "Running" && r[1] == r[2] && !($5 > 2 && ago ~ /^([0-9]+s|[0-9]m([0-9]+s)?)$/)) next
      print "pod", $1, $2, $3, $4, $5, (ago == "" ? "-" : ago), $NF
    } END { print "pods", all + 0 }' | head -n 200
fi
