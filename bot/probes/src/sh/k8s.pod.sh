# One pod: why it does not run, what the cluster says of it, its last lines, and the revisions of its deployment. $1: namespace, $2: name.
# Nothing of its environment.
out=$(k get pod -n "$1" "$2" -o 'go-template=phase {{.status.phase}}
{{with .status.reason}}reason {{.}}
{{end}}{{with .status.message}}message {{printf "%.300q" .}}
{{end}}{{with .spec.nodeName}}node {{.}}
{{end}}{{range .metadata.ownerReferences}}owner {{.kind}} {{.name}}
{{end}}{{range .status.conditions}}{{if eq .status "False"}}condition {{.type}} {{.reason}} {{with .message}}{{printf "%.500q" .}}{{end}}
{{end}}{{end}}{{range .status.initContainerStatuses}}init {{.name}}
{{template "one" .}}{{end}}{{range .status.containerStatuses}}container {{.name}}
{{template "one" .}}{{end}}{{define "one"}}image {{.image}}
ready {{.ready}} {{.restartCount}}
{{with .state.waiting}}waiting {{.reason}} {{with .message}}{{printf "%.500q" .}}{{end}}
{{end}}{{with .state.terminated}}terminated {{.exitCode}} {{.reason}} {{with .message}}{{printf "%.300q" .}}{{end}}
{{end}}{{with .lastState.terminated}}last {{.exitCode}} {{.reason}} {{with .message}}{{printf "%.300q" .}}{{end}}
{{end}}{{end}}') || { refused "$out" || printf 'gone %s\n' "$(printf '%s' "$out" | tail -n 1 | cut -c1-200)"; exit 0; }
printf '%s\n' "$out" | grep .
events=$(k get events -n "$1" --field-selector "involvedObject.name=$2,type=Warning" -o 'go-template={{range .items}}event {{.reason}} {{with .message}}{{printf "%.500q" .}}{{end}}
{{end}}') && printf '%s\n' "$events" | grep . | tail -n 12
case $out in
  *'waiting CrashLoopBackOff'* | *'terminated '* | *'last '*)
    container=$(printf '%s\n' "$out" | awk '/^(container|init) / { c = $2 } /^(last|terminated) [1-9]/ || /^waiting CrashLoop/ { print c; exit }')
    log=$(k logs -n "$1" "$2" -c "$container" --previous --tail=15) || log=$(k logs -n "$1" "$2" -c "$container" --tail=15) || log=
    printf '%s\n' "$log" | grep . | cut -c1-300 | sed 's/^/log /' ;;
esac
set=$(printf '%s\n' "$out" | sed -n 's/^owner ReplicaSet //p' | head -n 1)
[ -n "$set" ] || exit 0
# Name, deployment, revision, wanted and ready pods of each.
sets=$(k get replicasets -n "$1" -o 'go-template={{range .items}}{{.metadata.name}} {{range .metadata.ownerReferences}}{{.kind}}/{{.name}}{{end}} {{with .metadata.annotations}}{{index . "deployment.kubernetes.io/revision"}}{{end}} {{.spec.replicas}} {{with .status.readyReplicas}}{{.}}{{else}}0{{end}}
{{end}}') || { refused "$sets"; exit 0; }
printf '%s\n' "$sets" | awk -v s="$set" '{ line[NR] = $0; of[NR] = $2 } $1 == s { d = $2; print "mine", $3 } END { for (i = 1; i <= NR; i++) if (of[i] == d && d ~ /^Deployment\//) print "set", line[i] }' | head -n 30
# Whether the deployment has given up waiting.
deployment=$(printf '%s\n' "$sets" | awk -v s="$set" '$1 == s && $2 ~ /^Deployment\// { sub(/^Deployment\//, "", $2); print $2; exit }')
[ -n "$deployment" ] || exit 0
late=$(k get deployment -n "$1" "$deployment" -o 'go-template={{range .status.conditions}}{{if eq .type "Progressing"}}progress {{.status}} {{.reason}}
{{end}}{{end}}') && printf '%s\n' "$late" | grep '^progress '
exit 0
