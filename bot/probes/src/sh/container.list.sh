# Containers of Docker, Podman or containerd, where there is an engine: one line for each, tab-separated. Nothing of their environment.
form='{{.Name}}	{{.State.Status}}	{{.State.ExitCode}}	{{.State.OOMKilled}}	{{.RestartCount}}	{{.HostConfig.RestartPolicy.Name}}	{{.Created}}	{{.State.StartedAt}}	{{.State.FinishedAt}}	{{index .Config.Labels "PODMAN_SYSTEMD_UNIT"}}'
# Older engines have no word on health, or another.
health='{{with .State.Health}}{{.Status}}{{end}}'
runs() { grep -lsx -e "$1" /proc/[0-9]*/comm 2>/dev/null | head -n 1 | grep -q .; }
# Whether systemd is to have a unit running: to ask a socket would start what listens there.
wanted() {
  for link in /etc/systemd/system/*.wants/"$1"; do [ -L "$link" ] && return 0; done
  return 1
}
one() { # ENGINE
  program=$(command -v "$1")
  if ! safe "$program"; then echo "sickbay: unseen: containers of $1 ($program can be written by others than root)"; return; fi
  ids=$(timeout 4 "$1" ps -aq --no-trunc 2>&1)
  code=$?
  if [ $code != 0 ]; then
    echo "down $1 $code $(printf '%s' "$ids" | tail -n 1 | cut -c1-300)"
    return
  fi
  echo "engine $1"
  [ -n "$ids" ] || return 0
  [ "$(printf '%s\n' "$ids" | wc -l)" -le 200 ] || echo "more $1"
  ids=$(printf '%s\n' "$ids" | head -n 200)
  # shellcheck disable=SC2086 # one word for each container
  { timeout 4 "$1" inspect --type container -f "$form	$health" $ids 2>/dev/null ||
    timeout 4 "$1" inspect --type container -f "$form" $ids 2>/dev/null ||
    timeout 4 "$1" ps -a --format '{{.Names}}	{{.Status}}' 2>/dev/null || echo "unread"; } | cut -c1-600 | sed "s/^/c	$1	/"
}
echo "now $(date +%s)"
read -r up _ </proc/uptime && echo "up ${up%.*}"
if command -v docker >/dev/null 2>&1 && [ -S /var/run/docker.sock ]; then
  if [ -L "$(command -v docker)" ] || head -c 2 "$(command -v docker)" 2>/dev/null | grep -q '#!'; then :   # Podman under another name
  elif [ ! -w /var/run/docker.sock ]; then echo 'sickbay: needs root: Docker containers'
  elif runs dockerd; then one docker
  elif wanted docker.service; then echo 'down docker 1 dockerd does not run'
  fi
fi
if command -v podman >/dev/null 2>&1; then
  one podman
  if [ -L /etc/systemd/system/default.target.wants/podman-restart.service ] || wanted podman-restart.service; then echo 'restarts podman'; fi
fi
if command -v nerdctl >/dev/null 2>&1 && [ -S /run/containerd/containerd.sock ]; then
  if [ ! -w /run/containerd/containerd.sock ]; then echo 'sickbay: needs root: containerd containers'
  else one nerdctl; fi
fi
# Rootless engines: each account sees its own containers alone.
mine=$(id -u)
for comm in $(grep -lsx conmon /proc/[0-9]*/comm 2>/dev/null | head -n 200); do
  owner=$(stat -c %u "${comm%/comm}" 2>/dev/null) && [ "$owner" != "$mine" ] && echo "$owner"
done | sort -un | head -n 20 | while read -r owner; do
  if [ "$owner" = 0 ]; then echo 'sickbay: needs root: containers of root'
  else echo "sickbay: unseen: containers of account $owner"; fi
done
exit 0
