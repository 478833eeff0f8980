# Containers of Docker or Podman, where there is an engine.
for tool in docker podman; do
  command -v "$tool" >/dev/null 2>&1 || continue
  if [ "$tool" = docker ]; then
    [ -S /var/run/docker.sock ] || continue
    [ -w /var/run/docker.sock ] || { echo 'sickbay: needs root: Docker containers'; continue; }
  fi
  echo "tool $tool"
  timeout 4 "$tool" ps -a --no-trunc --format '{{.Names}}	{{.Status}}	{{.Image}}' 2>&1 | head -n 200
done
exit 0
