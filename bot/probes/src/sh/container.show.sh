# One container: how it ended, its restart policy and its last lines. $1: its name.
for tool in docker podman; do
  command -v "$tool" >/dev/null 2>&1 || continue
  out=$(timeout 3 "$tool" inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.HostConfig.RestartPolicy.Name}} {{.RestartCount}}' -- "$1" 2>/dev/null) || continue
  echo "state $out"
  timeout 3 "$tool" logs --tail 30 -- "$1" 2>&1 | cut -c1-300 | sed 's/^/log /'
  break
done
exit 0
