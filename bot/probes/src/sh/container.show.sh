# One container: how it ended, what it is given, and its last lines. $1: its name. Nothing of its environment.
for tool in docker podman nerdctl; do
  program=$(command -v "$tool" 2>/dev/null) && [ -n "$program" ] && safe "$program" || continue
  case $tool in docker) grep -lsx dockerd /proc/[0-9]*/comm 2>/dev/null | grep -q . || continue ;; esac
  out=$(timeout 3 "$tool" inspect --type container -f 'state {{.State.Status}}
exit {{.State.ExitCode}}
oom {{.State.OOMKilled}}
error {{json .State.Error}}
policy {{.HostConfig.RestartPolicy.Name}}
restarts {{.RestartCount}}
user {{json .Config.User}}
program {{json .Config.Entrypoint}} {{json .Config.Cmd}}
memory {{.HostConfig.Memory}}
readonly {{.HostConfig.ReadonlyRootfs}}
network {{.HostConfig.NetworkMode}}
drops {{json .HostConfig.CapDrop}}
adds {{json .HostConfig.CapAdd}}
{{range .Mounts}}mount {{.Type}} {{.RW}} {{json .Source}} {{json .Destination}}
{{end}}' -- "$1" 2>/dev/null) || continue
  echo "engine $tool"
  printf '%s\n' "$out" | cut -c1-1000
  # Whether what is mounted from the host is there: sources as the engine quotes them, without any that need quotes.
  printf '%s\n' "$out" | sed -n 's/^mount bind [a-z]* "\(\/[^"\\]*\)" .*/\1/p' | while IFS= read -r path; do
    [ -e "$path" ] || [ -L "$path" ] || echo "gone $path"
  done
  timeout 3 "$tool" inspect --type container -f '{{with .State.Health}}health {{.Status}} {{.FailingStreak}}
{{range .Log}}checked {{.ExitCode}} {{json .Output}}
{{end}}{{end}}{{with .Config.Healthcheck}}check {{json .Test}}
{{end}}' -- "$1" 2>/dev/null | grep . | tail -n 4 | cut -c1-1000
  timeout 3 "$tool" logs --tail 30 -- "$1" 2>&1 | cut -c1-300 | sed 's/^/log /'
  break
done
exit 0
